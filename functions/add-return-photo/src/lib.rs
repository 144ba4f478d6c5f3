//! Takes pictures of what is wrong with goods: sent by programs straight to the bucket, by an address that is good for one
//! file of one size and type, and by the buyer's form through here.
//!
//! They are private: a page shows them to who may see the return, from the bucket's own origin.

use contracts::product::{ImageUpload, Upload};
use contracts::returns::PhotoUpload;
use contracts::{Problem, ProblemKind};
use domain::id::ReturnId;
use domain::people::Action;
use domain::returns::{Command, Photo, ReturnAction, decide};
use domain::settings::ShopSettings;
use edge::auth::{Audience, Caller, Verifier};
use edge::http::internal;
use edge::objects::{Kind, Opened};
use edge::orders::reader;
use edge::page::{refused, renewal};
use edge::pictures::{LARGEST_OF_FORM, LIFE, PictureType, announced, seen};
use edge::returns::{ReturnDesk, shop_path};
use edge::{Context, Error, Function, HttpHandler, Objects, Request, Response};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<AddReturnPhoto>();

/// Takes pictures.
pub struct AddReturnPhoto {
    context: Context,
    desk: ReturnDesk,
    objects: Objects,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

impl HttpHandler for AddReturnPhoto {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: ReturnDesk::new(context)?,
            objects: Objects::new(context, "ATTACHMENTS_BUCKET")?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        let id: ReturnId = request.parse_parameter("id", "return")?;
        match request.route() {
            "POST /api/returns/{id}/photos" => self.opened(request, &caller, &id).await,
            _ => self.posted(request, &caller, &id).await,
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl AddReturnPhoto {
    /// Opens an upload; the return knows of the picture from here on.
    async fn opened(&self, request: &Request, caller: &Caller, id: &ReturnId) -> Result<Response, Problem> {
        let asked: ImageUpload = request.json()?;
        let PictureType { ending, content_type } = announced(&asked)?;
        let key = self.fresh(id, ending);
        self.note(request, caller, id, request.query("token"), &key, content_type).await?;
        let Opened { url, headers } = self.objects.open(&key, kind(content_type), asked.bytes, LIFE);
        Response::json(201, &PhotoUpload { upload: Upload { url, headers } })
    }

    /// POST /returns/{id}/photos
    async fn posted(&self, request: &Request, caller: &Caller, id: &ReturnId) -> Result<Response, Problem> {
        let form = match request.multipart(LARGEST_OF_FORM).await {
            // Whose link it is stands in the form, which was not read: the page itself says what is allowed.
            Err(problem) if problem.kind == ProblemKind::TooLarge => {
                return Err(Problem::new(ProblemKind::TooLarge, "Choose a picture of 4 MB at most."));
            }
            form => form?,
        };
        let token = Some(form.text("token")).filter(|token| !token.is_empty());
        if let (Caller::Guest, None, Some(renewal)) = (caller, token, renewal(request, Audience::Shop)) {
            return Ok(renewal);
        }
        let joint = if token.is_some() { '&' } else { '?' };
        let led = |word: &str| Ok(Response::see_other(&format!("{}{joint}{word}#photos", shop_path(id, token))));
        let Some(picture) = form.file("photo") else { return led("problem=photo-missing") };
        let Some(PictureType { ending, content_type }) = seen(picture) else { return led("problem=photo-type") };
        let key = self.fresh(id, ending);
        // Who may not add one writes nothing.
        let back = self.desk.load(id, &reader(caller, Action::DecideReturns, token)?).await?;
        let order = self.desk.order(&back).await?;
        if !back.actions(&order, self.context.now()).contains(&ReturnAction::AddPhoto) {
            return Err(Problem::conflict("No further picture can be added to this return."));
        }
        let kept = self.objects.put(&key, kind(content_type), picture.to_vec()).await;
        kept.map_err(|error| internal("a picture was not kept", &error))?;
        self.note(request, caller, id, token, &key, content_type).await?;
        led("done=photo")
    }

    async fn note(
        &self,
        request: &Request,
        caller: &Caller,
        id: &ReturnId,
        token: Option<&str>,
        key: &str,
        content_type: &str,
    ) -> Result<(), Problem> {
        let reader = reader(caller, Action::DecideReturns, token)?;
        let cause = Cause::new(caller.actor(), "return_pictured", request.correlation());
        let photo = Photo { key: key.to_owned(), content_type: content_type.to_owned() };
        let noted = self.desk.run(id, &reader, &cause, None, |back, order, now| {
            Ok(decide(back, order, Command::AddPhoto { photo: photo.clone() }, now)?)
        });
        noted.await?;
        Ok(())
    }

    /// A key that nothing has yet.
    fn fresh(&self, id: &ReturnId, ending: &str) -> String {
        format!("returns/{id}/{}.{ending}", data_encoding::HEXLOWER.encode(&self.context.random::<8>()))
    }
}

/// What is kept with a picture: nobody but its reader keeps it.
const fn kind(content_type: &str) -> Kind<'_> {
    Kind { content_type, cache_control: "private, max-age=3600" }
}
