//! The mails of purchasing: to suppliers, and to staff about what runs low.

use super::letter::{Block, RowLine};
use super::{Mail, Shop, written};

/// A line of a purchase order, in a mail.
#[derive(Debug, Clone, Default)]
pub struct PurchaseMailLine {
    /// Its SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// How many.
    pub quantity: String,
    /// What one costs: "€9.00"; none where that is not agreed.
    pub unit_cost: Option<String>,
    /// What the line costs.
    pub total: Option<String>,
}

/// What every mail about a purchase order tells.
#[derive(Debug, Clone, Default)]
pub struct PurchaseMail {
    /// Its number.
    pub number: String,
    /// Its lines.
    pub lines: Vec<PurchaseMailLine>,
    /// What it costs; none where that is not agreed.
    pub total: Option<String>,
}

impl PurchaseMail {
    fn blocks(&self) -> Vec<Block> {
        let rows = self.lines.iter().map(|line| RowLine {
            name: line.title.clone(),
            detail: match &line.unit_cost {
                Some(cost) => format!("{} · {} × {cost}", line.sku, line.quantity),
                None => format!("{} · Quantity {}", line.sku, line.quantity),
            },
            end: line.total.clone(),
        });
        let total = self
            .total
            .iter()
            .map(|total| Block::Totals { rows: vec![("Total".to_owned(), total.clone())], note: None });
        let rows: Vec<RowLine> = rows.collect();
        (!rows.is_empty()).then_some(Block::Rows(rows)).into_iter().chain(total).collect()
    }
}

/// An order to a supplier.
#[derive(Debug, Clone, Default)]
pub struct PurchaseOrderSent {
    /// The order.
    pub order: PurchaseMail,
    /// Where it goes, a line each.
    pub deliver_to: Vec<String>,
    /// When it is wanted: "17 June 2026"; none where no day is given.
    pub wanted_by: Option<String>,
    /// The supplier's own page, absolute, with its token.
    pub answer_url: String,
    /// Whether it was sent before: then this link takes the place of the earlier one.
    pub again: bool,
    /// What was changed since, or rejected of a proposal: "We need all 24 by 17 June."
    pub note: Option<String>,
}

/// "Purchase order B7K3F9 from Sill & Saucer": what is ordered, and the way to answer.
#[must_use]
pub fn purchase_order_sent(shop: &Shop, view: &PurchaseOrderSent) -> Mail {
    let order = &view.order;
    let mut blocks = vec![Block::Text(match &view.wanted_by {
        Some(day) => format!("We'd like to order the following from you, delivered by {day}."),
        None => "We'd like to order the following from you.".to_owned(),
    })];
    blocks.extend(view.note.clone().map(Block::Text));
    blocks.push(Block::Button("Answer the order".to_owned(), view.answer_url.clone()));
    blocks.push(Block::Text(
        "There you can accept it, propose another day or other quantities, or refuse it. You need no account."
            .to_owned(),
    ));
    if view.again {
        blocks.push(Block::Text("This link takes the place of the one in our earlier mail.".to_owned()));
    }
    blocks.extend(order.blocks());
    if !view.deliver_to.is_empty() {
        blocks.push(Block::Section("Deliver to".to_owned(), view.deliver_to.clone()));
    }
    blocks.push(Block::Text("The order is attached as PDF and CSV.".to_owned()));
    let mut preheader = match order.lines.len() {
        1 => "1 line".to_owned(),
        more => format!("{more} lines"),
    };
    preheader.extend(view.wanted_by.iter().map(|day| format!(", wanted by {day}")));
    preheader.extend(order.total.iter().map(|total| format!(", {total}")));
    written(
        shop,
        format!("Purchase order {}", order.number),
        format!("{preheader}."),
        format!("Purchase order {}", order.number),
        blocks,
    )
}

/// What a supplier said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SupplierSays {
    /// It comes otherwise: what changes, as names and values ("Delivery", "24 June instead of 17 June").
    Proposes(Vec<(String, String)>),
    /// It does not come, and the order is cancelled: why.
    Refuses(String),
}

