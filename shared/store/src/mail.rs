//! The mail table: which mail was claimed, sent and delivered, and which addresses are mailed no more.
//!
//! | access pattern | key |
//! |---|---|
//! | the claim of a mail by the event it answers | `mail#{event}`, `claim` |
//! | whether an address is suppressed | `address#{email}`, `suppressed` |

use aws_sdk_dynamodb::types::AttributeValue;
use domain::text::Email;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::db::{Db, StoreError, Table, n, of_item, s};
use crate::handle::Handle;

/// The mail table.
#[derive(Debug, Clone)]
pub struct Mails {
    table: Handle,
}

impl Table for Mails {
    const FAMILY: &'static str = "MAIL";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The mail that answers this event.
    Claim(String),
    /// An address.
    Address(Email),
}

impl Key {
    fn pair(&self) -> (String, &'static str) {
        match self {
            Self::Claim(event) => (format!("mail#{event}"), "claim"),
            Self::Address(email) => (format!("address#{}", email.key()), "suppressed"),
        }
    }

    fn attributes(&self) -> std::collections::HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

/// How far a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Somebody is sending it, or tried and does not know.
    Claimed,
    /// The provider took it.
    Sent,
    /// The recipient's server took it.
    Delivered,
    /// It came back.
    Bounced,
    /// The recipient called it spam.
    Complained,
    /// The address is suppressed: it was not sent.
    Suppressed,
}

impl MailState {
    const fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
        }
    }
}

/// What came of claiming a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is ours to send.
    Ours,
    /// It is settled: nothing is left to do.
    Settled,
    /// Another claim is younger than the time after which a lost answer is given up on.
    Pending,
}

#[derive(Deserialize)]
struct ClaimRecord {
    state: MailState,
}

/// How long a claim whose answer was lost is waited for. After that a rare second mail beats a lost one.
pub const UNSETTLED: SignedDuration = SignedDuration::from_hours(1);

/// How long claims are kept: longer than any queue keeps a message.
const KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);

impl Mails {
    /// Claims the mail that answers `event` for the try `by`: a name that no other try has. The client may send the
    /// claim again when its answer is lost, and finds it its own.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claim(&self, event: &str, by: &str, now: Timestamp) -> Result<Claim, StoreError> {
        let claimed = self
            .table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Claim(event.to_owned()).attributes()))
            .update_expression("SET #state = :claimed, #by = :by, #at = :now, #ttl = :ttl, #schema = :one")
            .condition_expression("attribute_not_exists(pk) OR (#state = :claimed AND (#by = :by OR #at <= :given_up))")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#by", "by")
            .expression_attribute_names("#at", "at")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#schema", "schema")
            .expression_attribute_values(":claimed", s(MailState::Claimed.name()))
            .expression_attribute_values(":by", s(by))
            .expression_attribute_values(":now", n(now.as_second()))
            .expression_attribute_values(":given_up", n((now - UNSETTLED).as_second()))
            .expression_attribute_values(":ttl", n((now + KEPT).as_second()))
            .expression_attribute_values(":one", n(1))
            .return_values_on_condition_check_failure(
                aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld,
            )
            .send()
            .await;
        let Err(error) = claimed else {
            return Ok(Claim::Ours);
        };
        use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
        if let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() {
            let found = failed.item().cloned().unwrap_or_default();
            let record: ClaimRecord = of_item(found)?;
            return Ok(match record.state {
                MailState::Claimed => Claim::Pending,
                MailState::Sent
                | MailState::Delivered
                | MailState::Bounced
                | MailState::Complained
                | MailState::Suppressed => Claim::Settled,
            });
        }
        Err(StoreError::of(error))
    }

    /// Gives a claim back: the provider refused for certain, so it may be tried at once.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn give_back(&self, event: &str) -> Result<(), StoreError> {
        let given = self
            .table
            .client()
            .delete_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Claim(event.to_owned()).attributes()))
            .condition_expression("#state = :claimed")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":claimed", s(MailState::Claimed.name()))
            .send()
            .await
            .map_err(StoreError::of);
        match given {
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Marks how far a mail is. The provider's own word for a later state is never overwritten by an earlier one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn mark(&self, event: &str, state: MailState) -> Result<(), StoreError> {
        let marked = self
            .table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Claim(event.to_owned()).attributes()))
            .update_expression("SET #state = :state")
            .condition_expression(match state {
                MailState::Claimed | MailState::Sent | MailState::Suppressed => {
                    "attribute_exists(pk) AND #state = :claimed"
                }
                MailState::Delivered => "attribute_exists(pk) AND #state IN (:claimed, :sent)",
                MailState::Bounced | MailState::Complained => "attribute_exists(pk)",
            })
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", s(state.name()))
            .set_expression_attribute_values(Some(marks(state)))
            .send()
            .await
            .map_err(StoreError::of);
        match marked {
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Mails this address no more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn suppress(&self, email: &Email, why: MailState, now: Timestamp) -> Result<(), StoreError> {
        let (pk, sk) = Key::Address(email.clone()).pair();
        self.table
            .client()
            .put_item()
            .table_name(&self.table.name)
            .item("pk", s(pk))
            .item("sk", s(sk))
            .item("schema", n(1))
            .item("why", s(why.name()))
            .item("at", n(now.as_second()))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    /// Whether this address is mailed no more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn is_suppressed(&self, email: &Email) -> Result<bool, StoreError> {
        let item = self.table.get_eventually(Key::Address(email.clone()).attributes()).await?;
        Ok(item.is_some())
    }
}

/// The values of `mark`'s condition: DynamoDB refuses values that no expression uses.
fn marks(state: MailState) -> std::collections::HashMap<String, AttributeValue> {
    let mut values = std::collections::HashMap::from([(":state".to_owned(), s(state.name()))]);
    let named: &[(&str, MailState)] = match state {
        MailState::Claimed | MailState::Sent | MailState::Suppressed => &[(":claimed", MailState::Claimed)],
        MailState::Delivered => &[(":claimed", MailState::Claimed), (":sent", MailState::Sent)],
        MailState::Bounced | MailState::Complained => &[],
    };
    for (name, state) in named {
        values.insert((*name).to_owned(), s(state.name()));
    }
    values
}
