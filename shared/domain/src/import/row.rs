//! A row of a file, from text to a line that can be booked.
//!
//! Knows what each column may hold, and says all that is wrong with a row at once. It deliberately does not know
//! whether a SKU, a category or a supplier exists.

use serde::{Deserialize, Serialize};

use super::mapping::{Column, Field, Mapping};
use super::number::{price, whole};
use crate::field::{FieldError, Findings};
use crate::money::{Currency, Money};
use crate::settings::Location;
use crate::stock::{Change, MAX_UNITS};
use crate::text::{LocationId, Sku, Slug, SupplierId};

/// What of the shop a file is read by.
#[derive(Debug, Clone, Copy)]
pub struct Shop<'a> {
    /// What prices are in where a row does not say.
    pub currency: Currency,
    /// The shop's locations; the first is meant where a row does not say.
    pub locations: &'a [Location],
}

/// What a line does to what is on hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportChange {
    /// There are so many units.
    Count(i64),
    /// So many units more, or fewer.
    Delta(i64),
}

impl ImportChange {
    /// As stock books it: a count is a fact, a change is a wish.
    pub const fn booked(self) -> Change {
        match self {
            Self::Count(count) => Change::To(count),
            Self::Delta(delta) => Change::By(delta),
        }
    }
}

/// What a new product has to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProduct {
    /// 1 to 200 characters.
    pub title: String,
    /// What one costs.
    pub price: Money,
}

/// A row that can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// As a spreadsheet counts: 1 is the header.
    pub row: u32,
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub location: LocationId,
    /// How many.
    pub change: ImportChange,
    /// What the SKU is, if there is none of that name yet; it changes nothing of one that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<NewProduct>,
    /// The category of a new product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// What is printed on a new product: up to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    /// Who delivers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<SupplierId>,
}

/// What is wrong in one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowError {
    /// As a spreadsheet counts: 1 is the header.
    pub row: u32,
    /// The column's name as it stands in the file.
    pub column: String,
    /// The column as a spreadsheet names it: C.
    pub letter: String,
    /// What is wrong, as a sentence for people.
    pub detail: String,
}

/// How the rows of one file are read: its first row and what its columns mean.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    header: Vec<String>,
    mapping: Mapping,
    shop: Shop<'a>,
}

/// One row on its way to a line: its cells, and what is wrong with them.
struct Reading<'t> {
    table: &'t Table<'t>,
    row: u32,
    cells: &'t [String],
    errors: Vec<RowError>,
}

impl<'a> Table<'a> {
    /// The table of a file with this first row.
    ///
    /// # Errors
    /// Everything that is wrong with the mapping, each with the pointer of its field.
    pub fn new(header: Vec<String>, mapping: Mapping, shop: Shop<'a>) -> Result<Self, Vec<FieldError>> {
        mapping.check(header.len())?;
        Ok(Self { header, mapping, shop })
    }

    /// What its prices are in where a row does not say.
    pub(super) const fn currency(&self) -> Currency {
        self.shop.currency
    }

    /// That `detail` is wrong with a field of a row; of a field that the file does not have, it is told of the SKU.
    pub fn error(&self, row: u32, field: Field, detail: impl Into<String>) -> RowError {
        let column = self.mapping.column(field).or(self.mapping.column(Field::Sku)).unwrap_or(Column(0));
        let name = self.header.get(column.index()).map(|name| name.trim().to_owned()).unwrap_or_default();
        RowError { row, column: name, letter: column.to_string(), detail: detail.into() }
    }

    /// The line that a row says, its cells as text. None for a blank row, one without anything in a column that means
    /// something.
    ///
    /// # Errors
    /// Everything that is wrong with the row.
    pub fn line(&self, row: u32, cells: &[String]) -> Result<Option<ImportLine>, Vec<RowError>> {
        let mut reading = Reading { table: self, row, cells, errors: Vec::new() };
        if Field::ALL.iter().all(|field| reading.cell(*field).is_empty()) {
            return Ok(None);
        }
        let sku = reading.sku();
        let location = reading.location();
        let change = reading.change();
        let product = reading.product();
        let category = reading.cell(Field::Category);
        let category = (!category.is_empty()).then(|| slug(category));
        let category = category.and_then(|slug| reading.taken(Field::Category, Slug::new(slug)));
        let barcode = reading.barcode();
        let supplier = reading.cell(Field::Supplier).to_ascii_lowercase();
        let supplier = (!supplier.is_empty()).then(|| SupplierId::new(supplier));
        let supplier = supplier.and_then(|supplier| reading.taken(Field::Supplier, supplier));
        match (sku, location, change) {
            (Some(sku), Some(location), Some(change)) if reading.errors.is_empty() => {
                Ok(Some(ImportLine { row, sku, location, change, product, category, barcode, supplier }))
            }
            _ => Err(reading.errors),
        }
    }
}

