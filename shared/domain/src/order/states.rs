//! The axes of an order as tables: order, payment, shipment and hold.
//!
//! Knows which step is legal in which state, and nothing else: what a step means for money, stock and mail is decided
//! in `decide`.

use crate::machine::machine;

machine! {
    /// Where an order stands as an order.
    OrderStatus in "order" by
    /// What moves an order.
    OrderStep;
    states {
        /// Placed by the shopper, its stock held, not yet paid.
        PendingPayment = "pending_payment",
        /// Paid, and to be sent.
        Placed = "placed",
        /// Delivered: nothing is left to do.
        Completed = "completed",
        /// Called off by the shopper or the shop.
        Canceled = "canceled",
        /// Its hold ended before it was paid.
        Expired = "expired",
    }
    steps {
        /// Its payment landed.
        Pay = "pay",
        /// Everything was delivered.
        Complete = "complete",
        /// It is called off.
        Cancel = "cancel",
        /// Its hold ended.
        Expire = "expire",
    }
    table {
        PendingPayment + Pay => Placed;
        PendingPayment + Cancel => Canceled;
        PendingPayment + Expire => Expired;
        // A payment that lands late re-takes the stock where it can.
        Expired + Pay => Placed;
        Placed + Complete => Completed;
        Placed + Cancel => Canceled;
    }
}

machine! {
    /// Where an order's money stands.
    PaymentStatus in "payment" by
    /// What moves an order's money.
    PaymentStep;
    states {
        /// Nothing was tried.
        None = "none",
        /// The provider holds it ready.
        Authorized = "authorized",
        /// Less than the total is here.
        PartiallyCaptured = "partially_captured",
        /// The total is here.
        Captured = "captured",
        /// Some of it went back.
        PartiallyRefunded = "partially_refunded",
        /// All of it went back.
        Refunded = "refunded",
        /// The last attempt failed.
        Failed = "failed",
        /// Called off before any money came.
        Voided = "voided",
        /// The payer's bank took it back.
        ChargedBack = "charged_back",
    }
    steps {
        /// The provider holds the money ready.
        Authorize = "authorize",
        /// A part of the total came.
        CapturePart = "capture_part",
        /// The total came.
        Capture = "capture",
        /// A part goes back.
        RefundPart = "refund_part",
        /// The rest goes back.
        RefundAll = "refund_all",
        /// An attempt failed.
        Fail = "fail",
        /// No money is wanted any more.
        Void = "void",
        /// The payer's bank takes it back.
        ChargeBack = "charge_back",
    }
    table {
        None + Authorize => Authorized;
        None + CapturePart => PartiallyCaptured;
        None + Capture => Captured;
        None + Fail => Failed;
        None + Void => Voided;
        Authorized + CapturePart => PartiallyCaptured;
        Authorized + Capture => Captured;
        Authorized + Fail => Failed;
        Authorized + Void => Voided;
        PartiallyCaptured + CapturePart => PartiallyCaptured;
        PartiallyCaptured + Capture => Captured;
        PartiallyCaptured + RefundPart => PartiallyRefunded;
        PartiallyCaptured + RefundAll => Refunded;
        PartiallyCaptured + ChargeBack => ChargedBack;
        Captured + RefundPart => PartiallyRefunded;
        Captured + RefundAll => Refunded;
        Captured + ChargeBack => ChargedBack;
        PartiallyRefunded + RefundPart => PartiallyRefunded;
        PartiallyRefunded + RefundAll => Refunded;
        PartiallyRefunded + ChargeBack => ChargedBack;
        // A declined card is tried again.
        Failed + Authorize => Authorized;
        Failed + CapturePart => PartiallyCaptured;
        Failed + Capture => Captured;
        Failed + Fail => Failed;
        Failed + Void => Voided;
        // Money that comes after the order was called off is here all the same, until it is sent back.
        Voided + CapturePart => PartiallyCaptured;
        Voided + Capture => Captured;
    }
}

