//! The desk's pages of imports: sending a file, looking at what it changes, booking it and taking it back.

use contracts::{Problem, ProblemKind};
use domain::calendar::moment;
use domain::import::{CheckedLine, Field, Import, ImportDraft, ImportStatus, MAX_FILE, Mapping, RowOutcome};
use domain::people::Action;
use edge::Response;
use edge::desk::{Visit, form_errors};
use edge::http::{internal, unavailable};
use pages::components::{Badge, Choice, FormErrors, Pager, Tone};
use pages::desk::{
    self, ImportColumn, ImportErrorRow, ImportForm, ImportLineRow, ImportProgress, ImportRow, ImportView, Imports,
};
use pages::layout::Head;
use serde::Deserialize;
use store::stamp::Cause;

use crate::{ImportStock, KIND, PAGE, PARTS, cursor, file_of, illegal};

/// The largest file of a form, in bytes: what a function is handed has 6 MB at most, in Base64.
const LARGEST: usize = 4 * 1024 * 1024;
/// The rows that a page shows.
const SHOWN: usize = 100;
/// After so many seconds a browser looks again, while somebody works on the import.
const AGAIN: &str = "2";
const LIST: &str = "/desk/stock/imports";

/// A form that says nothing more than its route.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// GET /desk/stock/imports
pub(crate) async fn list(shop: &ImportStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewStock)?;
    listed(shop, visit, None).await
}

async fn listed(shop: &ImportStock, visit: &Visit<'_>, refused: Option<&Problem>) -> Result<Response, Problem> {
    let after = if refused.is_some() { None } else { cursor(visit.request)? };
    let page = shop.imports.all(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
    let frame = shop.frame(visit).await?;
    let errors = refused.map(form_errors).unwrap_or_default();
    let head = Head::private("Imports and exports").failed(&errors);
    let form = ImportForm { csrf: frame.csrf(), most: MAX_FILE, most_by_form: LARGEST, errors };
    let view = Imports {
        rows: page.items.iter().map(row).collect(),
        pager: Pager {
            first: after.map(|_| LIST.to_owned()),
            next: page.next.map(|next| format!("{LIST}?cursor={next}")),
        },
        form: visit.role.may(Action::AdjustStock).then_some(form),
    };
    let page = frame.page(refused.map_or(200, |problem| problem.kind.status()), &head, &desk::imports(&view));
    Ok(page.connecting(&shop.files.origin()))
}

/// POST /desk/stock/imports
pub(crate) async fn send(shop: &ImportStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::AdjustStock)?;
    let form = match visit.request.multipart(LARGEST).await {
        Err(problem) if problem.kind == ProblemKind::TooLarge => {
            let problem = Problem::field(
                "/file",
                "Choose a file of 4 MB at most, or send it from a browser with scripts on, which may send 20 MB.",
            );
            return listed(shop, visit, Some(&problem)).await;
        }
        form => form?,
    };
    let Some(file) = form.file("file") else {
        return listed(shop, visit, Some(&Problem::field("/file", "Choose a file."))).await;
    };
    let name: String = form.filename("file").chars().filter(|letter| !letter.is_control()).take(200).collect();
    let filename = if name.trim().is_empty() { "stock".to_owned() } else { name };
    let bytes = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let (actor, now) = (visit.caller().actor(), shop.context.now());
    let draft = ImportDraft { filename, bytes, dry_run: true };
    let mut import = Import::new(shop.context.new_id(), draft, actor.clone(), now);
    // The file first: an import without one would wait for ever.
    let kept = shop.files.put(&file_of(&import.id), KIND, file.clone()).await;
    kept.map_err(|error| internal("a file was not kept", &error))?;
    import.check().map_err(illegal)?;
    let cause = Cause::new(actor, "import opened", visit.request.correlation());
    shop.imports.save(&import, true, cause).await.map_err(|error| unavailable(&error))?;
    Ok(Response::see_other(&page_of(&import)))
}

