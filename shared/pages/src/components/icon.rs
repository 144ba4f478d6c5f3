//! Icons, drawn in the page so that they take the text's colour and forced colours.
//!
//! An icon is decoration: the word stands beside it, or the control that holds
//! it has a name.

use maud::{Markup, PreEscaped, html};

/// A picture of 24 by 24 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it draws")]
pub enum Icon {
    Search,
    Cart,
    Person,
    Help,
    Check,
    Cross,
    Clock,
    Dot,
    Half,
    Return,
    Alert,
    Info,
    Truck,
    Parcel,
    Card,
    Bank,
    Mail,
    Sun,
    Left,
    Right,
    Down,
    Up,
    Sort,
    Plus,
    Minus,
    Bin,
    Print,
    Filter,
    List,
    Tag,
    Stock,
    Settings,
    People,
    Out,
    Shield,
    Reorder,
    Transfer,
}

impl Icon {
    fn paths(self) -> &'static str {
        match self {
            Self::Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
            Self::Cart => r#"<path d="M5 8h14l-1.2 11.5H6.2z"/><path d="M9 10.5V7a3 3 0 0 1 6 0v3.5"/>"#,
            Self::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>"#,
            Self::Help => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7"/><path d="M12 17h.01"/>"#
            }
            Self::Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
            Self::Cross => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>"#,
            Self::Dot => r#"<circle class="solid" cx="12" cy="12" r="7"/>"#,
            Self::Half => r#"<circle cx="12" cy="12" r="7.5"/><path class="solid" d="M12 4.5a7.5 7.5 0 0 0 0 15z"/>"#,
            Self::Return => r#"<path d="M9 5 4.5 9.5 9 14"/><path d="M5 9.5h9a5 5 0 0 1 0 10h-4"/>"#,
            Self::Alert => r#"<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5M12 17.3h.01"/>"#,
            Self::Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5h.01"/>"#,
            Self::Truck => {
                r#"<path d="M2.5 6.5h11v10h-11zM13.5 10h4l3.5 3.5v3h-7.5"/><circle cx="7" cy="17.5" r="1.8"/><circle cx="17" cy="17.5" r="1.8"/>"#
            }
            Self::Parcel => {
                r#"<path d="m12 3 8.5 4.5v9L12 21l-8.5-4.5v-9z"/><path d="M3.5 7.5 12 12l8.5-4.5M12 12v9"/>"#
            }
            Self::Card => r#"<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="M2.5 10h19M6.5 15h4"/>"#,
            Self::Bank => r#"<path d="m3 9.5 9-5.5 9 5.5zM5 20h14M6.5 12.5v5M12 12.5v5M17.5 12.5v5"/>"#,
            Self::Mail => r#"<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>"#,
            Self::Sun => {
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>"#
            }
            Self::Left => r#"<path d="m14.5 6-6 6 6 6"/>"#,
            Self::Right => r#"<path d="m9.5 6 6 6-6 6"/>"#,
            Self::Down => r#"<path d="m6 9.5 6 6 6-6"/>"#,
            Self::Up => r#"<path d="m6 14.5 6-6 6 6"/>"#,
            Self::Sort => r#"<path d="m8 9.5 4-4.5 4 4.5M8 14.5l4 4.5 4-4.5"/>"#,
            Self::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Self::Minus => r#"<path d="M5 12h14"/>"#,
            Self::Bin => r#"<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5"/>"#,
            Self::Print => r#"<path d="M7 8V3.5h10V8M7 17H3.5V8.5h17V17H17"/><path d="M7 14h10v6.5H7z"/>"#,
            Self::Filter => {
                r#"<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>"#
            }
            Self::List => r#"<path d="M8.5 6h12M8.5 12h12M8.5 18h12M4 6h.01M4 12h.01M4 18h.01"/>"#,
            Self::Tag => r#"<path d="M3.5 3.5h8l9 9-8 8-9-9z"/><path d="M7.5 7.5h.01"/>"#,
            Self::Stock => r#"<path d="M4 20V9.5L12 4l8 5.5V20"/><path d="M8 20v-7h8v7M8 16.5h8"/>"#,
            Self::Settings => {
                r#"<path d="M4 6h10M18 6h2M4 12h3M11 12h9M4 18h8M16 18h4"/><circle cx="16" cy="6" r="2"/><circle cx="9" cy="12" r="2"/><circle cx="14" cy="18" r="2"/>"#
            }
            Self::People => {
                r#"<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.6-3.6 3-5.5 6.5-5.5s5.9 1.9 6.5 5.5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.9c2 .7 3.1 2.4 3.5 5.1"/>"#
            }
            Self::Out => r#"<path d="M13 4H5v16h8M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>"#,
            Self::Reorder => {
                r#"<path d="M19.5 11A7.8 7.8 0 0 0 5.2 8M4.5 13a7.8 7.8 0 0 0 14.3 3"/><path d="M5 3.5V8h4.5M19 20.5V16h-4.5"/>"#
            }
            Self::Transfer => r#"<path d="M3.5 8.5h16M16 5l3.5 3.5L16 12M20.5 15.5h-16M8 12l-3.5 3.5L8 19"/>"#,
            Self::Shield => {
                r#"<path d="M12 3 4.5 6v5.5c0 4.5 3 7.8 7.5 9.5 4.5-1.7 7.5-5 7.5-9.5V6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>"#
            }
        }
    }
}

/// The icon as markup, hidden from assistive technology.
#[must_use]
pub fn icon(which: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" { (PreEscaped(which.paths())) }
    }
}

/// A bowl alone on the sill: for pages and places where there is nothing else to see.
#[must_use]
pub fn sketch() -> Markup {
    html! {
        svg.sketch viewBox="0 0 220 160" width="220" height="160" aria-hidden="true" focusable="false" {
            (PreEscaped(concat!(
                r#"<rect class="wall" width="220" height="120" rx="6"/>"#,
                r#"<path class="pane" d="M34 10h36l14 44H48zM78 10h36l14 44H92zM51 62h36l14 46H66zM95 62h36l14 46h-35z"/>"#,
                r#"<path class="ledge" d="M.5 118.5h219V150a6 6 0 0 1-6 6H6.5a6 6 0 0 1-6-6z"/>"#,
                r#"<path class="shade" d="M86 131q24 9 52 0l44-7q-22-9-58-5z"/>"#,
                r#"<path class="glaze" d="M66 82h92c-1 26-14 48-34 49h-24C80 130 67 108 66 82z"/>"#,
                r#"<ellipse class="glaze" cx="112" cy="82" rx="46" ry="7"/>"#,
                r#"<ellipse class="shade rim" cx="112" cy="82" rx="46" ry="7"/>"#,
            )))
        }
    }
}
