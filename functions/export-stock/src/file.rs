//! The file of an export, in one of two formats.

use domain::import::Field;
use domain::stock::{Shelf, Stock};
use domain::text::LocationId;
use sheets::{Cell, CsvWriter, SheetError, XlsxWriter};

/// The columns.
const COLUMNS: [Field; 6] = [Field::Sku, Field::Location, Field::OnHand, Field::Title, Field::Price, Field::Currency];
/// The characters that an import takes of a title.
const MAX_TITLE: usize = 200;

/// What the file is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    Csv,
    Xlsx,
}

/// A file on its way.
pub(crate) enum File {
    Csv(Box<CsvWriter<Vec<u8>>>),
    Xlsx(Box<XlsxWriter>),
}

impl Format {
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl File {
    /// A file made at `made`, in seconds since 1970.
    pub(crate) fn new(format: Format, made: i64) -> Result<Self, SheetError> {
        let header = COLUMNS.map(Field::as_str);
        Ok(match format {
            Format::Csv => Self::Csv(Box::new(CsvWriter::new(Vec::new(), &header)?)),
            Format::Xlsx => Self::Xlsx(Box::new(XlsxWriter::new("Stock", &header, made)?)),
        })
    }

    /// Writes what there is of a SKU: a row for each place that had some, and one for the first where none has.
    pub(crate) fn rows(&mut self, stock: &Stock, places: &[LocationId]) -> Result<(), SheetError> {
        let listing = &stock.offer.listing;
        let title: String = listing.title.chars().take(MAX_TITLE).collect();
        let price = listing.price.decimal();
        let nowhere = places.iter().all(|place| !stock.levels.contains_key(place));
        let first = places.first().filter(|_| nowhere);
        for place in first.into_iter().chain(places.iter().filter(|place| stock.levels.contains_key(place))) {
            let on_hand = stock.levels.get(place).map_or(0, |level| level.on(Shelf::OnHand));
            self.row(&[
                Cell::Text(listing.sku.as_str()),
                Cell::Text(place.as_str()),
                Cell::Whole(on_hand),
                Cell::Text(&title),
                Cell::Decimal(&price),
                Cell::Text(listing.price.currency.code()),
            ])?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        match self {
            Self::Csv(file) => file.row(cells),
            Self::Xlsx(file) => file.row(cells),
        }
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, SheetError> {
        match self {
            Self::Csv(file) => file.finish(),
            Self::Xlsx(file) => {
                let mut bytes = std::io::Cursor::new(Vec::new());
                file.finish(&mut bytes)?;
                Ok(bytes.into_inner())
            }
        }
    }
}
