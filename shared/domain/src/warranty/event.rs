//! What happened to certificates and claims: names and ids, no copies.

use crate::event::events;
use crate::id::{CertificateId, ClaimId};

events! {
    /// Something that happened to a certificate.
    CertificateEvent of certificate: CertificateId = "Which certificate.";

    /// A parcel left, and its units are guaranteed; told once a parcel, of the last of them.
    Issued = "warranty.issued" {
        /// Which of its order's shipments, from 0.
        shipment: u16,
    };
    /// Its holder offers it to somebody.
    Offered = "warranty.offered" {};
    /// Nobody is offered it any more.
    Kept = "warranty.kept" {};
    /// Somebody else has it.
    PassedOn = "warranty.passed_on" {};
    /// The holder before has it no more.
    LetGo = "warranty.let_go" {};
    /// Another unit took the place of its own.
    Replaced = "warranty.replaced" {};
    /// Its unit is the shop's again, or its price went back.
    Voided = "warranty.voided" {};
}

events! {
    /// Something that happened to a claim.
    ClaimEvent of claim: ClaimId = "Which claim.";

    /// The holder says what is wrong, and the certificate covers it.
    Submitted = "claim.submitted" {};
    /// The shop does something about it.
    Approved = "claim.approved" {};
    /// The shop does nothing about it.
    Denied = "claim.denied" {};
    /// The unit came.
    Received = "claim.received" {};
    /// Somebody looked at it.
    Diagnosed = "claim.diagnosed" {};
    /// It is being made whole.
    InRepair = "claim.in_repair" {};
    /// It is whole again and goes back to its holder.
    Repaired = "claim.repaired" {};
    /// Another one goes out.
    Replaced = "claim.replaced" {};
    /// Its price goes back.
    Refunded = "claim.refunded" {};
    /// Nothing is left to do.
    Completed = "claim.completed" {};
    /// The holder does not want it any more.
    Withdrawn = "claim.withdrawn" {};
}
