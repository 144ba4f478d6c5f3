//! What is printed: documents as PDF, and the lines of a purchase order as CSV.
//!
//! [`Ordered`] makes a purchase order's sheet of the order itself. Every other
//! function takes a plain struct of texts that are ready to show, and is pure:
//! the same input gives the same bytes. The PDF is PDF/A-2a and PDF/UA-1:
//! it can be kept for years and read aloud.
//!
//! Deliberately knows no states, no HTTP and no clock: the day of the PDF's
//! metadata is an argument.
//!
//! The font is Instrument Sans (SIL Open Font License 1.1), 400 and 600. It has
//! the letters of the European languages in Latin script, Polish, Czech,
//! Hungarian, Romanian, Turkish and the Baltic ones among them. It lacks Greek,
//! Cyrillic, Hebrew, Arabic, Asian scripts, emoji, most letters of Vietnamese,
//! and all currency signs but €, £, $, ¥ and ¢. A few signs that it lacks are
//! written otherwise ("½" as "1/2", "₺" as "TRY"); whatever else it lacks is
//! shown as "?", and a sentence at the document's end lists it. What a program
//! copies or reads aloud is in both cases the text that was given, where it
//! honours the file's `ActualText`.

mod draw;
mod flow;
mod order;
mod paper;
mod purchase;
mod qr;
#[cfg(test)]
mod read_back;
mod sheet;
mod slip;
mod table;
mod tags;
mod text;

pub use order::Ordered;
pub use purchase::purchase_order_pdf;
pub use sheet::purchase_order_csv;
pub use slip::return_slip_pdf;

/// A purchase order, ready to be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PurchaseSheet {
    /// Who orders.
    pub shop: Shop,
    /// The order's number: "7K3F9QX2M4".
    pub number: String,
    /// The day it was ordered: "5 June 2026".
    pub date: String,
    /// The day the goods are wanted by.
    pub wanted_by: Option<String>,
    /// Who delivers.
    pub supplier: Supplier,
    /// Where to, one for every location that the lines name.
    pub deliver_to: Vec<Place>,
    /// What is ordered.
    pub lines: Vec<SheetLine>,
    /// What all of it costs: "€1,204.00".
    pub total: Option<String>,
    /// What the shop adds, in its own words; line ends are kept.
    pub note: Option<String>,
    /// The signed link where the supplier answers; without one there is no such section.
    pub link: String,
    /// The texts' language: "en-GB". What is no such tag counts as "en".
    pub language: String,
}

/// The shop whose document it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shop {
    /// Its name.
    pub name: String,
    /// Its address, a line each.
    pub address: Vec<String>,
    /// Where replies reach people.
    pub mail: String,
}

/// Who delivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supplier {
    /// Its name.
    pub name: String,
    /// Where the order was mailed to.
    pub mail: String,
}

/// A place that goods are delivered to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The location's name, as the lines have it.
    pub location: String,
    /// Its address, a line each.
    pub lines: Vec<String>,
}

/// A line of a purchase order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetLine {
    /// The SKU.
    pub sku: String,
    /// What it is.
    pub title: String,
    /// The location it is for; where no line has one, the PDF has no such column.
    pub location: String,
    /// How many.
    pub quantity: u32,
    /// What one costs; where no line has it, the PDF has no such column.
    pub unit_cost: Option<String>,
    /// What the line costs; where no line has it, the PDF has no such column.
    pub total: Option<String>,
}

/// The paper that goes into the parcel of a return, ready to be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnSlip {
    /// Who takes it back. Its own address is not printed, so that no parcel goes there by mistake.
    pub shop: Shop,
    /// The return's number, which the code holds: "7K3F9QX2M4".
    pub number: String,
    /// The order's number.
    pub order_number: String,
    /// The day it was asked for: "5 June 2026".
    pub date: String,
    /// The last day on which it may come: "17 July 2026".
    pub send_by: Option<String>,
    /// Who sends it: the name.
    pub sender: String,
    /// Where the parcel goes, a line each; without one there is no such block.
    pub send_to: Vec<String>,
    /// What comes back.
    pub lines: Vec<SlipLine>,
    /// What to do, a sentence each: "Put this paper into the parcel."
    pub steps: Vec<String>,
    /// The texts' language: "en-GB". What is no such tag counts as "en".
    pub language: String,
}

/// A line of a return.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlipLine {
    /// The SKU.
    pub sku: String,
    /// What it is.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// Why it comes back: "Does not work".
    pub reason: String,
}

/// Why something was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The embedded font is not readable.
    #[error("the embedded font is not readable")]
    Font,
    /// The PDF was not written: a limit or a rule of the format was broken.
    #[error("the PDF was not written: {0}")]
    Pdf(String),
    /// The CSV was not written.
    #[error("the CSV was not written")]
    Csv(#[from] csv::Error),
}
