//! The checkout's page.

use contracts::{Problem, ProblemKind};
use domain::cart::Cart;
use domain::credit::{CreditAccount, CreditCode};
use domain::id::CartId;
use domain::order::PaymentMethod;
use domain::pricing::{CreditUse, Totals, price};
use domain::refusal::Refusal;
use domain::shipping::Quote;
use domain::text::{CountryCode, MethodId};
use domain::{Money, MoneyError};
use edge::auth::Caller;
use edge::page::{CART, ShopFrame, form_key, picture};
use edge::{Request, Response};
use pages::components::{self, Choice, FormErrors, Notice, Tone, TotalsRow};
use pages::layout::Head;
use pages::shop::{self, AddressValues, CheckoutValues, SummaryLine};

use crate::form::Typed;
use crate::{Checkout, Tables, unread};

/// GET /checkout
pub(crate) async fn checkout(shop: &Checkout, request: &Request) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    let typed = Typed {
        email: caller.person().map(|person| person.email.to_string()).unwrap_or_default(),
        billing_same: Some("true".to_owned()),
        cart_id: request.cookie(CART).unwrap_or_default().to_owned(),
        credit_code: own_credit(shop, &caller).await?.unwrap_or_default(),
        idempotency_key: form_key(&shop.context),
        ..Typed::default()
    };
    show(shop, request, typed, 200, None).await
}

/// The code of the store credit that a signed-in customer has, where there is something on it.
async fn own_credit(shop: &Checkout, caller: &Caller) -> Result<Option<String>, Problem> {
    let Caller::Customer(person) = caller else { return Ok(None) };
    let settings = shop.shop.get(shop.context.now()).await.map_err(unread)?;
    let code = CreditCode::of(&person.email, settings.currency, &shop.key);
    let account = shop.credit(&code).await.map_err(unread)?;
    Ok(account.filter(|account| account.balance.is_positive()).map(|_| code.reveal()))
}

/// The page with what was typed, and what is wrong with it.
pub(crate) async fn show(
    shop: &Checkout,
    request: &Request,
    mut typed: Typed,
    status: u16,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    let Some(cart) = open_cart(shop, &typed).await? else {
        return Ok(Response::see_other("/cart"));
    };
    let settings = shop.shop.get(shop.context.now()).await.map_err(unread)?;
    let tables = shop.tables().await.map_err(unread)?;
    if typed.shipping_country.is_empty() {
        typed.shipping_country = settings.home_country.code();
    }
    let credit = match typed.credit_code.parse::<CreditCode>() {
        Ok(code) => shop.credit(&code).await.map_err(unread)?,
        Err(_) => None,
    };
    let offer = Offer::new(&cart, &typed, &tables, credit).map_err(|refusal| contracts::refusal::problem(&refusal))?;
    let errors = problem.map(form_errors).unwrap_or_default();
    let frame = ShopFrame::new(&shop.context, request, &caller, &settings);
    let mut head = Head::private("Checkout").back("/cart", "Back to cart");
    if !errors.is_empty() {
        head = head.failed(&errors);
    }
    let checked =
        checkout_view(&cart, &typed, &tables, &offer).map_err(|error| contracts::refusal::problem(&error.into()))?;
    let view = shop::Checkout {
        csrf: frame.csrf(),
        notice: problem.filter(|problem| problem.kind == ProblemKind::PriceChanged).map(|problem| Notice {
            detail: Some("Check it, then confirm.".to_owned()),
            ..Notice::new(Tone::Warn, problem.detail.clone())
        }),
        credit: checked.credit.filter(|_| errors.of("credit_code").is_none()),
        errors,
        signed_in_as: match &caller {
            Caller::Customer(person) => Some(format!("Signed in as {}", person.email)),
            Caller::Guest | Caller::Staff(..) => None,
        },
        ..checked
    };
    Ok(frame.bare_page(status, &head, &shop::checkout(&view)))
}

/// The cart, with the prices of now: whoever reads this page has seen them.
async fn open_cart(shop: &Checkout, typed: &Typed) -> Result<Option<Cart>, Problem> {
    let Ok(id) = typed.cart_id.parse::<CartId>() else {
        return Ok(None);
    };
    let Some(mut cart) = shop.carts.get(&id).await.map_err(unread)? else {
        return Ok(None);
    };
    if cart.order.is_some() || cart.lines.is_empty() {
        return Ok(None);
    }
    let skus: Vec<_> = cart.lines.iter().map(|line| line.sku.clone()).collect();
    let offers: Vec<_> = shop.stock.offers(&skus).await.map_err(unread)?.into_values().collect();
    let (_, changed) = cart.renew(&offers);
    if changed {
        cart = match shop.carts.put(cart.clone(), shop.context.now()).await {
            Ok(kept) => kept,
            Err(store::StoreError::Stale) => cart,
            Err(error) => return Err(unread(error)),
        };
    }
    Ok(Some(cart))
}

