//! The sign-in pages, of the shop and of the desk.

use contracts::Problem;
use domain::settings::{Setting, ShopSettings};
use edge::auth::Caller;
use edge::page::ShopFrame;
use edge::{Request, Response};
use pages::components::FormErrors;
use pages::layout::{Head, desk_bare_page};
use pages::{Markup, desk, shop};
use store::people::Surface;

use crate::SignIn;

/// The frame of a page for somebody who is not signed in yet.
pub(crate) async fn frame(this: &SignIn, request: &Request) -> ShopFrame {
    let settings = this.shop.get(this.context.now()).await.unwrap_or_else(|_| ShopSettings::initial());
    ShopFrame::new(&this.context, request, &Caller::Guest, &settings)
}

fn render(frame: ShopFrame, surface: Surface, status: u16, head: &Head, body: &Markup) -> Response {
    match surface {
        Surface::Shop => frame.page(status, head, body),
        Surface::Staff => {
            let page = desk_bare_page(head, &frame.context.shop_name, body);
            frame.whole(status, page)
        }
    }
}

/// The page that asks for an address, or says that a link is on its way.
pub(crate) async fn ask(this: &SignIn, request: &Request, surface: Surface) -> Response {
    if request.query("sent").is_some() {
        let body = match surface {
            Surface::Shop => shop::check_mail("the address you gave"),
            Surface::Staff => desk::check_mail("the address you gave"),
        };
        return render(frame(this, request).await, surface, 200, &Head::private("Check your email"), &body);
    }
    let return_to = request.query("return_to").unwrap_or_default().to_owned();
    form(this, request, surface, 200, (String::new(), return_to), FormErrors::none()).await
}

async fn form(
    this: &SignIn,
    request: &Request,
    surface: Surface,
    status: u16,
    (email, return_to): (String, String),
    errors: FormErrors,
) -> Response {
    let frame = frame(this, request).await;
    let csrf = frame.csrf();
    let head = Head::private("Sign in").failed(&errors);
    let body = match surface {
        Surface::Shop => shop::sign_in(&shop::SignIn { email, return_to, csrf, errors }),
        Surface::Staff => {
            let shop_name = frame.context.shop_name.clone();
            desk::sign_in(&desk::DeskSignIn { shop_name, email, return_to, csrf, errors })
        }
    };
    render(frame, surface, status, &head, &body)
}

/// The page that the link opens: its button uses the link up, so that a mail program that opens links does not.
pub(crate) async fn confirm(this: &SignIn, request: &Request, surface: Surface) -> Response {
    let token = request.query("token").unwrap_or_default().to_owned();
    let frame = frame(this, request).await;
    let csrf = frame.csrf();
    let body = match surface {
        Surface::Shop => shop::sign_in_confirm(&shop::SignInConfirm { token, csrf, ..shop::SignInConfirm::default() }),
        Surface::Staff => desk::sign_in_confirm(&token, "", &csrf),
    };
    render(frame, surface, 200, &Head::private("Sign in"), &body)
}

/// A form that was refused: the sign-in page again where an address is to blame, else the page that says no.
pub(crate) async fn refused(this: &SignIn, request: &Request, problem: &Problem) -> Response {
    let surface = if request.path().starts_with("/desk") { Surface::Staff } else { Surface::Shop };
    if surface == Surface::Staff && request.path().ends_with("/renew") {
        // A form on its way through: it is shown with what was typed.
        return edge::desk::refused(request, problem);
    }
    if problem.errors.is_empty() {
        return frame(this, request).await.refuse(request, problem);
    }
    let typed = request.typed();
    let text =
        |field: &str| typed.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default();
    let errors = edge::desk::form_errors(problem);
    form(this, request, surface, problem.kind.status(), (text("email"), text("return_to")), errors).await
}
