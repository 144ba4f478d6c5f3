//! The settings as forms: which fields a topic has, how its JSON stands in them and how what was typed is read back.
//!
//! Knows names, words and how people type amounts, per cents and lists; the rules are each topic's own check.

mod cell;
mod zones;

use std::collections::BTreeMap;

use domain::settings::Topic;
use domain::{Currency, FieldError};
use pages::components::{Checkbox, Choice, EditColumn, EditTable, Field, FieldKind, FormErrors};
use pages::desk::SettingsGroup;
use serde_json::{Map, Value};

use cell::{Column, Kind};

/// How many empty rows follow those of a table.
const BLANK: usize = 2;

/// A part of a form: where it stands in the JSON, what it is called, what is said of it.
struct Entry {
    path: &'static str,
    label: &'static str,
    hint: &'static str,
    part: Part,
}

enum Part {
    /// One field.
    Field(FieldKind, Kind),
    /// One of these: what is sent, and what is read.
    Choice(&'static [(&'static str, &'static str)]),
    /// A box.
    Tick,
    /// What one row is, and its columns.
    Table(&'static str, &'static [Column]),
}

const fn line(path: &'static str, label: &'static str, hint: &'static str) -> Entry {
    Entry { path, label, hint, part: Part::Field(FieldKind::Text, Kind::Text) }
}

const fn lines(path: &'static str, label: &'static str, hint: &'static str) -> Entry {
    Entry { path, label, hint, part: Part::Field(FieldKind::Lines, Kind::Text) }
}

const fn number(path: &'static str, label: &'static str, hint: &'static str) -> Entry {
    Entry { path, label, hint, part: Part::Field(FieldKind::Number, Kind::Number) }
}

const fn tick(path: &'static str, label: &'static str) -> Entry {
    Entry { path, label, hint: "", part: Part::Tick }
}

const SHOP: &[Entry] = &[
    line("name", "Name", "As it stands over the door."),
    line("tagline", "Tagline", "What it sells, in a line."),
    lines("legal_address", "Legal address", "For mails and the foot of pages, a line each."),
    line("support_email", "Support email", "Where customers write to."),
    line("currency", "Currency", "Three letters. Prices are not converted."),
    line("home_country", "Home country", "Two letters: what the checkout assumes first."),
];
const TAXES: &[Entry] = &[
    tick("prices_include_tax", "Prices include tax"),
    line("shipping_class", "Tax class of delivery", "One of the classes below."),
    Entry {
        path: "rates",
        label: "Rates",
        hint: "A country without a row is not sold to.",
        part: Part::Table(
            "rate",
            &[
                Column::new("country", "Country", Kind::Text),
                Column::new("class", "Class", Kind::Text),
                Column::new("rate_ppm", "Rate, %", Kind::Percent),
                Column::new("name", "Name", Kind::Text),
            ],
        ),
    },
];
const SHIPPING: &[Entry] = &[
    Entry {
        path: "zones",
        label: "Zones",
        hint: "Countries that are sent to alike, two letters each: AT, FR, NL. A country stands in one zone only.",
        part: Part::Table(
            "zone",
            &[
                Column::new("id", "Zone", Kind::Text),
                Column::new("name", "Name", Kind::Text),
                Column::new("countries", "Countries", Kind::Codes),
            ],
        ),
    },
    Entry {
        path: "methods",
        label: "Ways to send",
        hint: "Prices by weight: 2000=4.90, 10000=6.90 is 4.90 up to 2,000 grams, then 6.90; any=9.90 has no limit.",
        part: Part::Table(
            "way",
            &[
                Column::new("zone", "Zone", Kind::Text),
                Column::new("id", "Way", Kind::Text),
                Column::new("name", "Name", Kind::Text),
                Column::new("bands", "Prices by weight", Kind::Bands),
                Column::new("free_from", "Free from", Kind::AmountOrNone),
                Column::new("min_days", "Days, least", Kind::Number),
                Column::new("max_days", "Days, most", Kind::Number),
                Column::new("carrier", "Carrier", Kind::TextOrNone),
            ],
        ),
    },
];
const PAYMENTS: &[Entry] = &[
    tick("card", "Take cards"),
    number(
        "hold_card_secs",
        "A card order holds its stock, seconds",
        "1860 or more: longer than the payment page lives.",
    ),
    number("hold_bank_transfer_secs", "A bank transfer order holds its stock, seconds", "604800 are seven days."),
    line("bank_transfer.account_holder", "Account holder", "Leave the IBAN empty to take no bank transfers."),
    line("bank_transfer.iban", "IBAN", "Without blanks."),
    Entry { path: "bank_transfer.bic", label: "BIC", hint: "", part: Part::Field(FieldKind::Text, Kind::TextOrNone) },
    lines("bank_transfer.text", "What is said beside it", ""),
];
const LOCATIONS: &[Entry] = &[
    Entry {
        path: "allocation",
        label: "A paid order comes from",
        hint: "The order keeps which rule it was, and how it came out.",
        part: Part::Choice(&[
            ("fewest_parcels", "as few locations as can be"),
            ("priority", "the first location that has it"),
            ("nearest", "the nearest location that has it"),
        ]),
    },
    Entry {
        path: "shortage",
        label: "What was sold and is nowhere",
        hint: "The buyer is told. What is sold on backorder waits in any case.",
        part: Part::Choice(&[
            ("backorder", "waits until it comes in"),
            ("refund", "leaves the order, and its price goes back"),
        ]),
    },
    Entry {
        path: "locations",
        label: "Locations",
        hint: "In the order in which they are asked. The nearest is found by country, two letters.",
        part: Part::Table(
            "location",
            &[
                Column::new("id", "Id", Kind::Text),
                Column::new("name", "Name", Kind::Text),
                Column::new("country", "Country", Kind::TextOrNone),
                Column::new("address", "Address", Kind::Lines),
            ],
        ),
    },
];
const RETURNS: &[Entry] = &[
    number("window_days", "Days to return", "From delivery, where a product says nothing else."),
    Entry {
        path: "restocking_fee_ppm",
        label: "Restocking fee, % of the price",
        hint: "Kept of what was merely unwanted.",
        part: Part::Field(FieldKind::Amount, Kind::Percent),
    },
    tick("free_label", "The shop pays for the way back of unwanted goods"),
    Entry {
        path: "label_cost",
        label: "Price of a return label",
        hint: "Kept of the refund where the buyer pays for the way back. Empty: buyers send at their own cost, and nothing is kept.",
        part: Part::Field(FieldKind::Amount, Kind::AmountOrNone),
    },
    Entry {
        path: "approve_up_to",
        label: "Approve at once up to a refund of",
        hint: "Leave it empty to look at every request first.",
        part: Part::Field(FieldKind::Amount, Kind::AmountOrNone),
    },
    number("send_days", "Days to send the goods", "From the approval; then the return ends."),
    Entry {
        path: "location",
        label: "Where returns go",
        hint: "The id of a location; empty for the first.",
        part: Part::Field(FieldKind::Text, Kind::TextOrNone),
    },
    Entry {
        path: "categories",
        label: "Terms by category",
        hint: "What is left empty is as above. The last two take yes or no; what is on final sale comes back only when something is wrong with it.",
        part: Part::Table(
            "category",
            &[
                Column::new("category", "Category", Kind::Text),
                Column::new("window_days", "Days to return", Kind::NumberOrNone),
                Column::new("restocking_fee_ppm", "Restocking fee, %", Kind::PercentOrNone),
                Column::new("free_label", "Free way back", Kind::YesNoOrNone),
                Column::new("final_sale", "Final sale", Kind::YesNo),
            ],
        ),
    },
];
const SUPPORT: &[Entry] = &[
    number("first_response_hours", "First answer within, business hours", ""),
    number("resolution_hours", "Resolved within, business hours", ""),
];

const PURCHASING: &[Entry] = &[
    Entry {
        path: "approval_limit",
        label: "Approval limit",
        hint: "What the shop orders of itself goes out below this total; leave it empty to look at everything first.",
        part: Part::Field(FieldKind::Amount, Kind::AmountOrNone),
    },
    Entry {
        path: "staff_email",
        label: "Who hears of low stock and of suppliers' answers",
        hint: "A mail address; leave it empty for the first owner.",
        part: Part::Field(FieldKind::Email, Kind::TextOrNone),
    },
];

const WARRANTY: &[Entry] = &[
    lines(
        "terms",
        "Terms",
        "Every certificate has the terms of the day on which it was issued. An empty line begins a paragraph.",
    ),
    tick("covers_accidents", "Accidents are covered"),
    tick("covers_wear", "Wear is covered"),
    tick("covers_loss", "Loss and theft are covered"),
    number("send_days", "Days to send an item", "From the approval of a claim."),
];

const fn entries(topic: Topic) -> &'static [Entry] {
    match topic {
        Topic::Shop => SHOP,
        Topic::Taxes => TAXES,
        Topic::Shipping => SHIPPING,
        Topic::Payments => PAYMENTS,
        Topic::Locations => LOCATIONS,
        Topic::Returns => RETURNS,
        Topic::Support => SUPPORT,
        Topic::Purchasing => PURCHASING,
        Topic::Warranty => WARRANTY,
    }
}