/// How the cart can be sent to the chosen country, and what it then comes to.
struct Offer {
    quotes: Vec<Quote>,
    method: Option<MethodId>,
    totals: Option<Totals>,
    /// What store credit pays of it, where a code was given.
    credit: Option<Money>,
}

impl Offer {
    fn new(cart: &Cart, typed: &Typed, tables: &Tables, credit: Option<CreditAccount>) -> Result<Self, Refusal> {
        let Ok(country) = typed.shipping_country.parse::<CountryCode>() else {
            return Ok(Self { quotes: Vec::new(), method: None, totals: None, credit: None });
        };
        let quotes = tables.shipping.options(country, cart.weight_g(), cart.items_total()?);
        let chosen = quotes.iter().find(|quote| quote.method.as_str() == typed.shipping_method);
        let method = chosen.or(quotes.first()).map(|quote| quote.method.clone());
        let totals = match &method {
            Some(method) => match price(cart.clone(), country, method, &tables.taxes, &tables.shipping) {
                Ok(priced) => Some(priced.totals().clone()),
                Err(Refusal::CountryNotServed { .. } | Refusal::MethodNotOffered { .. }) => None,
                Err(refusal) => return Err(refusal),
            },
            None => None,
        };
        let pays = |totals: &Totals, account| match (CreditUse { account, expected: None }).of(totals.total) {
            Err(Refusal::CreditChanged { now }) => Ok(now),
            other => other,
        };
        let credit = totals.as_ref().zip(credit).map(|(totals, account)| pays(totals, account)).transpose()?;
        Ok(Self { quotes, method, totals, credit })
    }

    /// What is left to pay another way.
    fn to_pay(&self) -> Option<Money> {
        let total = self.totals.as_ref()?.total;
        self.credit.map_or(Some(total), |credit| total.minus(credit).ok())
    }
}

fn checkout_view(cart: &Cart, typed: &Typed, tables: &Tables, offer: &Offer) -> Result<shop::Checkout, MoneyError> {
    let total = offer.totals.as_ref().map(|totals| totals.total);
    let by_card = typed.payment_method != PaymentMethod::BankTransfer.as_str();
    let lines = cart.lines.iter().map(|line| {
        Ok(SummaryLine {
            title: line.title.clone(),
            detail: format!("{} × {}", line.quantity.get(), line.unit_price.format()),
            total: line.total()?.format(),
            image: picture(&line.sku, line.image.as_deref(), ""),
        })
    });
    Ok(shop::Checkout {
        values: values(typed),
        countries: countries(tables, &typed.shipping_country),
        shipping_methods: offer
            .quotes
            .iter()
            .map(|quote| Choice {
                hint: Some(days(quote)),
                end: Some(if quote.price.is_zero() { "Free".to_owned() } else { quote.price.format() }),
                ..Choice::new(quote.method.as_str(), quote.name.clone(), offer.method.as_ref() == Some(&quote.method))
            })
            .collect(),
        payment_methods: payment_methods(tables, typed),
        lines: lines.collect::<Result<_, MoneyError>>()?,
        totals: totals_view(cart, offer)?,
        submit: match offer.to_pay() {
            Some(left) if by_card && left.is_positive() => format!("Pay {}", left.format()),
            Some(_) | None => "Place order".to_owned(),
        },
        terms: None,
        cart_id: cart.id.to_string(),
        expected_total: total.map(shown_sum).unwrap_or_default(),
        credit_code: typed.credit_code.clone(),
        credit: match offer.credit {
            Some(credit) if credit.is_zero() => Some("There is nothing left on this code.".to_owned()),
            Some(credit) => Some(format!("Pays {} of it.", credit.format())),
            None if offer.totals.is_some() && !typed.credit_code.trim().is_empty() => {
                Some("We know no store credit with this code.".to_owned())
            }
            None => None,
        },
        expected_credit: offer.credit.map(shown_sum).unwrap_or_default(),
        idempotency_key: typed.idempotency_key.clone(),
        ..shop::Checkout::default()
    })
}