/// A supplier's answer, for staff.
#[derive(Debug, Clone)]
pub struct SupplierAnswer {
    /// The order's number.
    pub number: String,
    /// Who answered.
    pub supplier: String,
    /// What.
    pub says: SupplierSays,
    /// What the supplier wrote.
    pub note: Option<String>,
    /// The order on the desk, absolute.
    pub desk_url: String,
}

/// "Acme proposes a change to B7K3F9".
#[must_use]
pub fn supplier_answered(shop: &Shop, view: &SupplierAnswer) -> Mail {
    let SupplierAnswer { number, supplier, says, note, desk_url } = view;
    let mut blocks = Vec::new();
    let (act, next, button) = match says {
        SupplierSays::Proposes(changes) => {
            blocks.push(Block::Text(format!("{supplier} can't deliver {number} as ordered, and proposes this:")));
            blocks.push(Block::Facts("The proposal".to_owned(), changes.clone()));
            ("proposes a change to", "Take it or reject it.", "Decide")
        }
        SupplierSays::Refuses(reason) => {
            blocks.push(Block::Text(format!("{supplier} doesn't deliver {number}. The order is cancelled.")));
            blocks.push(Block::Section("Their reason".to_owned(), vec![reason.clone()]));
            ("refuses", "Order it elsewhere.", "See what is needed")
        }
    };
    blocks.extend(note.as_ref().map(|note| Block::Section("Their note".to_owned(), vec![note.clone()])));
    blocks.push(Block::Button(button.to_owned(), desk_url.clone()));
    written(
        shop,
        format!("{} {act} {number}", short(supplier)),
        next.to_owned(),
        format!("{supplier} {act} {number}"),
        blocks,
    )
}

/// At most 24 letters of a name, so that a subject can be read.
fn short(name: &str) -> String {
    if name.chars().count() <= 24 {
        return name.to_owned();
    }
    let cut: String = name.chars().take(23).collect();
    format!("{}…", cut.trim_end())
}

/// A SKU that runs low.
#[derive(Debug, Clone, Default)]
pub struct LowLine {
    /// The SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// How many are left: "9".
    pub left: String,
    /// How long they last: "15 days"; none where nothing is sold.
    pub lasts: Option<String>,
    /// How many are on order: "24"; none where none are.
    pub on_order: Option<String>,
    /// What is suggested: "Order 20"; none where nothing is.
    pub suggestion: Option<String>,
    /// Why nothing is: "no rule says who delivers it".
    pub because: Option<String>,
}

impl LowLine {
    fn row(&self) -> RowLine {
        let mut parts = vec![self.sku.clone(), format!("{} left", self.left)];
        parts.extend(self.lasts.as_ref().map(|days| format!("lasts {days}")));
        parts.extend(self.on_order.as_ref().map(|units| format!("{units} on order")));
        parts.extend(self.because.clone());
        RowLine { name: self.title.clone(), detail: parts.join(" · "), end: self.suggestion.clone() }
    }
}

/// A purchase order that waits for its approval.
#[derive(Debug, Clone, Default)]
pub struct ToApprove {
    /// Its number.
    pub number: String,
    /// Who delivers.
    pub supplier: String,
    /// What it costs; none where that is not known.
    pub total: Option<String>,
    /// What it brings.
    pub lines: Vec<LowLine>,
    /// The link that approves it, absolute; each its own.
    pub approve_url: String,
}

/// What runs low, in one mail.
#[derive(Debug, Clone, Default)]
pub struct LowStockDigest {
    /// The orders that wait for approval.
    pub orders: Vec<ToApprove>,
    /// What is low, and nothing is suggested, or ordered already.
    pub rest: Vec<LowLine>,
    /// The list on the desk, absolute.
    pub desk_url: String,
}