impl Reading<'_> {
    /// What stands in a field's column, without outer blanks; nothing where the file or the row has no such column.
    fn cell(&self, field: Field) -> &str {
        let column = self.table.mapping.column(field);
        column.and_then(|column| self.cells.get(column.index())).map(|cell| cell.trim()).unwrap_or_default()
    }

    fn wrong(&mut self, field: Field, detail: impl Into<String>) {
        let error = self.table.error(self.row, field, detail);
        self.errors.push(error);
    }

    /// The value, or none and a word on why there is none.
    fn taken<T, E: std::fmt::Display>(&mut self, field: Field, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.wrong(field, error.to_string())).ok()
    }

    /// One line of up to `max` characters; several lines of a cell become one. None: nothing stands there.
    fn words(&mut self, field: Field, max: usize) -> Option<String> {
        let mut found = Findings::default();
        let lines: Vec<&str> = self.cell(field).split(['\r', '\n', '\t']).filter(|line| !line.is_empty()).collect();
        let text = found.line(&lines.join(" "), 0, max, "");
        for error in found.into_errors() {
            self.wrong(field, error.detail);
        }
        (!text.is_empty()).then_some(text)
    }

    fn sku(&mut self) -> Option<Sku> {
        let sku = Sku::new(self.cell(Field::Sku));
        self.taken(Field::Sku, sku)
    }

    fn location(&mut self) -> Option<LocationId> {
        let (cell, locations) = (self.cell(Field::Location), self.table.shop.locations);
        let called = |location: &&Location| {
            location.id.as_str().eq_ignore_ascii_case(cell) || location.name.to_lowercase() == cell.to_lowercase()
        };
        let known = if cell.is_empty() { locations.first() } else { locations.iter().find(called) };
        if known.is_none() {
            let ids: Vec<&str> = locations.iter().map(|location| location.id.as_str()).collect();
            let detail = format!("There is no such location. There are: {}.", ids.join(", "));
            self.wrong(Field::Location, detail);
        }
        known.map(|location| location.id.clone())
    }

    fn change(&mut self) -> Option<ImportChange> {
        let counts = self.table.mapping.column(Field::OnHand).is_some();
        let field = if counts { Field::OnHand } else { Field::Delta };
        let Some(number) = whole(self.cell(field)) else {
            self.wrong(field, "Must be a whole number, such as 12.");
            return None;
        };
        let (range, detail) = if counts {
            (0..=MAX_UNITS, "Must be 0 to 100,000,000.")
        } else {
            (-MAX_UNITS..=MAX_UNITS, "Must be at most 100,000,000 either way.")
        };
        if !range.contains(&number) {
            self.wrong(field, detail);
            return None;
        }
        Some(if counts { ImportChange::Count(number) } else { ImportChange::Delta(number) })
    }

    fn product(&mut self) -> Option<NewProduct> {
        let title = self.words(Field::Title, 200);
        let code = self.cell(Field::Currency).to_ascii_uppercase();
        let currency = if code.is_empty() { Ok(self.table.currency()) } else { code.parse::<Currency>() };
        let currency = currency.map_err(|_| "Must be the three letters of a currency, such as EUR.");
        let currency = self.taken(Field::Currency, currency)?;
        let cell = self.cell(Field::Price);
        let asked = (!cell.is_empty()).then(|| price(cell, currency))?;
        let price = self.taken(Field::Price, asked)?;
        title.map(|title| NewProduct { title, price })
    }

    fn barcode(&mut self) -> Option<String> {
        let cell = self.cell(Field::Barcode);
        if cut(cell) {
            self.wrong(
                Field::Barcode,
                "A spreadsheet has cut this number. Format the column as text and enter it again.",
            );
            return None;
        }
        self.words(Field::Barcode, 64)
    }
}

/// Whether it is a long number as spreadsheets shorten it: `4.01235E+12`.
fn cut(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    power.strip_prefix('+').is_some_and(plain) && !digits.is_empty() && plain(digits)
}

/// A category as people write it, as the catalogue does: `Küche & Bad` is `kuche-bad`.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match crate::search::folded(letter) {
            Some(folded) => slug.push_str(folded),
            None if letter.is_ascii_alphanumeric() => slug.push(letter),
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}
