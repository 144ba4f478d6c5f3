//! Where a transfer stands, as a table.
//!
//! Knows which step is legal in which state, and nothing else: what a step means for stock is decided in `decide`.

use crate::machine::machine;

machine! {
    /// Where a transfer stands.
    TransferStatus in "transfer" by
    /// What moves a transfer.
    TransferStep;
    states {
        /// All of it is on the road.
        InTransit = "in_transit",
        /// Some of it came.
        PartiallyReceived = "partially_received",
        /// Every unit came, or is known not to.
        Received = "received",
        /// It turned back before anything came.
        Canceled = "canceled",
    }
    steps {
        /// Some of it comes.
        ReceivePart = "receive_part",
        /// The last of it comes.
        ReceiveAll = "receive_all",
        /// It turns back.
        Cancel = "cancel",
    }
    table {
        InTransit + ReceivePart => PartiallyReceived;
        InTransit + ReceiveAll => Received;
        InTransit + Cancel => Canceled;
        PartiallyReceived + ReceivePart => PartiallyReceived;
        PartiallyReceived + ReceiveAll => Received;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::closed;

    closed!(the_transfer_table_is_closed, TransferStatus, TransferStep, [TransferStatus::InTransit]);

    #[test]
    fn what_is_over_stays_over() {
        assert!(TransferStatus::Received.legal().is_empty());
        assert!(TransferStatus::Canceled.legal().is_empty());
    }
}
