//! Store credit: a customer's own on their page; over the API also for who has its code, and for staff.

use contracts::Problem;
use contracts::credit::{CreditAnswer, CreditQuery};
use domain::calendar::day;
use domain::credit::{CreditAccount, CreditCause, CreditCode, CreditEntry};
use domain::id::OrderId;
use domain::people::Action;
use domain::settings::ShopSettings;
use domain::text::Email;
use edge::auth::{Caller, Person};
use edge::http::unavailable;
use edge::{Request, Response};
use pages::shop::{Credit, CreditRow};

use crate::ShowAccount;

/// The most entries that a page shows.
const SHOWN: usize = 20;

/// GET /api/store-credit
pub(crate) async fn answer(shop: &ShowAccount, request: &Request) -> Result<Response, Problem> {
    let query: CreditQuery = request.parse_query()?;
    let caller = shop.verifier.caller(request)?;
    let (code, told) = match (query.code, query.email) {
        (Some(_), Some(_)) => return Err(Problem::malformed("Ask for one of code and email.")),
        (Some(code), None) => {
            let code = code.parse::<CreditCode>().map_err(|error| Problem::field("/code", error.to_string()))?;
            let account = account(shop, code).await?.ok_or_else(|| Problem::not_found("store credit"))?;
            return Response::json(200, &whole(shop, &account, Some(code)).await?);
        }
        (None, Some(email)) => {
            caller.staff(Action::ViewCustomers)?;
            let email = email.parse().map_err(|_| Problem::field("/email", "This is no email address."))?;
            (own_code(shop, &email).await?, email)
        }
        (None, None) => {
            let Caller::Customer(person) = &caller else {
                return Err(Problem::unauthenticated());
            };
            (own_code(shop, &person.email).await?, person.email.clone())
        }
    };
    let settings = shop.settings(&shop.shop).await?;
    let none = || CreditAccount::empty(code.account(), told, settings.currency);
    let account = account(shop, code).await?.unwrap_or_else(none);
    let shown = (!matches!(caller, Caller::Staff(..))).then_some(code);
    Response::json(200, &whole(shop, &account, shown).await?)
}

/// The code of the one account that an address has in the shop's currency.
async fn own_code(shop: &ShowAccount, email: &Email) -> Result<CreditCode, Problem> {
    let settings = shop.settings(&shop.shop).await?;
    Ok(CreditCode::of(email, settings.currency, &shop.key))
}

async fn account(shop: &ShowAccount, code: CreditCode) -> Result<Option<CreditAccount>, Problem> {
    shop.credits.get(&code.account()).await.map_err(|error| unavailable(&error))
}

async fn whole(shop: &ShowAccount, account: &CreditAccount, code: Option<CreditCode>) -> Result<CreditAnswer, Problem> {
    let entries = shop.credits.entries(&account.id).await.map_err(|error| unavailable(&error))?;
    Ok(CreditAnswer::new(account, entries, code))
}

/// What a customer's own page says of it; nothing, where there never was any.
pub(crate) async fn panel(
    shop: &ShowAccount,
    person: &Person,
    settings: &ShopSettings,
) -> Result<Option<Credit>, Problem> {
    let code = CreditCode::of(&person.email, settings.currency, &shop.key);
    let Some(account) = account(shop, code).await? else { return Ok(None) };
    let entries = shop.credits.entries(&account.id).await.map_err(|error| unavailable(&error))?;
    Ok(Some(Credit {
        balance: account.balance.format(),
        code: account.balance.is_positive().then(|| code.reveal()),
        rows: entries.iter().take(SHOWN).map(row).collect(),
    }))
}

fn row(entry: &CreditEntry) -> CreditRow {
    let order = entry.reference.split('#').next().and_then(|id| id.parse::<OrderId>().ok());
    let number = order.map(|id| id.number().to_string()).unwrap_or_default();
    let delta = entry.delta.format();
    CreditRow {
        when: day(entry.at),
        what: match entry.cause {
            CreditCause::Returned => format!("Return from order {number}"),
            CreditCause::Spent => format!("Paid for order {number}"),
            CreditCause::GivenBack => format!("Back from order {number}"),
        },
        amount: if entry.delta.is_positive() { format!("+{delta}") } else { delta },
    }
}
