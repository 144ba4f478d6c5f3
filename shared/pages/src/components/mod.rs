//! The parts that pages are made of.
//!
//! A component knows its markup and its accessibility; it does not know which
//! page it stands on, nor where its texts come from.

mod button;
mod chart;
mod commerce;
mod edit_table;
mod form;
mod icon;
mod navigation;
mod status;
mod table;

pub use button::{Look, busy_button, button, link_button, text_button};
pub use chart::{Bar, Bars, Measure, StockChart, StockDay, bars, stock_chart};
pub use commerce::{
    Card, Image, Price, Stock, Totals, TotalsRow, Wanted, card, image, photos, price, stock_line, totals, wanted,
};
pub use edit_table::{Cell, EditColumn, EditTable, edit_table, edit_table_focused};
pub use form::{
    Checkbox, Choice, Field, FieldKind, FormErrors, checkbox, error_summary, field, fieldset, hidden, id_of, radios,
    stepper,
};
pub use icon::{Icon, icon, sketch};
pub use navigation::{Crumb, Pager, Tab, breadcrumb, pagination, tabs};
pub use status::{Badge, Event, Notice, Tone, badge, empty, facts, notice, notice_status, timeline};
pub use table::{Column, Sort, head_row};