/// A topic's form as text: what is kept, or what was typed.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    topic: Option<Topic>,
    version: u64,
    fields: BTreeMap<&'static str, String>,
    ticks: BTreeMap<&'static str, bool>,
    rows: BTreeMap<&'static str, Vec<Vec<String>>>,
}

impl Texts {
    /// Settings as they are kept.
    pub(crate) fn of(topic: Topic, version: u64, settings: Value) -> Self {
        let settings = if topic == Topic::Shipping { zones::flat(settings) } else { settings };
        let mut texts = Self { topic: Some(topic), version, ..Self::default() };
        for entry in entries(topic) {
            let value = settings.pointer(&pointer(entry.path)).unwrap_or(&Value::Null);
            match &entry.part {
                Part::Field(_, kind) => drop(texts.fields.insert(entry.path, kind.text(value))),
                Part::Choice(_) => drop(texts.fields.insert(entry.path, Kind::Text.text(value))),
                Part::Tick => drop(texts.ticks.insert(entry.path, *value == Value::Bool(true))),
                Part::Table(_, columns) => {
                    let rows = value.as_array().map(Vec::as_slice).unwrap_or_default().iter();
                    let cell =
                        |row: &Value, column: &Column| column.kind.text(row.get(column.key).unwrap_or(&Value::Null));
                    let texts_of = |row| columns.iter().map(|column| cell(row, column)).collect();
                    texts.rows.insert(entry.path, rows.map(texts_of).collect());
                }
            }
        }
        texts
    }

