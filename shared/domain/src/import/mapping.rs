//! Which column of a file means what.
//!
//! Knows how to guess it by the names in the file's first row, and what a mapping that staff send has to say.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::names::rank;
use crate::field::{FieldError, Findings};

/// What a column of a stock list may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Field {
    /// Of what; the one column that every list has.
    Sku,
    /// Where; without it, at the shop's first location.
    Location,
    /// How many there are.
    OnHand,
    /// How many more, or fewer.
    Delta,
    /// What a new product is called.
    Title,
    /// The category of a new product.
    Category,
    /// What one of a new product costs.
    Price,
    /// What the price is in; without it, the shop's currency.
    Currency,
    /// What is printed on a new product.
    Barcode,
    /// Who delivers it.
    Supplier,
}

impl Field {
    /// Every field, as an export orders them.
    pub const ALL: &'static [Self] = &[
        Self::Sku,
        Self::Location,
        Self::OnHand,
        Self::Delta,
        Self::Title,
        Self::Category,
        Self::Price,
        Self::Currency,
        Self::Barcode,
        Self::Supplier,
    ];

    /// As it is written in JSON, and as an export names its column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Location => "location",
            Self::OnHand => "on_hand",
            Self::Delta => "delta",
            Self::Title => "title",
            Self::Category => "category",
            Self::Price => "price",
            Self::Currency => "currency",
            Self::Barcode => "barcode",
            Self::Supplier => "supplier",
        }
    }
}

/// A text that names no field of a stock list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such field of a stock list")]
pub struct UnknownField;

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|field| field.as_str() == text).ok_or(UnknownField)
    }
}

/// A column by its place: 0 is the first. It shows itself as a spreadsheet's letters: A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column(pub u16);

impl Column {
    /// Its place in a row.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut left = u32::from(self.0) + 1;
        let mut letters = Vec::new();
        while left > 0 {
            left -= 1;
            letters.push(char::from(b'A' + (left % 26) as u8));
            left /= 26;
        }
        letters.iter().rev().try_for_each(|letter| write!(f, "{letter}"))
    }
}

/// Which column means which field, as staff may send it: `{"sku": 0, "on_hand": 2}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mapping(pub BTreeMap<Field, Column>);

impl Mapping {
    /// What the names in a file's first row seem to mean. Case, blanks, signs and accents count for nothing; of several
    /// columns that may mean a field, the one of the surest name is taken, else the first. It may well be that the
    /// guess does not [`check`](Self::check).
    pub fn guess(header: &[String]) -> Self {
        let mut mapping = BTreeMap::new();
        for field in Field::ALL {
            let ranked = header.iter().zip(0_u16..).filter_map(|(name, at)| Some((rank(*field, name)?, at)));
            mapping.extend(ranked.min().map(|(_, at)| (*field, Column(at))));
        }
        Self(mapping)
    }

    /// The column of a field.
    pub fn column(&self, field: Field) -> Option<Column> {
        self.0.get(&field).copied()
    }

    /// Whether a file with so many columns may be read by it.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(&self, columns: usize) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(self.column(Field::Sku).is_some(), "/sku", "Say which column has the SKU.");
        match (self.column(Field::OnHand), self.column(Field::Delta)) {
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) => found.add("/on_hand", "Say which column has the count, or which has the change."),
            (Some(_), Some(_)) => found.add("/delta", "Take either the column of counts or the one of changes."),
        }
        let mut taken = BTreeSet::new();
        for (field, column) in &self.0 {
            let pointer = format!("/{}", field.as_str());
            found.require(column.index() < columns, pointer.clone(), format!("The file has no column {column}."));
            found.require(taken.insert(column), pointer, format!("Column {column} already means something else."));
        }
        found.or(())
    }
}
