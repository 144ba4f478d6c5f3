//! Where a return stands, as a table.

use crate::machine::machine;

machine! {
    /// Where a return stands.
    ReturnStatus in "return" by
    /// What moves a return.
    ReturnStep;
    states {
        /// The buyer asks for it, and staff have to look.
        Requested = "requested",
        /// The buyer may send the goods.
        Approved = "approved",
        /// The shop does not take the goods back.
        Declined = "declined",
        /// The buyer has what the parcel is sent with.
        LabelIssued = "label_issued",
        /// A carrier has the parcel.
        InTransit = "in_transit",
        /// The goods are here.
        Received = "received",
        /// Somebody looks at them.
        Inspecting = "inspecting",
        /// All of it is as it should be.
        Accepted = "accepted",
        /// Some of it is.
        PartAccepted = "part_accepted",
        /// None of it is.
        Rejected = "rejected",
        /// Money went back.
        Refunded = "refunded",
        /// Other goods go out for it.
        Exchanged = "exchanged",
        /// The buyer has credit for it.
        Credited = "credited",
        /// The goods go back to the buyer.
        SentBack = "sent_back",
        /// Nothing is left to do.
        Closed = "closed",
        /// The buyer keeps the goods.
        Canceled = "canceled",
        /// The goods did not come in time.
        Expired = "expired",
    }
    steps {
        /// The goods may be sent.
        Approve = "approve",
        /// They are not taken back.
        Decline = "decline",
        /// The buyer gets what the parcel is sent with.
        IssueLabel = "issue_label",
        /// A carrier takes the parcel.
        HandOver = "hand_over",
        /// The goods come.
        Receive = "receive",
        /// Somebody begins to look at them.
        Inspect = "inspect",
        /// All of it is as it should be.
        Accept = "accept",
        /// Some of it is.
        AcceptPart = "accept_part",
        /// None of it is.
        Reject = "reject",
        /// Money goes back.
        Refund = "refund",
        /// Other goods go out for it.
        Exchange = "exchange",
        /// The buyer gets credit for it.
        Credit = "credit",
        /// The goods go back to the buyer.
        SendBack = "send_back",
        /// Nothing is left to do.
        Close = "close",
        /// The buyer keeps the goods.
        Cancel = "cancel",
        /// The goods did not come in time.
        Expire = "expire",
    }
    table {
        Requested + Approve => Approved;
        Requested + Decline => Declined;
        Requested + Cancel => Canceled;
        Approved + IssueLabel => LabelIssued;
        Approved + HandOver => InTransit;
        // Nobody scanned it on its way.
        Approved + Receive => Received;
        Approved + Cancel => Canceled;
        Approved + Expire => Expired;
        LabelIssued + HandOver => InTransit;
        LabelIssued + Receive => Received;
        LabelIssued + Cancel => Canceled;
        LabelIssued + Expire => Expired;
        InTransit + Receive => Received;
        // It was lost on its way.
        InTransit + Expire => Expired;
        // It comes after all.
        Expired + Receive => Received;
        Received + Inspect => Inspecting;
        // A second parcel of the same return.
        Received + Receive => Received;
        Inspecting + Accept => Accepted;
        Inspecting + AcceptPart => PartAccepted;
        Inspecting + Reject => Rejected;
        Accepted + Refund => Refunded;
        Accepted + Exchange => Exchanged;
        Accepted + Credit => Credited;
        PartAccepted + Refund => Refunded;
        PartAccepted + Exchange => Exchanged;
        PartAccepted + Credit => Credited;
        Rejected + SendBack => SentBack;
        Rejected + Close => Closed;
        // What of it was not taken back.
        Refunded + SendBack => Refunded;
        Refunded + Close => Closed;
        Credited + SendBack => Credited;
        Exchanged + SendBack => Exchanged;
        Exchanged + Close => Closed;
        Credited + Close => Closed;
        SentBack + Close => Closed;
    }
}

impl ReturnStatus {
    /// Whether its units are asked back and nothing went back for them yet.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Requested
            | Self::Approved
            | Self::LabelIssued
            | Self::InTransit
            | Self::Received
            | Self::Inspecting
            | Self::Accepted
            | Self::PartAccepted => true,
            Self::Declined
            | Self::Rejected
            | Self::Refunded
            | Self::Exchanged
            | Self::Credited
            | Self::SentBack
            | Self::Closed
            | Self::Canceled
            | Self::Expired => false,
        }
    }
}

/// Where the desk looks for a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnView {
    /// Staff have to say whether it may be sent.
    ToDecide,
    /// Its goods are still to come.
    Awaited,
    /// Its goods are here: they have to be looked at, paid for or sent back.
    Here,
    /// It is over.
    Done,
}

impl ReturnView {
    /// Every view.
    pub const ALL: &'static [Self] = &[Self::ToDecide, Self::Awaited, Self::Here, Self::Done];

    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ToDecide => "to_decide",
            Self::Awaited => "awaited",
            Self::Here => "here",
            Self::Done => "done",
        }
    }
}

impl std::str::FromStr for ReturnView {
    type Err = crate::machine::UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|view| view.as_str() == text).ok_or(crate::machine::UnknownState("desk"))
    }
}

impl ReturnStatus {
    /// Whether it ended, or will, without anything for the buyer.
    pub const fn comes_to_nothing(self) -> bool {
        match self {
            Self::Declined | Self::Rejected | Self::SentBack | Self::Closed | Self::Canceled | Self::Expired => true,
            Self::Requested
            | Self::Approved
            | Self::LabelIssued
            | Self::InTransit
            | Self::Received
            | Self::Inspecting
            | Self::Accepted
            | Self::PartAccepted
            | Self::Refunded
            | Self::Exchanged
            | Self::Credited => false,
        }
    }

    /// Whether the buyer got something for it.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Refunded | Self::Exchanged | Self::Credited)
    }

    /// Whether the buyer may send it, or has.
    pub const fn is_awaited(self) -> bool {
        matches!(self.view(), ReturnView::Awaited)
    }

    /// Where the desk looks for it.
    pub const fn view(self) -> ReturnView {
        match self {
            Self::Requested => ReturnView::ToDecide,
            Self::Approved | Self::LabelIssued | Self::InTransit => ReturnView::Awaited,
            Self::Received | Self::Inspecting | Self::Accepted | Self::PartAccepted | Self::Rejected => {
                ReturnView::Here
            }
            Self::Declined
            | Self::Refunded
            | Self::Exchanged
            | Self::Credited
            | Self::SentBack
            | Self::Closed
            | Self::Canceled
            | Self::Expired => ReturnView::Done,
        }
    }
}
