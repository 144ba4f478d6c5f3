//! The sign-in pages, of the shop and of the desk.

use contracts::Problem;
use domain::settings::{Setting, ShopSettings};
use edge::auth::Caller;
use edge::page::ShopFrame;
use edge::{Context, Request, Response};
use pages::components::FormErrors;
use pages::layout::{Head, desk_bare_page};
use pages::{Markup, desk, shop};
use store::people::Surface;

fn frame(context: &Context, request: &Request) -> ShopFrame {
    ShopFrame::new(context, request, &Caller::Guest, &ShopSettings::initial())
}

fn render(
    context: &Context,
    request: &Request,
    surface: Surface,
    status: u16,
    title: &str,
    body: impl FnOnce(String, String) -> Markup,
) -> Response {
    let frame = frame(context, request);
    let (csrf, name) = (frame.csrf(), frame.context.shop_name.clone());
    let head = Head::private(title);
    let body = body(csrf, name.clone());
    match surface {
        Surface::Shop => frame.page(status, &head, &body),
        Surface::Staff => frame.whole(status, desk_bare_page(&head, &name, &body)),
    }
}

/// The page that asks for an address, or says that a link is on its way.
pub(crate) fn ask(context: &Context, request: &Request, surface: Surface) -> Response {
    if request.query("sent").is_some() {
        return render(context, request, surface, 200, "Check your email", |_, _| match surface {
            Surface::Shop => shop::check_mail("the address you gave"),
            Surface::Staff => desk::check_mail("the address you gave"),
        });
    }
    let return_to = request.query("return_to").unwrap_or_default();
    form(context, request, surface, 200, return_to, FormErrors::none())
}

fn form(
    context: &Context,
    request: &Request,
    surface: Surface,
    status: u16,
    return_to: &str,
    errors: FormErrors,
) -> Response {
    let return_to = return_to.to_owned();
    render(context, request, surface, status, "Sign in", move |csrf, shop_name| match surface {
        Surface::Shop => shop::sign_in(&shop::SignIn { return_to, csrf, errors, ..shop::SignIn::default() }),
        Surface::Staff => {
            desk::sign_in(&desk::DeskSignIn { shop_name, return_to, csrf, errors, ..desk::DeskSignIn::default() })
        }
    })
}

/// The page that the link opens: its button uses the link up, so that a mail program that opens links does not.
pub(crate) fn confirm(context: &Context, request: &Request, surface: Surface) -> Response {
    let token = request.query("token").unwrap_or_default().to_owned();
    render(context, request, surface, 200, "Sign in", move |csrf, _| match surface {
        Surface::Shop => shop::sign_in_confirm(&shop::SignInConfirm { token, csrf, ..shop::SignInConfirm::default() }),
        Surface::Staff => desk::sign_in_confirm(&token, "", &csrf),
    })
}

/// A form that was refused: the sign-in page again where an address is to blame, else the page that says no.
pub(crate) fn refused(context: &Context, request: &Request, problem: &Problem) -> Response {
    let surface = if request.path().starts_with("/desk") { Surface::Staff } else { Surface::Shop };
    if problem.errors.is_empty() {
        return frame(context, request).refuse(request, problem);
    }
    let errors =
        problem.errors.iter().map(|error| (error.pointer.trim_start_matches('/').to_owned(), error.detail.clone()));
    form(context, request, surface, problem.kind.status(), "", errors.collect())
}