/// GET /desk/stock/imports/{id}
pub(crate) async fn show(shop: &ImportStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewStock)?;
    let import = shop.known(&visit.request.parse_parameter("id", "import")?).await?;
    let import = shop.looked_for(import, &visit.caller(), visit.request.correlation()).await?;
    shown(shop, visit, import, None).await
}

/// POST /desk/stock/imports/{id}/apply and undo
pub(crate) async fn act(shop: &ImportStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::AdjustStock)?;
    let Nothing {} = visit.request.form()?;
    let undo = visit.request.route().ends_with("/undo");
    let actor = visit.caller().actor();
    let why = if undo { "import undone" } else { "imported" };
    let cause = Cause::new(&actor, why, visit.request.correlation());
    let id = visit.request.parse_parameter("id", "import")?;
    let changed = shop.change(&id, &cause, |import| {
        let step = if undo { import.undo(&actor) } else { import.apply(&actor) };
        step.map_err(illegal)
    });
    Ok(Response::see_other(&page_of(&changed.await?)))
}

/// POST /desk/stock/imports/{id}/mapping
pub(crate) async fn map(shop: &ImportStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::AdjustStock)?;
    let typed: std::collections::BTreeMap<Field, String> = visit.request.form()?;
    let import = shop.known(&visit.request.parse_parameter("id", "import")?).await?;
    let mapping =
        typed.into_iter().filter_map(|(field, place)| Some((field, place.parse().ok().map(domain::import::Column)?)));
    let mapping = Mapping(mapping.collect());
    match shop.mapped(&import.id, &mapping, &visit.caller(), visit.request.correlation()).await {
        Ok(import) => Ok(Response::see_other(&page_of(&import))),
        Err(problem) if !problem.errors.is_empty() => {
            let import = Import { mapping: Some(mapping), ..import };
            shown(shop, visit, import, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn shown(
    shop: &ImportStock,
    visit: &Visit<'_>,
    import: Import,
    refused: Option<&Problem>,
) -> Result<Response, Problem> {
    let lines = shop.imports.lines_page(&import, None, PARTS).await.map_err(|error| unavailable(&error))?.items;
    let frame = shop.frame(visit).await?;
    let errors = refused.map(form_errors).unwrap_or_default();
    let head = Head::private(import.filename.clone()).failed(&errors);
    let may = visit.role.may(Action::AdjustStock);
    let view = view(&import, &lines, may, frame.csrf(), errors);
    let page = frame.page(refused.map_or(200, |problem| problem.kind.status()), &head, &desk::import(&view));
    Ok(if import.is_at_work() { page.header("refresh", AGAIN) } else { page })
}

fn view(import: &Import, lines: &[CheckedLine], may: bool, csrf: String, form_errors: FormErrors) -> ImportView {
    let (_, sentence) = state(import.status);
    let shown = |what: &str, all: u32, shown: usize| {
        (all as usize > shown).then(|| format!("The first {shown} of {all} {what}."))
    };
    let tally = import.tally;
    let counts = [
        ("Rows", import.rows),
        ("New drafts", tally.created),
        ("Changed", tally.changed),
        ("Unchanged", tally.unchanged),
        ("Errors", import.errors_count),
    ];
    let again = matches!(import.status, ImportStatus::Checked | ImportStatus::Failed) && !import.header.is_empty();
    let errors = import.errors.iter().map(|error| ImportErrorRow {
        row: error.row.to_string(),
        column: match (error.column.is_empty(), error.letter.is_empty()) {
            (true, true) => "The file".to_owned(),
            (true, false) => error.letter.clone(),
            (false, _) => format!("{} ({})", error.column, error.letter),
        },
        detail: error.detail.clone(),
    });
    ImportView {
        href: page_of(import),
        filename: import.filename.clone(),
        state: Some(badge(import.status)),
        sentence: sentence.to_owned(),
        progress: import.is_at_work().then(|| ImportProgress {
            words: format!("{} of {} rows", import.done, import.rows),
            done: import.done,
            of: import.rows,
        }),
        counts: counts.iter().map(|(name, count)| ((*name).to_owned(), count.to_string())).collect(),
        errors: errors.collect(),
        more_errors: shown("errors", import.errors_count, import.errors.len()),
        lines: lines.iter().take(SHOWN).map(line).collect(),
        more_lines: shown("rows", tally.rows(), lines.len().min(SHOWN)),
        columns: if may && again {
            Field::ALL.iter().map(|field| column(import, *field)).collect()
        } else {
            Vec::new()
        },
        may_apply: may && import.status == ImportStatus::Checked,
        may_undo: may && matches!(import.status, ImportStatus::Applying | ImportStatus::Applied),
        csrf,
        form_errors,
    }
}

fn column(import: &Import, field: Field) -> ImportColumn {
    let mapped = import.mapping.as_ref().and_then(|mapping| mapping.column(field));
    let columns = import.header.iter().zip(0_u16..).map(|(name, at)| {
        let column = domain::import::Column(at);
        Choice::new(at.to_string(), format!("{column}: {name}"), mapped == Some(column))
    });
    let none = Choice::new("", "Not in the file", mapped.is_none());
    ImportColumn {
        name: field.as_str().to_owned(),
        label: label(field).to_owned(),
        choices: std::iter::once(none).chain(columns).collect(),
    }
}

const fn label(field: Field) -> &'static str {
    match field {
        Field::Sku => "SKU",
        Field::Location => "Location",
        Field::OnHand => "Count",
        Field::Delta => "Change",
        Field::Title => "Title of a new product",
        Field::Category => "Its category",
        Field::Price => "Its price",
        Field::Currency => "The price's currency",
        Field::Barcode => "Its barcode",
        Field::Supplier => "Supplier",
    }
}

fn line(checked: &CheckedLine) -> ImportLineRow {
    let (before, after, what) = match checked.outcome {
        RowOutcome::Created { after } => (String::new(), after.to_string(), "New draft"),
        RowOutcome::Changed { before, after } => (before.to_string(), after.to_string(), "Changes"),
        RowOutcome::Unchanged => (String::new(), String::new(), "Stays"),
    };
    ImportLineRow {
        row: checked.line.row.to_string(),
        sku: checked.line.sku.to_string(),
        location: checked.line.location.to_string(),
        before,
        after,
        what: what.to_owned(),
    }
}

fn row(import: &Import) -> ImportRow {
    let tally = import.tally;
    let summary = match import.errors_count {
        0 => format!("{} changed, {} new, {} as they were", tally.changed, tally.created, tally.unchanged),
        1 => "1 error".to_owned(),
        many => format!("{many} errors"),
    };
    ImportRow {
        filename: import.filename.clone(),
        href: page_of(import),
        when: moment(import.made),
        at: import.made.to_string(),
        state: badge(import.status),
        summary,
    }
}

fn badge(status: ImportStatus) -> Badge {
    let tone = match status {
        ImportStatus::Waiting | ImportStatus::Undone => Tone::Neutral,
        ImportStatus::Checking | ImportStatus::Applying | ImportStatus::Undoing => Tone::Info,
        ImportStatus::Checked => Tone::Warn,
        ImportStatus::Applied => Tone::Ok,
        ImportStatus::Failed => Tone::Bad,
    };
    Badge::Other(tone, state(status).0.to_owned())
}

/// A state in a word, and what it means in a sentence.
const fn state(status: ImportStatus) -> (&'static str, &'static str) {
    match status {
        ImportStatus::Waiting => ("Waiting", "The file has not come yet."),
        ImportStatus::Checking => ("Looking", "The rows are being looked at. Nothing is booked."),
        ImportStatus::Checked => ("To book", "Every row can be booked. Nothing is booked yet."),
        ImportStatus::Applying => ("Booking", "The rows are being booked."),
        ImportStatus::Applied => ("Booked", "Every row is booked."),
        ImportStatus::Failed => (
            "Has errors",
            "Nothing is booked. Set right what is wrong in the file and send it again, or say what its columns mean.",
        ),
        ImportStatus::Undoing => ("Undoing", "What was booked is being booked back."),
        ImportStatus::Undone => ("Undone", "All that was booked is booked back. New drafts stay."),
    }
}

fn page_of(import: &Import) -> String {
    format!("{LIST}/{}", import.id)
}