machine! {
    /// Where an order's goods stand.
    ShipmentStatus in "shipment" by
    /// What moves an order's goods.
    ShipmentStep;
    states {
        /// Stock is set aside for it: held until it is paid, then committed at a location.
        Allocated = "allocated",
        /// Some of it waits for stock to come in.
        Backordered = "backordered",
        /// Being picked.
        Picking = "picking",
        /// Packed, waiting for the carrier.
        Packed = "packed",
        /// Every line has left.
        Shipped = "shipped",
        /// It arrived.
        Delivered = "delivered",
        /// It never arrived.
        Lost = "lost",
        /// The carrier brought it back.
        ReturnedToSender = "returned_to_sender",
        /// Not to be sent any more.
        Canceled = "canceled",
    }
    steps {
        /// Some of it is nowhere.
        Backorder = "backorder",
        /// The missing stock came in, or is not waited for any more.
        Allocate = "allocate",
        /// Picking begins.
        Pick = "pick",
        /// It is packed.
        Pack = "pack",
        /// A parcel leaves, and more is to follow.
        ShipPart = "ship_part",
        /// The last of it leaves.
        Ship = "ship",
        /// It arrives.
        Deliver = "deliver",
        /// It is given up.
        Lose = "lose",
        /// It comes back.
        Return = "return",
        /// It is called off.
        Cancel = "cancel",
    }
    table {
        Allocated + Backorder => Backordered;
        Allocated + Pick => Picking;
        Allocated + ShipPart => Allocated;
        Allocated + Ship => Shipped;
        Allocated + Cancel => Canceled;
        Backordered + Allocate => Allocated;
        Backordered + ShipPart => Backordered;
        Backordered + Cancel => Canceled;
        Picking + Pack => Packed;
        Picking + Cancel => Canceled;
        Packed + ShipPart => Packed;
        Packed + Ship => Shipped;
        Packed + Cancel => Canceled;
        // The stock was taken once more for a payment that landed late.
        Canceled + Allocate => Allocated;
        Shipped + Deliver => Delivered;
        Shipped + Lose => Lost;
        Shipped + Return => ReturnedToSender;
    }
}

machine! {
    /// Where the stock stands that an unpaid order holds.
    HoldStatus in "hold" by
    /// What moves a hold.
    HoldStep;
    states {
        /// Set aside until a time.
        Held = "held",
        /// Paid for.
        Consumed = "consumed",
        /// Given back because the order was called off.
        Released = "released",
        /// Given back because its time was over.
        Expired = "expired",
    }
    steps {
        /// The payment landed.
        Consume = "consume",
        /// The order was called off.
        Release = "release",
        /// Its time is over.
        Expire = "expire",
    }
    table {
        Held + Consume => Consumed;
        Held + Release => Released;
        Held + Expire => Expired;
        // The stock was taken once more for a payment that landed late.
        Expired + Consume => Consumed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::closed;

    closed!(the_order_table_is_closed, OrderStatus, OrderStep, [OrderStatus::PendingPayment]);
    closed!(the_payment_table_is_closed, PaymentStatus, PaymentStep, [PaymentStatus::None]);
    closed!(
        the_shipment_table_is_closed,
        ShipmentStatus,
        ShipmentStep,
        [ShipmentStatus::Allocated, ShipmentStatus::Backordered]
    );
    closed!(the_hold_table_is_closed, HoldStatus, HoldStep, [HoldStatus::Held]);

    #[test]
    fn what_is_over_stays_over() {
        assert!(OrderStatus::Completed.legal().is_empty());
        assert!(OrderStatus::Canceled.legal().is_empty());
        assert!(PaymentStatus::Refunded.legal().is_empty());
        assert!(ShipmentStatus::Delivered.legal().is_empty());
        assert!(HoldStatus::Consumed.legal().is_empty());
    }
}