/// "5 products run low".
#[must_use]
pub fn low_stock_digest(shop: &Shop, view: &LowStockDigest) -> Mail {
    let low = view.orders.iter().map(|order| order.lines.len()).sum::<usize>() + view.rest.len();
    let waiting = match view.orders.len() {
        0 => "No order waits for you.".to_owned(),
        1 => "1 purchase order waits for your approval.".to_owned(),
        more => format!("{more} purchase orders wait for your approval."),
    };
    let mut blocks = vec![Block::Text(waiting.clone())];
    for order in &view.orders {
        let total = order.total.as_ref().map(|total| format!(" for {total}")).unwrap_or_default();
        blocks.push(Block::Heading(format!("{} from {}{total}", order.number, order.supplier)));
        blocks.push(Block::Rows(order.lines.iter().map(LowLine::row).collect()));
        blocks.push(Block::Button(format!("Approve {}", order.number), order.approve_url.clone()));
    }
    if !view.rest.is_empty() {
        blocks.push(Block::Heading("Low, and nothing suggested".to_owned()));
        blocks.push(Block::Rows(view.rest.iter().map(LowLine::row).collect()));
    }
    blocks.push(Block::Link("Everything on the desk".to_owned(), view.desk_url.clone()));
    let title = match low {
        1 => "1 product runs low".to_owned(),
        more => format!("{more} products run low"),
    };
    written(shop, title.clone(), waiting, title, blocks)
}

/// A stock counter that does not agree with its ledger.
#[derive(Debug, Clone, Default)]
pub struct LedgerMismatch {
    /// The SKU.
    pub sku: String,
    /// Where.
    pub location: String,
    /// Which counter: "on hand".
    pub counter: String,
    /// What its ledger sums up to.
    pub ledger: String,
    /// What it says.
    pub balance: String,
    /// The SKU's ledger on the desk, absolute.
    pub desk_url: String,
}

/// "Stock of MUG-COBALT doesn't add up", to the owner.
#[must_use]
pub fn ledger_mismatch(shop: &Shop, view: &LedgerMismatch) -> Mail {
    let facts = [
        ("SKU", &view.sku),
        ("Location", &view.location),
        ("Counter", &view.counter),
        ("Its ledger's sum", &view.ledger),
        ("Its balance", &view.balance),
    ];
    written(
        shop,
        format!("Stock of {} doesn't add up", short(&view.sku)),
        format!("The ledger says {}, the balance {}.", view.ledger, view.balance),
        format!("The stock of {} doesn't add up", view.sku),
        vec![
            Block::Text(
                "Every change of stock is written to a ledger, and the balance must be its sum. Tonight's check found one that isn't. That is a fault of ours, or somebody changed a table by hand.".to_owned(),
            ),
            Block::Facts("What was found".to_owned(), facts.map(|(name, value)| (name.to_owned(), value.clone())).to_vec()),
            Block::Text("Count the shelf and set the stock right; the ledger keeps both.".to_owned()),
            Block::Button("Open the ledger".to_owned(), view.desk_url.clone()),
        ],
    )
}

/// A purchase order that was called off.
#[derive(Debug, Clone, Default)]
pub struct PurchaseOrderCanceled {
    /// The order.
    pub order: PurchaseMail,
    /// Why, in a sentence; none where nobody said.
    pub reason: Option<String>,
}

/// "Purchase order B7K3F9 is cancelled", to the supplier.
#[must_use]
pub fn purchase_order_canceled(shop: &Shop, view: &PurchaseOrderCanceled) -> Mail {
    let number = &view.order.number;
    let mut blocks = vec![Block::Text(format!("We've cancelled purchase order {number}. Please don't deliver it."))];
    blocks.extend(view.reason.clone().map(Block::Text));
    blocks.push(Block::Text("If it has left already, reply to this mail and we'll find a way.".to_owned()));
    blocks.extend(view.order.blocks());
    written(
        shop,
        format!("Purchase order {number} is cancelled"),
        "Please don't deliver it.".to_owned(),
        format!("Purchase order {number} is cancelled"),
        blocks,
    )
}
