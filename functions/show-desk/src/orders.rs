//! The list of orders: saved views, and finding one.

use contracts::Problem;
use domain::calendar::moment;
use domain::id::{OrderId, OrderNumber};
use domain::order::{OrderStatus, ShipmentStatus};
use domain::people::Action;
use domain::text::Email;
use edge::Response;
use edge::http::unavailable;
use edge::order_view::Standing;
use pages::components::{Badge, Pager, Tab};
use pages::desk;
use pages::layout::{Head, Section};
use store::Cursor;
use store::lists::{List, OrderRow};

use crate::{ShowDesk, address};
use edge::desk::Visit;

/// How many rows are read at a time.
const PAGE: usize = 50;
/// A view that filters its list reads on until it has so many rows, or has read so often.
const ENOUGH: usize = 25;
const ROUNDS: usize = 6;

/// A saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    All,
    ToShip,
    OnTheWay,
    AwaitingPayment,
    Attention,
    Completed,
    Canceled,
    Expired,
}

impl View {
    const ALL: [Self; 8] = [
        Self::All,
        Self::ToShip,
        Self::AwaitingPayment,
        Self::Attention,
        Self::OnTheWay,
        Self::Completed,
        Self::Canceled,
        Self::Expired,
    ];

    /// Its name in the address, its words, and what appears where it is empty.
    const fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::All => ("", "All", "Orders appear here as they are placed."),
            Self::ToShip => ("placed", "To ship", "Paid orders appear here until all of them has left."),
            Self::OnTheWay => ("shipped", "On the way", "Orders appear here from the last parcel to the arrival."),
            Self::AwaitingPayment => ("pending_payment", "Awaiting payment", "Orders appear here until they are paid."),
            Self::Attention => ("attention", "Attention", "Nothing needs your attention."),
            Self::Completed => ("completed", "Completed", "Delivered orders appear here."),
            Self::Canceled => ("canceled", "Cancelled", "Cancelled orders appear here."),
            Self::Expired => ("expired", "Expired", "Orders that were not paid in time appear here."),
        }
    }

    fn list(self) -> List {
        match self {
            Self::All => List::Orders,
            Self::ToShip | Self::OnTheWay => List::OfStatus(OrderStatus::Placed),
            Self::AwaitingPayment => List::OfStatus(OrderStatus::PendingPayment),
            Self::Attention => List::Attention,
            Self::Completed => List::OfStatus(OrderStatus::Completed),
            Self::Canceled => List::OfStatus(OrderStatus::Canceled),
            Self::Expired => List::OfStatus(OrderStatus::Expired),
        }
    }

    /// Whether it shows this row of its list.
    const fn shows(self, row: &OrderRow) -> bool {
        let left = match row.shipment_status {
            ShipmentStatus::Shipped
            | ShipmentStatus::Delivered
            | ShipmentStatus::Lost
            | ShipmentStatus::ReturnedToSender => true,
            ShipmentStatus::Allocated
            | ShipmentStatus::Backordered
            | ShipmentStatus::Picking
            | ShipmentStatus::Packed
            | ShipmentStatus::Canceled => false,
        };
        match self {
            Self::ToShip => !left,
            Self::OnTheWay => left,
            Self::All | Self::AwaitingPayment | Self::Attention | Self::Completed | Self::Canceled | Self::Expired => {
                true
            }
        }
    }
}

/// GET /desk/orders
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewOrders)?;
    let request = visit.request;
    let asked = request.query("status").unwrap_or_default();
    let view = View::ALL.into_iter().find(|view| view.parts().0 == asked).unwrap_or(View::All);
    let after: Option<Cursor> = request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let query = request.query("q").unwrap_or_default().trim();
    let (rows, next) = if query.is_empty() {
        read(shop, view, after.clone()).await?
    } else {
        match find(shop, query, after.as_ref()).await? {
            Sought::One(id) => return Ok(Response::see_other(&format!("/desk/orders/{id}"))),
            Sought::Some(rows, next) => (rows, next),
        }
    };
    let (status, _, nothing) = view.parts();
    let pairs = |cursor: &str| address("/desk/orders", &[("status", status), ("q", query), ("cursor", cursor)]);
    let body = desk::orders(&desk::Orders {
        views: View::ALL
            .into_iter()
            .map(|one| Tab {
                words: one.parts().1.to_owned(),
                href: address("/desk/orders", &[("status", one.parts().0)]),
                current: query.is_empty() && one == view,
                count: None,
            })
            .collect(),
        status: status.to_owned(),
        query: query.to_owned(),
        sort: None,
        rows: rows.iter().map(row).collect(),
        pager: Pager { first: after.map(|_| pairs("")), next: next.map(|next| pairs(&next.to_string())) },
        nothing: if query.is_empty() {
            nothing.to_owned()
        } else {
            "No order has this number, and no customer with orders this address.".to_owned()
        },
    });
    Ok(shop.frame(visit, Section::Orders).await?.page(200, &Head::private("Orders"), &body))
}

async fn read(
    shop: &ShowDesk,
    view: View,
    mut after: Option<Cursor>,
) -> Result<(Vec<OrderRow>, Option<Cursor>), Problem> {
    let mut rows = Vec::new();
    for _ in 0..ROUNDS {
        let page = shop.lists.page(&view.list(), after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        rows.extend(page.items.into_iter().filter(|row| view.shows(row)));
        after = page.next;
        if after.is_none() || rows.len() >= ENOUGH {
            break;
        }
    }
    Ok((rows, after))
}

/// What a search found.
enum Sought {
    One(OrderId),
    Some(Vec<OrderRow>, Option<Cursor>),
}

/// An order by its number or id, or those of a mail address.
async fn find(shop: &ShowDesk, query: &str, after: Option<&Cursor>) -> Result<Sought, Problem> {
    if let Ok(id) = query.parse::<OrderId>() {
        return Ok(Sought::One(id));
    }
    let list = match (query.parse::<OrderNumber>(), Email::new(query)) {
        (Ok(number), _) => List::OfNumber(number),
        (Err(_), Ok(email)) => List::OfMail(email),
        (Err(_), Err(_)) => return Ok(Sought::Some(Vec::new(), None)),
    };
    let page = shop.lists.page(&list, after, PAGE).await.map_err(|error| unavailable(&error))?;
    Ok(match (&list, page.items.as_slice()) {
        (List::OfNumber(_), [only]) => Sought::One(only.id),
        (_, _) => Sought::Some(page.items, page.next),
    })
}

fn row(row: &OrderRow) -> desk::OrderRow {
    let standing = Standing::from(row);
    desk::OrderRow {
        number: row.number.to_string(),
        href: format!("/desk/orders/{}", row.id),
        placed: moment(row.created),
        placed_at: row.created.to_string(),
        customer: row.name.clone(),
        state: if row.attention { Badge::NeedsAttention } else { standing.badge() },
        payment: standing.payment_badge(),
        pieces: row.pieces.to_string(),
        total: row.total.format(),
    }
}
