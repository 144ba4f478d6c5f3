//! What can be broken on purpose: under each, the simulation has to fail, or nobody looks.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use http::HeaderMap;
use local::Service;
use local::faults::{Arrangement, Call, Tampering, WEBHOOKS};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

macro_rules! sabotages {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something broken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sabotage { $($(#[$doc])* $name,)* }

        impl Sabotage {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
        }
    };
}

sabotages! {
    /// Writes lose their conditions.
    DropCondition = "drop-condition",
    /// A transaction leaves out its last item.
    HalfTransaction = "half-transaction",
    /// A transaction that moves stock is said to be done and is not.
    Unwritten = "unwritten",
    /// What was given up keeps its stock: the release is left out.
    SkipRelease = "skip-release",
    /// Records are read as they were first.
    StaleRead = "stale-read",
    /// A stream forgets a record.
    LoseRecord = "lose-record",
    /// A queue forgets a message.
    LoseMessage = "lose-message",
    /// The provider's webhooks are lost.
    LoseWebhook = "lose-webhook",
    /// An event is sent twice, the second time under an id of its own.
    RenameEvent = "rename-event",
    /// A mail is sent twice.
    RepeatMail = "repeat-mail",
    /// A refund is sent twice, without the key that makes it one.
    RefundTwice = "refund-twice",
    /// A refund is put on store credit as often as it is tried: who did it dies before it is told to the order.
    CreditTwice = "credit-twice",
    /// A checkout takes from stock twice what it sells.
    DoubleTake = "double-take",
}

impl std::str::FromStr for Sabotage {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|known| known.name() == name);
        known.copied().ok_or_else(|| format!("there is no sabotage {name}; --sabotage list names them"))
    }
}

/// How often it strikes where it can.
const OFTEN: f64 = 0.3;

/// Breaks things.
pub(super) struct Saboteur {
    what: Sabotage,
    state: Mutex<State>,
}

struct State {
    dice: StdRng,
    /// What was answered first, by what was asked.
    first: BTreeMap<String, Bytes>,
}

impl Saboteur {
    pub(super) fn new(what: Sabotage, seed: u64) -> Self {
        let dice = StdRng::seed_from_u64(seed ^ 0xbad);
        Self { what, state: Mutex::new(State { dice, first: BTreeMap::new() }) }
    }

    fn strikes(&self) -> bool {
        self.with(|state| state.dice.random_bool(OFTEN))
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "each strikes in one place and nowhere else")]
    pub(super) fn arrange(&self, source: &str, arrangement: &mut Arrangement) {
        let hit = match self.what {
            Sabotage::LoseRecord => source.ends_with("Table"),
            Sabotage::LoseMessage => source != WEBHOOKS && !source.ends_with("Table"),
            Sabotage::LoseWebhook => source == WEBHOOKS,
            _ => false,
        };
        if hit && (self.what == Sabotage::LoseWebhook || self.strikes()) {
            arrangement.order.pop();
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "each strikes in one place and nowhere else")]
    pub(super) fn tamper(&self, call: &Call, headers: &mut HeaderMap, body: &mut Value) -> Tampering {
        let operation = call.operation.as_str();
        let transaction = operation == "TransactWriteItems";
        match self.what {
            Sabotage::DropCondition if call.service == Service::DynamoDb => {
                if self.strikes() {
                    drop_conditions(body);
                }
                Tampering::Nothing
            }
            Sabotage::HalfTransaction if transaction && self.strikes() => {
                if let Some(items) = body["TransactItems"].as_array_mut().filter(|items| items.len() > 1) {
                    items.pop();
                }
                Tampering::Nothing
            }
            Sabotage::Unwritten if transaction && moves_stock(body) && self.strikes() => Tampering::Unwritten,
            Sabotage::SkipRelease if transaction && call.caller != "checkout" => {
                if let Some(items) = body["TransactItems"].as_array_mut().filter(|items| items.len() > 1) {
                    items.retain(|item| !releases(item));
                }
                Tampering::Nothing
            }
            Sabotage::DoubleTake if call.caller == "checkout" && transaction => {
                for item in body["TransactItems"].as_array_mut().into_iter().flatten() {
                    double(item);
                }
                Tampering::Nothing
            }
            Sabotage::CreditTwice if call.caller == "pay-refund" && transaction => {
                writes(body).into_iter().filter(|write| is_credit_entry(write)).for_each(drop_condition);
                Tampering::Nothing
            }
            Sabotage::RenameEvent if operation == "SendMessageBatch" => {
                if self.strikes() {
                    rename(body);
                }
                Tampering::Nothing
            }
            Sabotage::RepeatMail if operation == "SendRawEmail" && self.strikes() => Tampering::Twice,
            Sabotage::RefundTwice if call.service == Service::Stripe => {
                headers.remove("idempotency-key");
                Tampering::Twice
            }
            _ => Tampering::Nothing,
        }
    }

    /// Whether the process of who called dies, now that the call is done.
    pub(super) fn kills(&self, call: &Call) -> bool {
        let on_credits = call.resources.iter().any(|arn| arn.contains("Credits"));
        let written = call.caller == "pay-refund" && call.operation == "TransactWriteItems" && on_credits;
        self.what == Sabotage::CreditTwice && written && self.strikes()
    }

    pub(super) fn retell(&self, call: &Call, asked: &Value, answer: &mut Bytes) {
        let on_orders = call.resources.iter().any(|arn| arn.contains("Orders"));
        if self.what == Sabotage::StaleRead && call.operation == "GetItem" && on_orders {
            self.with(|state| {
                let first = state.first.entry(asked.to_string()).or_insert_with(|| answer.clone());
                *answer = first.clone();
            });
        }
    }
}

