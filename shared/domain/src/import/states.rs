//! Where an import stands, as a table.
//!
//! Knows which step is legal in which state. A failed import has booked nothing: a check that finds an error ends
//! there, and an application that meets a refusal is booked back.

use crate::machine::machine;

machine! {
    /// Where an import stands.
    ImportStatus in "import" by
    /// What moves an import.
    ImportStep;
    states {
        /// Its file has not come yet.
        Waiting = "waiting",
        /// Its rows are looked at.
        Checking = "checking",
        /// Every row can be booked.
        Checked = "checked",
        /// Its rows are booked.
        Applying = "applying",
        /// Every row is booked.
        Applied = "applied",
        /// It cannot be booked, and nothing of it is.
        Failed = "failed",
        /// What was booked is booked back.
        Undoing = "undoing",
        /// All that was booked is booked back.
        Undone = "undone",
    }
    steps {
        /// Its file is there, or staff say anew what its columns mean.
        Check = "check",
        /// No row has an error.
        Pass = "pass",
        /// A row has an error, the file cannot be read, or it never came.
        Fail = "fail",
        /// Staff want it booked.
        Apply = "apply",
        /// The last row is booked.
        Finish = "finish",
        /// Staff want it booked back, or a row was refused while others were booked.
        Undo = "undo",
        /// The last row is booked back.
        Restore = "restore",
    }
    table {
        Waiting + Check => Checking;
        Waiting + Fail => Failed;
        Checking + Pass => Checked;
        Checking + Fail => Failed;
        Checked + Check => Checking;
        // What it needs has gone since: a location, or the file.
        Checked + Fail => Failed;
        Checked + Apply => Applying;
        Failed + Check => Checking;
        Applying + Finish => Applied;
        Applying + Undo => Undoing;
        Applied + Undo => Undoing;
        Undoing + Restore => Undone;
    }
}

impl ImportStep {
    /// What a check that found so many errors comes to.
    pub const fn of_check(errors: usize) -> Self {
        if errors == 0 { Self::Pass } else { Self::Fail }
    }
}

impl ImportStatus {
    /// Whether something of it may be booked in this state.
    pub const fn has_booked(self) -> bool {
        match self {
            Self::Applying | Self::Applied | Self::Undoing => true,
            Self::Waiting | Self::Checking | Self::Checked | Self::Failed | Self::Undone => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::closed;

    closed!(the_import_table_is_closed, ImportStatus, ImportStep, [ImportStatus::Waiting]);

    #[test]
    fn only_what_was_checked_without_an_error_is_booked() {
        assert_eq!(ImportStep::of_check(0), ImportStep::Pass);
        assert_eq!(ImportStep::of_check(1), ImportStep::Fail);
        for (from, by, to) in ImportStatus::TABLE {
            if *to == ImportStatus::Applying {
                assert_eq!((*from, *by), (ImportStatus::Checked, ImportStep::Apply));
            }
            if *to == ImportStatus::Checked {
                assert_eq!((*from, *by), (ImportStatus::Checking, ImportStep::Pass));
            }
            // Nothing that has booked something fails, is checked again or is applied again: it is booked back.
            if from.has_booked() {
                assert!(to.has_booked() || *to == ImportStatus::Undone, "{from} + {by:?}");
            }
        }
        assert!(ImportStatus::Undone.legal().is_empty());
    }
}
