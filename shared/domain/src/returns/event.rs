//! What happened to a return: names and ids, no copies.
//!
//! Knows what others have to hear of; deliberately carries no quantities and no sums, which a reader takes from the
//! record.

use crate::event::events;
use crate::id::ReturnId;

events! {
    /// Something that happened to a return.
    Event of parcel: ReturnId = "Which return.";

    /// A buyer asked for it.
    Requested = "return.requested" {};
    /// The goods may be sent.
    Approved = "return.approved" {
        /// Whether nobody had to look at it.
        automatic: bool,
    };
    /// The goods are not taken back.
    Declined = "return.declined" {};
    /// The buyer gets what the parcel is sent with.
    LabelIssued = "return.label_issued" {};
    /// A carrier has the parcel.
    HandedOver = "return.handed_over" {};
    /// Goods came.
    Received = "return.received" {};
    /// They were looked at: some of it is taken back.
    Inspected = "return.inspected" {};
    /// None of it is taken back.
    Rejected = "return.rejected" {};
    /// Money goes back.
    Refunded = "return.refunded" {};
    /// The buyer gets store credit.
    Credited = "return.credited" {};
    /// Other goods go out for it.
    Exchanged = "return.exchanged" {};
    /// The goods go back to the buyer.
    SentBack = "return.sent_back" {};
    /// Nothing is left to do.
    Closed = "return.closed" {};
    /// The buyer keeps the goods.
    Canceled = "return.canceled" {};
    /// The goods did not come in time.
    Expired = "return.expired" {};
    /// The buyer added a picture.
    Pictured = "return.pictured" {};
}