    /// What a browser posts. A table's cell is `<table>.<row>.<column>`; empty rows are left out.
    pub(crate) fn typed(topic: Topic, pairs: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| pairs.get(name).map(|text| text.trim().replace("\r\n", "\n")).unwrap_or_default();
        let version = text("version").parse().unwrap_or_default();
        let mut texts = Self { topic: Some(topic), version, ..Self::default() };
        for entry in entries(topic) {
            match &entry.part {
                Part::Field(..) | Part::Choice(_) => drop(texts.fields.insert(entry.path, text(entry.path))),
                Part::Tick => drop(texts.ticks.insert(entry.path, pairs.contains_key(entry.path))),
                Part::Table(_, columns) => {
                    let mut numbers: Vec<usize> = pairs.keys().filter_map(|name| row_of(entry.path, name)).collect();
                    numbers.sort_unstable();
                    numbers.dedup();
                    let cell = |row: usize, column: &Column| text(&format!("{}.{row}.{}", entry.path, column.key));
                    let rows = numbers
                        .into_iter()
                        .map(|row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>());
                    let filled = rows.filter(|row| row.iter().any(|text| !text.is_empty()));
                    texts.rows.insert(entry.path, filled.collect());
                }
            }
        }
        texts
    }

    /// The version of the settings that the form shows.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    fn entries(&self) -> &'static [Entry] {
        self.topic.map(entries).unwrap_or_default()
    }

    /// The form. What stands alone is one group with this title, each table one of its own.
    pub(crate) fn groups(&self, title: &str) -> Vec<SettingsGroup> {
        let mut alone = SettingsGroup { title: title.to_owned(), ..SettingsGroup::default() };
        let mut tables = Vec::new();
        for entry in self.entries() {
            match &entry.part {
                Part::Field(kind, _) => {
                    let text = self.fields.get(entry.path).cloned().unwrap_or_default();
                    let field = Field::new(kind.clone(), entry.path, entry.label).value(text);
                    alone.fields.push(if entry.hint.is_empty() { field } else { field.hint(entry.hint) });
                }
                Part::Choice(choices) => {
                    let text = self.fields.get(entry.path).map(String::as_str).unwrap_or_default();
                    let choices = choices.iter().map(|(value, words)| Choice::new(*value, *words, *value == text));
                    alone.fields.push(Field::select(entry.path, entry.label, choices.collect()).hint(entry.hint));
                }
                Part::Tick => alone.checks.push(Checkbox {
                    name: entry.path.to_owned(),
                    value: "true".to_owned(),
                    label: entry.label.to_owned(),
                    ticked: self.ticks.get(entry.path).copied().unwrap_or_default(),
                }),
                Part::Table(row_word, columns) => tables.push(SettingsGroup {
                    title: entry.label.to_owned(),
                    hint: Some(entry.hint.to_owned()),
                    table: Some(EditTable {
                        name: entry.path,
                        caption: entry.label.to_owned(),
                        row_word,
                        columns: columns
                            .iter()
                            .map(|column| EditColumn::new(column.key, column.label, column.kind.cell()))
                            .collect(),
                        rows: self.rows.get(entry.path).cloned().unwrap_or_default(),
                        blank: BLANK,
                    }),
                    ..SettingsGroup::default()
                }),
            }
        }
        let stands_alone = !alone.fields.is_empty() || !alone.checks.is_empty();
        stands_alone.then_some(alone).into_iter().chain(tables).collect()
    }

    /// The settings as the JSON that the API takes. Amounts are of `currency`.
    ///
    /// # Errors
    /// What cannot be read as what it is, each with the pointer of its field in the form.
    pub(crate) fn json(&self, currency: Currency) -> Result<Value, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut read = |at: String, kind: &Kind, text: &str| {
            kind.read(text, currency).unwrap_or_else(|detail| {
                errors.push(FieldError { pointer: at, detail: detail.to_owned() });
                Value::Null
            })
        };
        let mut settings = Map::from_iter([("version".to_owned(), self.version.into())]);
        for entry in self.entries() {
            let value = match &entry.part {
                Part::Field(_, kind) => {
                    let text = self.fields.get(entry.path).map(String::as_str).unwrap_or_default();
                    read(pointer(entry.path), kind, text)
                }
                Part::Choice(_) => self.fields.get(entry.path).map(String::as_str).unwrap_or_default().into(),
                Part::Tick => Value::Bool(self.ticks.get(entry.path).copied().unwrap_or_default()),
                Part::Table(_, columns) => {
                    let rows = self.rows.get(entry.path).map(Vec::as_slice).unwrap_or_default();
                    let object = |(number, row): (usize, &Vec<String>)| {
                        let cells = columns.iter().zip(row).map(|(column, text)| {
                            let at = format!("/{}/{number}/{}", entry.path, column.key);
                            (column.key.to_owned(), read(at, &column.kind, text))
                        });
                        Value::Object(cells.collect())
                    };
                    rows.iter().enumerate().map(object).collect()
                }
            };
            insert(&mut settings, entry.path, value);
        }
        // An account without a number is none.
        if settings.get("bank_transfer").is_some_and(|account| account["iban"] == "") {
            settings.insert("bank_transfer".to_owned(), Value::Null);
        }
        if self.topic == Some(Topic::Shipping) {
            errors.extend(zones::nest(&mut settings));
        }
        if errors.is_empty() { Ok(Value::Object(settings)) } else { Err(errors) }
    }

    /// What is wrong, by the names of the form's fields.
    pub(crate) fn errors(&self, found: &[FieldError], otherwise: &str) -> FormErrors {
        let mut errors = FormErrors::none();
        for error in found {
            let rows = self.rows.get("zones").zip(self.rows.get("methods"));
            let pointer = rows.and_then(|(zones, methods)| zones::unnested(&error.pointer, zones, methods));
            errors.add(self.field(pointer.as_deref().unwrap_or(&error.pointer)), error.detail.clone());
        }
        if errors.is_empty() {
            errors.add("", otherwise);
        }
        errors
    }

    fn field(&self, pointer: &str) -> String {
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        let path = parts.join(".");
        for entry in self.entries() {
            match (&entry.part, parts.as_slice()) {
                (Part::Table(_, columns), [table, row, rest @ ..]) if *table == entry.path => {
                    let first = columns.first().map(|column| column.key).unwrap_or_default();
                    let column = rest.first().copied().unwrap_or(first);
                    return format!("{table}.{row}.{column}");
                }
                (Part::Field(..) | Part::Choice(_) | Part::Tick, _) if entry.path == path => return path,
                (Part::Table(..) | Part::Field(..) | Part::Choice(_) | Part::Tick, _) => {}
            }
        }
        String::new()
    }
}

/// The number of the row that the cell `name` of `table` is in.
fn row_of(table: &str, name: &str) -> Option<usize> {
    name.strip_prefix(table)?.strip_prefix('.')?.split_once('.')?.0.parse().ok()
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

fn insert(settings: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(settings.insert(path.to_owned(), value)),
        Some((outer, inner)) => {
            let object = settings.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(object) = object {
                object.insert(inner.to_owned(), value);
            }
        }
    }
}