fn shown_sum(sum: Money) -> String {
    format!("{} {}", sum.amount, sum.currency.code())
}

fn values(typed: &Typed) -> CheckoutValues {
    CheckoutValues {
        email: typed.email.clone(),
        shipping: AddressValues {
            name: typed.shipping_name.clone(),
            country: typed.shipping_country.clone(),
            line1: typed.shipping_line1.clone(),
            line2: typed.shipping_line2.clone(),
            city: typed.shipping_city.clone(),
            postal_code: typed.shipping_postal_code.clone(),
            phone: typed.shipping_phone.clone(),
        },
        billing_same: typed.billing_same.is_some(),
        billing: AddressValues {
            name: typed.billing_name.clone(),
            country: typed.billing_country.clone(),
            line1: typed.billing_line1.clone(),
            line2: typed.billing_line2.clone(),
            city: typed.billing_city.clone(),
            postal_code: typed.billing_postal_code.clone(),
            phone: String::new(),
        },
    }
}

fn countries(tables: &Tables, chosen: &str) -> Vec<Choice> {
    let mut served: Vec<CountryCode> =
        tables.taxes.countries().into_iter().filter(|country| tables.shipping.reaches(*country)).collect();
    served.sort_by_key(|country| country.name());
    served.into_iter().map(|country| Choice::new(country.code(), country.name(), country.code() == chosen)).collect()
}

fn payment_methods(tables: &Tables, typed: &Typed) -> Vec<Choice> {
    let open: Vec<_> = PaymentMethod::ALL.iter().filter(|method| method.is_open(&tables.payments)).copied().collect();
    let first = open.first().map(|method| method.as_str()).unwrap_or_default();
    let chosen = if typed.payment_method.is_empty() { first } else { &typed.payment_method };
    open.into_iter()
        .map(|method| {
            let (label, hint) = match method {
                PaymentMethod::Card => ("Card", "You pay on the next page."),
                PaymentMethod::BankTransfer => {
                    ("Bank transfer", "We send the order when the money has come: 1 to 2 working days.")
                }
            };
            Choice { hint: Some(hint.to_owned()), ..Choice::new(method.as_str(), label, method.as_str() == chosen) }
        })
        .collect()
}

fn days(quote: &Quote) -> String {
    let carrier = quote.carrier.as_deref().map(|carrier| format!(" with {carrier}")).unwrap_or_default();
    if quote.max_days == 1 {
        format!("1 working day{carrier}")
    } else if quote.min_days == quote.max_days {
        format!("{} working days{carrier}", quote.max_days)
    } else {
        format!("{}–{} working days{carrier}", quote.min_days, quote.max_days)
    }
}

fn totals_view(cart: &Cart, offer: &Offer) -> Result<components::Totals, MoneyError> {
    let Some(totals) = &offer.totals else {
        return Ok(components::Totals {
            rows: vec![TotalsRow::new("Items", cart.items_total()?.format())],
            total: None,
            after: None,
            later: Vec::new(),
        });
    };
    let shipping = if totals.shipping.is_zero() { "Free".to_owned() } else { totals.shipping.format() };
    let mut rows = vec![TotalsRow::new("Items", totals.items.format()), TotalsRow::new("Delivery", shipping)];
    if !totals.tax_included && !totals.tax.is_zero() {
        rows.push(TotalsRow::new("Tax", totals.tax.format()));
    }
    let later = match (offer.credit, offer.to_pay()) {
        (Some(credit), Some(left)) if credit.is_positive() => {
            vec![
                TotalsRow::new("Store credit", credit.negated()?.format()),
                TotalsRow::new("Left to pay", left.format()),
            ]
        }
        (_, _) => Vec::new(),
    };
    Ok(components::Totals {
        rows,
        total: Some(totals.total.format()),
        after: (totals.tax_included && !totals.tax.is_zero()).then(|| format!("Includes {} tax", totals.tax.format())),
        later,
    })
}

/// What is wrong, by the names of the form's fields.
fn form_errors(problem: &Problem) -> FormErrors {
    let mut errors = FormErrors::none();
    for error in &problem.errors {
        let field = error.pointer.trim_start_matches('/').replace("_address/", "_");
        errors.add(field, error.detail.clone());
    }
    if errors.is_empty() && problem.kind != ProblemKind::PriceChanged {
        errors.add("", problem.detail.clone());
    }
    errors
}