/// The writes of a call: its own, or those of its transaction.
fn writes(body: &mut Value) -> Vec<&mut Value> {
    if body.get("TransactItems").is_none() {
        return vec![body];
    }
    let items = body["TransactItems"].as_array_mut().into_iter().flatten();
    items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()).collect()
}

/// Every condition is met, and still names all that it named.
fn drop_conditions(body: &mut Value) {
    writes(body).into_iter().for_each(drop_condition);
}

fn drop_condition(write: &mut Value) {
    if let Some(condition) = write.get("ConditionExpression").and_then(Value::as_str) {
        let always = format!("({condition}) OR NOT ({condition})");
        write["ConditionExpression"] = json!(always);
    }
}

fn is_credit_entry(write: &Value) -> bool {
    write["Item"]["sk"]["S"].as_str().is_some_and(|key| key.starts_with("entry#"))
}

fn on_stock(write: &Value) -> bool {
    write["TableName"].as_str().is_some_and(|table| table.contains("Stock"))
}

fn moves_stock(body: &mut Value) -> bool {
    writes(body).iter().any(|write| on_stock(write))
}

fn releases(item: &Value) -> bool {
    item.get("Update").is_some_and(on_stock)
}

/// What a checkout holds counts twice.
fn double(item: &mut Value) {
    let Some(write) = item.get_mut("Update").filter(|write| on_stock(write)) else {
        return;
    };
    let values = write["ExpressionAttributeValues"].as_object_mut();
    for (name, value) in values.into_iter().flatten() {
        if matches!(name.as_str(), ":a" | ":r" | ":least")
            && let Some(number) = value["N"].as_str().and_then(|number| number.parse::<i64>().ok())
        {
            value["N"] = json!((number * 2).to_string());
        }
    }
}

/// Each message once more, its event's id another.
fn rename(body: &mut Value) {
    let Some(entries) = body["Entries"].as_array_mut().filter(|entries| entries.len() <= 5) else {
        return;
    };
    let twins: Vec<Value> = entries
        .iter()
        .filter_map(|entry| {
            let mut message: Value = serde_json::from_str(entry["MessageBody"].as_str()?).ok()?;
            message["id"] = json!(format!("{}-again", message["id"].as_str()?));
            let mut twin = entry.clone();
            twin["Id"] = json!(format!("{}-again", entry["Id"].as_str()?));
            twin["MessageBody"] = json!(message.to_string());
            Some(twin)
        })
        .collect();
    entries.extend(twins);
}
