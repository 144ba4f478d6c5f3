//! The settings as forms: which fields a topic has, how they are shown and how what was typed is read back.
//!
//! Knows names and words; the rules are each topic's own check. What a form cannot show as fields (shipping zones with
//! their methods and bands) it shows as the JSON that the API takes.

use std::collections::BTreeMap;

use domain::FieldError;
use domain::settings::Topic;
use pages::components::{Cell, Checkbox, EditColumn, EditTable, Field, FieldKind};
use pages::desk::SettingsGroup;
use serde_json::{Map, Value};

/// A field of a form: where it stands in the JSON, what it is called, what is said of it.
struct Entry {
    path: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: Kind,
}

enum Kind {
    Line,
    Lines,
    Number,
    Tick,
    Json,
    /// What one row is, and the columns: key, heading, whether they are numbers.
    Table(&'static str, &'static [(&'static str, &'static str, bool)]),
}

const fn entry(path: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Entry {
    Entry { path, label, hint, kind }
}

const SHOP: &[Entry] = &[
    entry("name", "Name", "As it stands over the door.", Kind::Line),
    entry("tagline", "Tagline", "What it sells, in a line.", Kind::Line),
    entry("legal_address", "Legal address", "For mails and the foot of pages, a line each.", Kind::Lines),
    entry("support_email", "Support email", "Where customers write to.", Kind::Line),
    entry("currency", "Currency", "Three letters. Prices are not converted.", Kind::Line),
    entry("home_country", "Home country", "Two letters: what the checkout assumes first.", Kind::Line),
];
const TAXES: &[Entry] = &[
    entry("prices_include_tax", "Prices include tax", "", Kind::Tick),
    entry("shipping_class", "Tax class of delivery", "One of the classes below.", Kind::Line),
    entry(
        "rates",
        "Rates",
        "Parts per million: 190000 is 19 %. A country without a row is not sold to.",
        Kind::Table(
            "rate",
            &[
                ("country", "Country", false),
                ("class", "Class", false),
                ("rate_ppm", "Rate, ppm", true),
                ("name", "Name", false),
            ],
        ),
    ),
];
const SHIPPING: &[Entry] = &[entry(
    "zones",
    "Zones",
    "As JSON. Weights in grams, amounts in minor units: 490 is 4.90. A country stands in one zone only.",
    Kind::Json,
)];
const PAYMENTS: &[Entry] = &[
    entry("card", "Take cards", "", Kind::Tick),
    entry(
        "hold_card_secs",
        "A card order holds its stock, seconds",
        "1860 or more: longer than the payment page lives.",
        Kind::Number,
    ),
    entry(
        "hold_bank_transfer_secs",
        "A bank transfer order holds its stock, seconds",
        "604800 are seven days.",
        Kind::Number,
    ),
    entry(
        "bank_transfer.account_holder",
        "Account holder",
        "Leave the account empty to take no bank transfers.",
        Kind::Line,
    ),
    entry("bank_transfer.iban", "IBAN", "Without blanks.", Kind::Line),
    entry("bank_transfer.bic", "BIC", "", Kind::Line),
    entry("bank_transfer.text", "What is said beside it", "", Kind::Line),
];
const LOCATIONS: &[Entry] = &[entry(
    "locations",
    "Locations",
    "In the order in which orders are sent from them.",
    Kind::Table("location", &[("id", "Id", false), ("name", "Name", false), ("address", "Address", false)]),
)];
const RETURNS: &[Entry] = &[
    entry("window_days", "Days to return", "From delivery, where a product says nothing else.", Kind::Number),
    entry("restocking_fee_ppm", "Restocking fee, ppm of the price", "Kept of what was merely unwanted.", Kind::Number),
    entry("free_label", "The shop pays for the way back of unwanted goods", "", Kind::Tick),
];
const SUPPORT: &[Entry] = &[
    entry("first_response_hours", "First answer within, business hours", "", Kind::Number),
    entry("resolution_hours", "Resolved within, business hours", "", Kind::Number),
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
    }
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The form of a topic that is kept as `settings`.
pub fn groups(topic: Topic, title: &str, settings: &Value) -> Vec<SettingsGroup> {
    let mut group = SettingsGroup { title: title.to_owned(), ..SettingsGroup::default() };
    for entry in entries(topic) {
        let value = settings.pointer(&pointer(entry.path));
        let field = |kind: FieldKind, text: String| {
            let field = Field::new(kind, entry.path, entry.label).value(text);
            if entry.hint.is_empty() { field } else { field.hint(entry.hint) }
        };
        match &entry.kind {
            Kind::Line => group.fields.push(field(FieldKind::Text, text_of(value))),
            Kind::Lines => group.fields.push(field(FieldKind::Lines, text_of(value))),
            Kind::Number => group.fields.push(field(FieldKind::Number, text_of(value))),
            Kind::Json => {
                let text = value.and_then(|value| serde_json::to_string_pretty(value).ok()).unwrap_or_default();
                group.fields.push(field(FieldKind::Lines, text));
            }
            Kind::Tick => group.checks.push(Checkbox {
                name: entry.path.to_owned(),
                value: "true".to_owned(),
                label: entry.label.to_owned(),
                ticked: value == Some(&Value::Bool(true)),
            }),
            Kind::Table(row_word, columns) => {
                group.hint = Some(entry.hint.to_owned());
                group.table = Some(table(entry, row_word, columns, value));
            }
        }
    }
    vec![group]
}

fn table(
    entry: &Entry,
    row_word: &'static str,
    columns: &'static [(&'static str, &'static str, bool)],
    value: Option<&Value>,
) -> EditTable {
    let rows = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    EditTable {
        name: entry.path,
        caption: entry.label.to_owned(),
        row_word,
        columns: columns
            .iter()
            .map(|(key, label, number)| EditColumn {
                key,
                label: (*label).to_owned(),
                cell: if *number { Cell::Number } else { Cell::Text },
            })
            .collect(),
        rows: rows.iter().map(|row| columns.iter().map(|(key, ..)| text_of(row.get(key))).collect()).collect(),
        blank: 2,
    }
}

/// The settings that were typed into the form of a topic, as the JSON that the API takes.
///
/// # Errors
/// What is no number or no JSON, each with the name of its field.
pub fn read(topic: Topic, version: u64, typed: &BTreeMap<String, String>) -> Result<Value, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut settings = Map::new();
    settings.insert("version".to_owned(), version.into());
    for entry in entries(topic) {
        let text = typed.get(entry.path).map(|text| text.trim().replace("\r\n", "\n")).unwrap_or_default();
        let mut wrong = |detail: &str| {
            errors.push(FieldError { pointer: pointer(entry.path), detail: format!("{}: {detail}", entry.label) });
        };
        let value = match &entry.kind {
            Kind::Line | Kind::Lines if text.is_empty() && entry.path == "bank_transfer.bic" => Value::Null,
            Kind::Line | Kind::Lines => Value::String(text),
            Kind::Number => number(&text, &mut wrong),
            Kind::Tick => Value::Bool(typed.contains_key(entry.path)),
            Kind::Json => serde_json::from_str(&text).unwrap_or_else(|error| {
                wrong(&format!("{error}."));
                Value::Null
            }),
            Kind::Table(_, columns) => rows(entry.path, columns, typed, &mut wrong),
        };
        match entry.path.split_once('.') {
            None => drop(settings.insert(entry.path.to_owned(), value)),
            Some((outer, inner)) => {
                let object = settings.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(object) = object {
                    object.insert(inner.to_owned(), value);
                }
            }
        }
    }
    // An account without a number is none.
    if settings.get("bank_transfer").is_some_and(|account| account["iban"] == "") {
        settings.insert("bank_transfer".to_owned(), Value::Null);
    }
    if errors.is_empty() { Ok(Value::Object(settings)) } else { Err(errors) }
}

