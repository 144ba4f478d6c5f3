//! Stock lists on their way in.

use super::*;
use pages::desk;

fn list() -> desk::Imports {
    let row = |filename: &str, state: Badge, summary: &str| desk::ImportRow {
        filename: filename.into(),
        href: "/desk/stock/imports/imp_1".into(),
        when: "3 June 2026, 14:05".into(),
        at: "2026-06-03T14:05:00Z".into(),
        state,
        summary: summary.into(),
    };
    desk::Imports {
        rows: vec![
            row("count-june.xlsx", Badge::Other(Tone::Info, "Looking".into()), "0 changed, 0 new, 0 as they were"),
            row("delivery.csv", Badge::Other(Tone::Warn, "To book".into()), "41 changed, 3 new, 2 as they were"),
            row(
                "a-list-of-everything-with-a-very-long-name.csv",
                Badge::Other(Tone::Bad, "Has errors".into()),
                "3 errors",
            ),
            row("may.csv", Badge::Other(Tone::Ok, "Booked".into()), "812 changed, 0 new, 14 as they were"),
        ],
        pager: Pager::default(),
        form: Some(desk::ImportForm {
            csrf: "c5rf".into(),
            most: 20 * 1024 * 1024,
            most_by_form: 4 * 1024 * 1024,
            errors: FormErrors::none(),
        }),
    }
}

fn one() -> desk::ImportView {
    let line = |row: &str, sku: &str, before: &str, after: &str, what: &str| desk::ImportLineRow {
        row: row.into(),
        sku: sku.into(),
        location: "main".into(),
        before: before.into(),
        after: after.into(),
        what: what.into(),
    };
    desk::ImportView {
        href: "/desk/stock/imports/imp_1".into(),
        filename: "delivery.csv".into(),
        state: Some(Badge::Other(Tone::Warn, "To book".into())),
        sentence: "Every row can be booked. Nothing is booked yet.".into(),
        counts: [("Rows", "46"), ("New drafts", "3"), ("Changed", "41"), ("Unchanged", "2"), ("Errors", "0")]
            .map(|(name, count)| (name.into(), count.into()))
            .into(),
        lines: vec![
            line("2", "MUG-1", "10", "12", "Changes"),
            line("3", "POT-9", "", "5", "New draft"),
            line("4", "MUG-2", "", "", "Stays"),
        ],
        more_lines: Some("The first 3 of 46 rows.".into()),
        columns: vec![column("sku", "SKU", 0), column("on_hand", "Count", 2), column("delta", "Change", 9)],
        may_apply: true,
        csrf: "c5rf".into(),
        ..desk::ImportView::default()
    }
}

fn column(name: &str, label: &str, chosen: usize) -> desk::ImportColumn {
    let names = ["A: SKU", "B: Location", "C: Count"];
    let columns = names.iter().enumerate().map(|(at, name)| Choice::new(at.to_string(), *name, at == chosen));
    let none = Choice::new("", "Not in the file", chosen >= names.len());
    desk::ImportColumn {
        name: name.into(),
        label: label.into(),
        choices: std::iter::once(none).chain(columns).collect(),
    }
}

fn running() -> desk::ImportView {
    desk::ImportView {
        state: Some(Badge::Other(Tone::Info, "Booking".into())),
        sentence: "The rows are being booked.".into(),
        progress: Some(desk::ImportProgress { words: "2000 of 10000 rows".into(), done: 2_000, of: 10_000 }),
        columns: Vec::new(),
        may_apply: false,
        may_undo: true,
        ..one()
    }
}

fn failed() -> desk::ImportView {
    let wrong = |row: &str, column: &str, detail: &str| desk::ImportErrorRow {
        row: row.into(),
        column: column.into(),
        detail: detail.into(),
    };
    desk::ImportView {
        state: Some(Badge::Other(Tone::Bad, "Has errors".into())),
        sentence:
            "Nothing is booked. Set right what is wrong in the file and send it again, or say what its columns mean."
                .into(),
        errors: vec![
            wrong("3", "Count (C)", "Must be a whole number, such as 12."),
            wrong("7", "SKU (A)", "There is no SKU MUG-77; give a title and a price to make it."),
        ],
        more_errors: Some("The first 2 of 214 errors.".into()),
        may_apply: false,
        ..one()
    }
}

pub(super) fn pages() -> Vec<(String, Markup)> {
    let mapped = desk::ImportView { form_errors: errors(&[("sku", "Say which column has the SKU.")]), ..failed() };
    let sent = desk::ImportForm {
        csrf: "c5rf".into(),
        most: 20 * 1024 * 1024,
        most_by_form: 4 * 1024 * 1024,
        errors: errors(&[("file", "Choose a file.")]),
    };
    let all = [
        ("desk-imports", desk::imports(&list())),
        ("desk-imports-empty", desk::imports(&desk::Imports { rows: Vec::new(), ..list() })),
        ("desk-imports-error", desk::imports(&desk::Imports { form: Some(sent), ..list() })),
        ("desk-import", desk::import(&one())),
        ("desk-import-running", desk::import(&running())),
        ("desk-import-failed", desk::import(&failed())),
        ("desk-import-columns-error", desk::import(&mapped)),
    ];
    all.iter().map(|(name, body)| on_desk(name, &desk_context(Section::Stock), body)).collect()
}
