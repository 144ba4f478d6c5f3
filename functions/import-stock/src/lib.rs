//! Imports of stock lists: opens uploads, shows how far they are, and takes what staff want done with them.
//!
//! It reads no file and books nothing: what it writes of an import tells `work-import` that work is left. Whether a
//! file has come is looked for when somebody asks for its import.

mod desk;

use std::time::Duration;

use contracts::import::{ImportAnswer, ImportQuery, ImportRow, ImportUpload};
use contracts::list::ListAnswer;
use contracts::product::Upload;
use contracts::purchasing::Plain;
use contracts::{Problem, ProblemKind, refusal};
use domain::id::ImportId;
use domain::import::{Import, ImportDraft, ImportStatus, Mapping};
use domain::people::Action;
use domain::refusal::Refusal;
use domain::settings::ShopSettings;
use edge::auth::{Caller, Verifier};
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::{internal, unavailable};
use edge::objects::{Kind, Opened};
use edge::{Context, Error, Function, HttpHandler, Objects, Request, Response};
use pages::layout::Section;
use store::imports::Imports;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::{Cursor, StoreError};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ImportStock>();

/// How often an import is tried that others write.
const ATTEMPTS: u32 = 8;
/// How long an upload's address is good.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// How many imports a page has.
const PAGE: usize = 25;
/// How many parts of an import's rows a page has.
const PARTS: usize = 4;
/// What is kept with a file: nobody is to open it in a browser.
const KIND: Kind<'_> = Kind { content_type: "application/octet-stream", cache_control: "no-store" };

