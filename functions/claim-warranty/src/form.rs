//! The holder's form: what is wrong, and where to send the item, of whoever did not buy it.

use contracts::checkout::AddressBody;
use contracts::warranty::{ClaimRequest, DESCRIPTION};
use contracts::{Problem, ProblemKind};
use domain::calendar::civil;
use domain::id::CertificateId;
use domain::order::RequestMark;
use domain::text::Digest;
use domain::warranty::{Certificate, Defect};
use edge::auth::{Audience, Caller};
use edge::http::{idempotency_key, unavailable};
use edge::page::{ShopFrame, form_key, picture, renewal};
use edge::warranties::certificate_path;
use edge::warranty_view::{claimable, defect_words};
use edge::{Request, Response};
use pages::components::{Choice, FormErrors};
use pages::layout::Head;
use pages::shop::{self, AddressValues, ClaimAddress, ClaimForm};
use serde::Deserialize;

use crate::{ClaimWarranty, as_holder, led_to};

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    defect: String,
    description: String,
    /// The secret of the certificate's link.
    token: String,
    idempotency_key: String,
    shipping_name: String,
    shipping_country: String,
    shipping_line1: String,
    shipping_line2: String,
    shipping_city: String,
    shipping_postal_code: String,
    shipping_phone: String,
}

impl Typed {
    fn token(&self) -> Option<&str> {
        Some(self.token.as_str()).filter(|token| !token.is_empty())
    }

    fn values(&self) -> AddressValues {
        AddressValues {
            name: self.shipping_name.clone(),
            country: self.shipping_country.clone(),
            line1: self.shipping_line1.clone(),
            line2: self.shipping_line2.clone(),
            city: self.shipping_city.clone(),
            postal_code: self.shipping_postal_code.clone(),
            phone: self.shipping_phone.clone(),
        }
    }

    /// The address, where any of it was typed.
    fn address(&self) -> Option<AddressBody> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let of = [&self.shipping_name, &self.shipping_line1, &self.shipping_city, &self.shipping_postal_code];
        of.iter().any(|text| !text.trim().is_empty()).then(|| AddressBody {
            name: self.shipping_name.clone(),
            company: None,
            line1: self.shipping_line1.clone(),
            line2: some(&self.shipping_line2),
            city: self.shipping_city.clone(),
            region: None,
            postal_code: self.shipping_postal_code.clone(),
            country: self.shipping_country.clone(),
            phone: some(&self.shipping_phone),
        })
    }

    /// The same as a program would ask for it.
    fn request(&self, certificate: &CertificateId) -> ClaimRequest {
        ClaimRequest {
            certificate: certificate.to_string(),
            defect: self.defect.clone(),
            description: self.description.clone(),
            shipping_address: self.address(),
        }
    }
}

/// GET /warranty/{id}/claim
pub(crate) async fn visited(shop: &ClaimWarranty, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let token = request.query("token").unwrap_or_default().to_owned();
    if let (Caller::Guest, true, Some(renewal)) = (caller, token.is_empty(), renewal(request, Audience::Shop)) {
        return Ok(renewal);
    }
    let typed = Typed { token, ..Typed::default() };
    page(shop, request, caller, &typed, FormErrors::none()).await
}

/// POST /warranty/{id}/claim
pub(crate) async fn sent(shop: &ClaimWarranty, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let typed: Typed = request.form()?;
    if let (Caller::Guest, None, Some(renewal)) = (caller, typed.token(), renewal(request, Audience::Shop)) {
        return Ok(renewal);
    }
    let id: CertificateId = request.parse_parameter("id", "warranty")?;
    let reader = as_holder(caller, typed.token())?;
    // A form that is pressed twice is one claim.
    let key = idempotency_key(&typed.idempotency_key);
    let mark = key.map(|key| RequestMark { key, body: Digest::of(request.body()) });
    match shop.make(request, caller, &reader, mark, typed.request(&id)).await {
        Ok(claim) => Ok(led_to(&claim, typed.token(), "claimed")),
        Err(problem) if matches!(problem.kind, ProblemKind::Malformed | ProblemKind::Unprocessable) => {
            page(shop, request, caller, &typed, errors(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

/// A problem's errors by the fields of the form.
fn errors(problem: &Problem) -> FormErrors {
    let mut errors = FormErrors::none();
    for error in &problem.errors {
        let field = error.pointer.trim_start_matches('/').replace("shipping_address/", "shipping_");
        let detail = if error.detail.starts_with("Must be one of") { "Choose what is wrong." } else { &error.detail };
        errors.add(field, detail);
    }
    if problem.errors.is_empty() {
        errors.add("", problem.detail.clone());
    }
    errors
}

async fn page(
    shop: &ClaimWarranty,
    request: &Request,
    caller: &Caller,
    typed: &Typed,
    errors: FormErrors,
) -> Result<Response, Problem> {
    let id: CertificateId = request.parse_parameter("id", "warranty")?;
    let one = shop.desk.certificate(&id, &as_holder(caller, typed.token())?).await?;
    if one.open_claim().is_some() {
        return Err(Problem::conflict(claimable(&one, shop.context.now()).err().unwrap_or_default()));
    }
    let now = shop.context.now();
    let settings = shop.shop.get(now).await.map_err(|error| unavailable(&error))?;
    let shipping = shop.shipping.get(now).await.map_err(|error| unavailable(&error))?;
    let frame = ShopFrame::new(&shop.context, request, caller, &settings);
    let failed = !errors.is_empty();
    let countries = shipping.zones.iter().flat_map(|zone| &zone.countries).map(|code| {
        let chosen = typed.shipping_country == code.to_string()
            || typed.shipping_country.is_empty() && *code == settings.home_country;
        Choice { value: code.to_string(), label: code.name().to_owned(), chosen, ..Choice::default() }
    });
    let view = ClaimForm {
        csrf: frame.csrf(),
        key: form_key(&shop.context),
        address: (!one.is_buyers()).then(|| ClaimAddress { values: typed.values(), countries: countries.collect() }),
        errors,
        ..view(&one, typed)
    };
    let head = Head { failed, ..Head::private(format!("Claim on warranty {}", one.id.number())) };
    Ok(frame.page(if failed { 422 } else { 200 }, &head, &shop::claim_form(&view)))
}

fn view(one: &Certificate, typed: &Typed) -> ClaimForm {
    let choice = |defect: &Defect| Choice {
        value: defect.as_str().to_owned(),
        label: defect_words(*defect).to_owned(),
        hint: one.excluded.contains(defect).then(|| "Your warranty's terms leave this out.".to_owned()),
        chosen: typed.defect == defect.as_str(),
        ..Choice::default()
    };
    ClaimForm {
        number: one.id.number().to_string(),
        certificate_href: certificate_path(&one.id, typed.token()),
        title: one.title.clone(),
        image: picture(&one.sku, one.image.as_deref(), ""),
        serial: one.serial.as_ref().map(ToString::to_string),
        until: format!("Until {}", civil(one.ends)),
        action: format!("/warranty/{}/claim", one.id),
        defects: Defect::ALL.iter().map(choice).collect(),
        description: typed.description.clone(),
        limit: DESCRIPTION.to_string(),
        next: vec![
            "We tell you at once whether the warranty covers it.".to_owned(),
            "Then we look at it and mail you what we do: repair it, replace it, or give the money back.".to_owned(),
        ],
        token: typed.token.clone(),
        ..ClaimForm::default()
    }
}