fn number(text: &str, wrong: &mut impl FnMut(&str)) -> Value {
    match text.parse::<u64>() {
        Ok(number) => number.into(),
        Err(_) => {
            wrong("enter a whole number.");
            Value::Null
        }
    }
}

/// The rows whose first cell is filled: `{table}.{n}.{column}`.
fn rows(
    table: &str,
    columns: &[(&str, &str, bool)],
    typed: &BTreeMap<String, String>,
    wrong: &mut impl FnMut(&str),
) -> Value {
    let mut numbers: Vec<usize> = typed
        .keys()
        .filter_map(|name| name.strip_prefix(table)?.strip_prefix('.')?.split('.').next()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let cell =
        |row: usize, key: &str| typed.get(&format!("{table}.{row}.{key}")).map(|text| text.trim()).unwrap_or_default();
    let first = columns.first().map(|(key, ..)| *key).unwrap_or_default();
    let filled = numbers.into_iter().filter(|row| !cell(*row, first).is_empty());
    filled
        .map(|row| {
            let cells = columns.iter().map(|(key, _, is_number)| {
                let text = cell(row, key);
                let value = if *is_number { number(text, wrong) } else { Value::String(text.to_owned()) };
                ((*key).to_owned(), value)
            });
            Value::Object(cells.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::settings::{LocationSettings, PaymentSettings, ReturnSettings, Setting, ShopSettings, SupportSettings};
    use domain::shipping::ShippingSettings;
    use domain::tax::TaxSettings;

    use super::*;

    /// What a browser sends of the form when nothing is changed.
    fn sent(groups: &[SettingsGroup]) -> BTreeMap<String, String> {
        let mut typed = BTreeMap::new();
        for group in groups {
            for field in &group.fields {
                typed.insert(field.name.clone(), field.value.clone());
            }
            for check in group.checks.iter().filter(|check| check.ticked) {
                typed.insert(check.name.clone(), check.value.clone());
            }
            if let Some(table) = &group.table {
                for (number, row) in table.rows.iter().enumerate() {
                    for (column, cell) in table.columns.iter().zip(row) {
                        typed.insert(format!("{}.{number}.{}", table.name, column.key), cell.clone());
                    }
                }
            }
        }
        typed
    }

    fn comes_back<S: Setting + PartialEq + std::fmt::Debug>() {
        let settings = S::initial();
        let json = serde_json::to_value(&settings).unwrap();
        let read = read(S::TOPIC, settings.version(), &sent(&groups(S::TOPIC, "", &json))).unwrap();
        assert_eq!(serde_json::from_value::<S>(read).unwrap(), settings);
    }

    #[test]
    fn an_untouched_form_changes_nothing() {
        comes_back::<ShopSettings>();
        comes_back::<TaxSettings>();
        comes_back::<ShippingSettings>();
        comes_back::<PaymentSettings>();
        comes_back::<LocationSettings>();
        comes_back::<ReturnSettings>();
        comes_back::<SupportSettings>();
    }

    #[test]
    fn what_is_no_number_is_named() {
        let typed = BTreeMap::from([("window_days".to_owned(), "soon".to_owned())]);
        let errors = read(Topic::Returns, 1, &typed).unwrap_err();
        assert_eq!(errors[0].pointer, "/window_days");
    }
}
