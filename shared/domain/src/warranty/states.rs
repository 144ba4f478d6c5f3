//! Where certificates and claims stand, as tables.

use crate::machine::machine;

machine! {
    /// Where a certificate stands. That its time is over is no state: its last day says so.
    CertificateStatus in "certificate" by
    /// What moves a certificate.
    CertificateStep;
    states {
        /// It guarantees its unit.
        Active = "active",
        /// Another unit took the place of its own.
        Replaced = "replaced",
        /// Its unit is the shop's again, or its price went back.
        Void = "void",
    }
    steps {
        /// Somebody else gets it.
        PassOn = "pass_on",
        /// Another unit takes the place of its own.
        Replace = "replace",
        /// Its unit comes back, or its price goes back.
        Void = "void",
    }
    table {
        Active + PassOn => Active;
        Active + Replace => Replaced;
        Active + Void => Void;
    }
}

machine! {
    /// Where a claim stands.
    ClaimStatus in "claim" by
    /// What moves a claim.
    ClaimStep;
    states {
        /// The holder says what is wrong.
        Submitted = "submitted",
        /// The certificate covers it, and staff have to look.
        CoverageChecked = "coverage_checked",
        /// The shop does something about it.
        Approved = "approved",
        /// The shop does nothing about it.
        Denied = "denied",
        /// The unit has to come first.
        AwaitingItem = "awaiting_item",
        /// It is here.
        Received = "received",
        /// Somebody looked at it.
        Diagnosed = "diagnosed",
        /// It is being made whole.
        Repair = "repair",
        /// Another one goes out.
        Replace = "replace",
        /// Its price goes back.
        Refund = "refund",
        /// Nothing is left to do.
        Completed = "completed",
        /// The holder does not want it any more.
        Withdrawn = "withdrawn",
    }
    steps {
        /// Its coverage is looked at.
        Check = "check",
        /// The shop does something about it.
        Approve = "approve",
        /// The shop does nothing about it.
        Deny = "deny",
        /// The holder has to send the unit.
        AwaitItem = "await_item",
        /// The unit comes.
        Receive = "receive",
        /// Somebody looked at it.
        Diagnose = "diagnose",
        /// It is made whole.
        Repair = "repair",
        /// Another one goes out.
        Replace = "replace",
        /// Its price goes back.
        Refund = "refund",
        /// Nothing is left to do.
        Complete = "complete",
        /// The holder does not want it any more.
        Withdraw = "withdraw",
    }
    table {
        Submitted + Check => CoverageChecked;
        CoverageChecked + Approve => Approved;
        CoverageChecked + Deny => Denied;
        CoverageChecked + Withdraw => Withdrawn;
        Approved + AwaitItem => AwaitingItem;
        // Neither another one nor the money is to be had any more.
        Approved + Deny => Denied;
        // The holder keeps the broken one.
        Approved + Replace => Replace;
        Approved + Refund => Refund;
        AwaitingItem + Receive => Received;
        // It never came.
        AwaitingItem + Deny => Denied;
        AwaitingItem + Withdraw => Withdrawn;
        Received + Diagnose => Diagnosed;
        // Another look.
        Diagnosed + Diagnose => Diagnosed;
        Diagnosed + Deny => Denied;
        Diagnosed + Repair => Repair;
        Diagnosed + Replace => Replace;
        Diagnosed + Refund => Refund;
        // It cannot be made whole after all.
        Repair + Replace => Replace;
        Repair + Refund => Refund;
        Repair + Complete => Completed;
        // The order of the other one came to nothing.
        Replace + Replace => Replace;
        Replace + Refund => Refund;
        Replace + Deny => Denied;
        Replace + Complete => Completed;
        Refund + Complete => Completed;
    }
}

impl ClaimStatus {
    /// Whether something is left to do about it.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Submitted
            | Self::CoverageChecked
            | Self::Approved
            | Self::AwaitingItem
            | Self::Received
            | Self::Diagnosed
            | Self::Repair
            | Self::Replace
            | Self::Refund => true,
            Self::Denied | Self::Completed | Self::Withdrawn => false,
        }
    }

    /// The view of the desk that has it.
    pub const fn view(self) -> ClaimView {
        match self {
            Self::Submitted | Self::CoverageChecked => ClaimView::Asked,
            Self::AwaitingItem | Self::Replace => ClaimView::Waiting,
            Self::Approved | Self::Received | Self::Diagnosed | Self::Repair | Self::Refund => ClaimView::ToDo,
            Self::Denied | Self::Completed | Self::Withdrawn => ClaimView::Over,
        }
    }
}

/// A view of the desk on claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ClaimView {
    /// Staff have to say whether something is done.
    Asked,
    /// The item has to come, or another one to leave.
    Waiting,
    /// Staff have to do something.
    ToDo,
    /// Nothing is left to do.
    Over,
}

impl ClaimView {
    /// Every view.
    pub const ALL: &'static [Self] = &[Self::Asked, Self::ToDo, Self::Waiting, Self::Over];

    /// As it is written in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Waiting => "waiting",
            Self::ToDo => "to_do",
            Self::Over => "over",
        }
    }
}

impl std::str::FromStr for ClaimView {
    type Err = crate::machine::UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|view| view.as_str() == text);
        found.ok_or(crate::machine::UnknownState("claims' views"))
    }
}
