//! Where a purchase order, its supplier's answer and a suggestion stand, as tables.
//!
//! Knows which step is legal in which state, and nothing else: what a step means for stock is decided in `decide`.

use crate::machine::machine;

machine! {
    /// Where a purchase order stands.
    PurchaseStatus in "purchase order" by
    /// What moves a purchase order.
    PurchaseStep;
    states {
        /// Made of suggestions; nobody has worked on it.
        Suggested = "suggested",
        /// Staff work on it.
        Draft = "draft",
        /// To be sent: what it orders is incoming from here on.
        Approved = "approved",
        /// Its supplier has it.
        Sent = "sent",
        /// Its supplier has said what will come.
        Acknowledged = "acknowledged",
        /// Some of it came.
        PartiallyReceived = "partially_received",
        /// All of it came.
        Received = "received",
        /// Nothing is left to do.
        Closed = "closed",
        /// Put aside, and to be resumed where it was.
        OnHold = "on_hold",
        /// Called off by the shop, or refused by its supplier.
        Canceled = "canceled",
    }
    steps {
        /// Staff take it up.
        Draft = "draft",
        /// It may be sent.
        Approve = "approve",
        /// Its supplier gets it.
        Send = "send",
        /// Its supplier and the shop agree on what will come.
        Acknowledge = "acknowledge",
        /// Some of it comes.
        ReceivePart = "receive_part",
        /// The last of it comes.
        ReceiveAll = "receive_all",
        /// Nothing more is expected.
        Close = "close",
        /// It is put aside.
        Hold = "hold",
        /// It goes on as a draft.
        ResumeDraft = "resume_draft",
        /// It goes on as approved.
        ResumeApproved = "resume_approved",
        /// It goes on as sent.
        ResumeSent = "resume_sent",
        /// It goes on as acknowledged.
        ResumeAcknowledged = "resume_acknowledged",
        /// It goes on as received in part.
        ResumePartiallyReceived = "resume_partially_received",
        /// It is called off.
        Cancel = "cancel",
    }
    table {
        Suggested + Draft => Draft;
        Suggested + Cancel => Canceled;
        Draft + Approve => Approved;
        Draft + Hold => OnHold;
        Draft + Cancel => Canceled;
        Approved + Send => Sent;
        Approved + ReceivePart => PartiallyReceived;
        Approved + ReceiveAll => Received;
        Approved + Hold => OnHold;
        Approved + Cancel => Canceled;
        // The mail was lost.
        Sent + Send => Sent;
        Sent + Acknowledge => Acknowledged;
        Sent + ReceivePart => PartiallyReceived;
        Sent + ReceiveAll => Received;
        Sent + Hold => OnHold;
        Sent + Cancel => Canceled;
        Acknowledged + ReceivePart => PartiallyReceived;
        Acknowledged + ReceiveAll => Received;
        Acknowledged + Hold => OnHold;
        Acknowledged + Cancel => Canceled;
        PartiallyReceived + ReceivePart => PartiallyReceived;
        PartiallyReceived + ReceiveAll => Received;
        PartiallyReceived + Hold => OnHold;
        // What did not come is not expected any more.
        PartiallyReceived + Close => Closed;
        // More came than was ordered.
        Received + ReceiveAll => Received;
        Received + Close => Closed;
        OnHold + ResumeDraft => Draft;
        OnHold + ResumeApproved => Approved;
        OnHold + ResumeSent => Sent;
        OnHold + ResumeAcknowledged => Acknowledged;
        OnHold + ResumePartiallyReceived => PartiallyReceived;
        OnHold + Cancel => Canceled;
    }
}

machine! {
    /// What a supplier has said to a purchase order.
    AnswerStatus in "supplier's answer" by
    /// What moves a supplier's answer.
    AnswerStep;
    states {
        /// The supplier was not asked.
        None = "none",
        /// The supplier was asked.
        Awaited = "awaited",
        /// It comes as it was ordered, or as both agreed since.
        Accepted = "accepted",
        /// The supplier proposed a change, and staff have to look.
        Proposed = "proposed",
        /// The supplier does not deliver.
        Refused = "refused",
    }
    steps {
        /// The supplier is asked.
        Ask = "ask",
        /// The supplier accepts.
        Accept = "accept",
        /// The supplier proposes a change.
        Propose = "propose",
        /// Staff take the proposal.
        Take = "take",
        /// Staff reject the proposal.
        Reject = "reject",
        /// The supplier refuses.
        Refuse = "refuse",
    }
    table {
        None + Ask => Awaited;
        Awaited + Ask => Awaited;
        Awaited + Accept => Accepted;
        Awaited + Propose => Proposed;
        Awaited + Refuse => Refused;
        // What was promised turns out otherwise.
        Accepted + Propose => Proposed;
        Accepted + Refuse => Refused;
        // The supplier thinks again before staff have looked.
        Proposed + Accept => Accepted;
        Proposed + Propose => Proposed;
        Proposed + Refuse => Refused;
        Proposed + Take => Accepted;
        Proposed + Reject => Awaited;
    }
}

machine! {
    /// Where a suggestion stands.
    SuggestionStatus in "suggestion" by
    /// What moves a suggestion.
    SuggestionStep;
    states {
        /// To be ordered: it may stand in an order that is not approved yet.
        Open = "open",
        /// Its order was approved: what it wants is incoming.
        Ordered = "ordered",
        /// Staff do not want it, or its order was called off or refused.
        Dismissed = "dismissed",
        /// A later look at the stock came to something else.
        Superseded = "superseded",
    }
    steps {
        /// Its order is approved.
        Order = "order",
        /// Staff do not want it.
        Dismiss = "dismiss",
        /// A later look takes its place.
        Supersede = "supersede",
    }
    table {
        Open + Order => Ordered;
        Open + Dismiss => Dismissed;
        Open + Supersede => Superseded;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::closed;

    closed!(
        the_purchase_order_table_is_closed,
        PurchaseStatus,
        PurchaseStep,
        [PurchaseStatus::Suggested, PurchaseStatus::Draft]
    );
    closed!(the_answer_table_is_closed, AnswerStatus, AnswerStep, [AnswerStatus::None]);
    closed!(the_suggestion_table_is_closed, SuggestionStatus, SuggestionStep, [SuggestionStatus::Open]);

    #[test]
    fn what_is_over_stays_over() {
        assert!(PurchaseStatus::Closed.legal().is_empty());
        assert!(PurchaseStatus::Canceled.legal().is_empty());
        assert!(AnswerStatus::Refused.legal().is_empty());
        for status in [SuggestionStatus::Ordered, SuggestionStatus::Dismissed, SuggestionStatus::Superseded] {
            assert!(status.legal().is_empty());
        }
    }
}