/// Imports stock.
pub struct ImportStock {
    context: Context,
    imports: Imports,
    files: Objects,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

impl HttpHandler for ImportStock {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            imports: context.table()?,
            files: Objects::new(context, "IMPORTS_BUCKET")?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        if request.path().starts_with("/desk") {
            return self.at_desk(&Visit::of(request, &self.verifier)?).await;
        }
        let caller = self.verifier.caller(request)?;
        let reads = request.method() == http::Method::GET;
        caller.staff(if reads { Action::ViewStock } else { Action::AdjustStock })?;
        match request.route() {
            "GET /api/stock/imports" => self.list(request).await,
            "GET /api/stock/imports/{id}" => self.show(request, &caller).await,
            "GET /api/stock/imports/{id}/rows" => self.rows(request).await,
            "POST /api/stock/imports" => self.create(request, &caller).await,
            "PUT /api/stock/imports/{id}/mapping" => self.map(request, &caller).await,
            "POST /api/stock/imports/{id}/apply" => {
                let _: Plain = request.json()?;
                self.answer(request, &caller, "imported", |import, by| import.apply(by).map_err(illegal)).await
            }
            "POST /api/stock/imports/{id}/undo" => {
                let _: Plain = request.json()?;
                self.answer(request, &caller, "import undone", |import, by| import.undo(by).map_err(illegal)).await
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ImportStock {
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk/stock/imports" => desk::list(self, visit).await,
            "POST /desk/stock/imports" => desk::send(self, visit).await,
            "GET /desk/stock/imports/{id}" => desk::show(self, visit).await,
            "POST /desk/stock/imports/{id}/mapping" => desk::map(self, visit).await,
            "POST /desk/stock/imports/{id}/apply" | "POST /desk/stock/imports/{id}/undo" => {
                desk::act(self, visit).await
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    /// The frame of a desk page.
    async fn frame(&self, visit: &Visit<'_>) -> Result<DeskFrame, Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        Ok(DeskFrame::new(&self.context, visit, &shop, Some(Section::Stock)))
    }

    async fn create(&self, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let draft: ImportDraft = request.json()?;
        draft.check().map_err(Problem::fields)?;
        let import = Import::new(self.context.new_id(), draft, caller.actor(), self.context.now());
        let cause = Cause::new(caller.actor(), "import opened", request.correlation());
        let import = self.imports.save(&import, false, cause).await.map_err(|error| unavailable(&error))?;
        let Opened { url, headers } = self.files.open(&file_of(&import.id), KIND, import.bytes, LIFE);
        Response::json(201, &ImportUpload { id: import.id, upload: Upload { url, headers } })
    }

    async fn list(&self, request: &Request) -> Result<Response, Problem> {
        let after = cursor(request)?;
        let page = self.imports.all(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        let items: Vec<ImportAnswer> = page.items.into_iter().map(ImportAnswer::from).collect();
        Response::json(200, &ListAnswer { items, next: page.next.map(|next| next.to_string()) })
    }

    async fn show(&self, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let import = self.known(&request.parse_parameter("id", "import")?).await?;
        let import = self.looked_for(import, caller, request.correlation()).await?;
        Response::json(200, &ImportAnswer::from(import))
    }

    /// The import, whose check is set going where it waits for its file and that is there. One conditional write, so
    /// that however many look for it at once, it is told once.
    async fn looked_for(&self, import: Import, caller: &Caller, correlation: &str) -> Result<Import, Problem> {
        if import.status != ImportStatus::Waiting {
            return Ok(import);
        }
        let came = self.files.exists(&file_of(&import.id)).await;
        if !came.map_err(|error| internal("a file was not looked for", &error))? {
            return Ok(import);
        }
        let cause = Cause::new(caller.actor(), "file came", correlation);
        let begun = self.change(&import.id, &cause, |import| {
            let waits = import.status == ImportStatus::Waiting;
            if waits {
                import.check().map_err(illegal)?;
            }
            Ok(waits)
        });
        begun.await
    }

    async fn rows(&self, request: &Request) -> Result<Response, Problem> {
        let after = cursor(request)?;
        let import = self.known(&request.parse_parameter("id", "import")?).await?;
        let page = self.imports.lines_page(&import, after.as_ref(), PARTS).await;
        let page = page.map_err(|error| unavailable(&error))?;
        let items: Vec<ImportRow> = page.items.into_iter().map(ImportRow::from).collect();
        Response::json(200, &ListAnswer { items, next: page.next.map(|next| next.to_string()) })
    }

    async fn map(&self, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let mapping: Mapping = request.json()?;
        let id = request.parse_parameter("id", "import")?;
        let import = self.mapped(&id, &mapping, caller, request.correlation()).await?;
        Response::json(200, &ImportAnswer::from(import))
    }

    /// The import, which is checked anew with this mapping.
    async fn mapped(
        &self,
        id: &ImportId,
        mapping: &Mapping,
        caller: &Caller,
        correlation: &str,
    ) -> Result<Import, Problem> {
        let cause = Cause::new(caller.actor(), "columns named", correlation);
        let change = |import: &mut Import| {
            if import.header.is_empty() {
                return Err(Problem::conflict("The file has not been read, so nobody knows its columns."));
            }
            mapping.check(import.header.len()).map_err(Problem::fields)?;
            import.check().map_err(illegal)?;
            import.mapping = Some(mapping.clone());
            import.by = caller.actor();
            Ok(true)
        };
        self.change(id, &cause, change).await
    }

    /// Changes an import as `change` does, and answers it as it then is.
    async fn answer(
        &self,
        request: &Request,
        caller: &Caller,
        why: &str,
        change: impl Fn(&mut Import, &str) -> Result<bool, Problem> + Send + Sync,
    ) -> Result<Response, Problem> {
        let id = request.parse_parameter("id", "import")?;
        let actor = caller.actor();
        let cause = Cause::new(&actor, why, request.correlation());
        let import = self.change(&id, &cause, |import| change(import, &actor)).await?;
        Response::json(200, &ImportAnswer::from(import))
    }

    async fn known(&self, id: &ImportId) -> Result<Import, Problem> {
        let import = self.imports.import(id).await.map_err(|error| unavailable(&error))?;
        import.ok_or_else(|| Problem::not_found("import"))
    }

    /// Writes what `change` makes of an import, unless it says that nothing is to be changed. Where somebody else was
    /// faster, it is asked again.
    async fn change(
        &self,
        id: &ImportId,
        cause: &Cause,
        change: impl Fn(&mut Import) -> Result<bool, Problem> + Send + Sync,
    ) -> Result<Import, Problem> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let mut import = self.known(id).await?;
            if !change(&mut import)? {
                return Ok(import);
            }
            match self.imports.save(&import, import.is_at_work(), cause.clone()).await {
                Ok(import) => return Ok(import),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(unavailable(&error)),
            }
        }
        Err(Problem::new(ProblemKind::Busy, "This import is being written. Please try again."))
    }
}

/// Where the file of an import goes.
fn file_of(id: &ImportId) -> String {
    format!("imports/{id}")
}

fn cursor(request: &Request) -> Result<Option<Cursor>, Problem> {
    let ImportQuery { cursor } = request.parse_query()?;
    let cursor = cursor.as_deref().map(str::parse).transpose();
    cursor.map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave."))
}

fn illegal(error: domain::machine::IllegalTransition) -> Problem {
    refusal::problem(&Refusal::Illegal(error))
}
