//! The functions that this process has.

use edge::Function;

/// Every function by its folder.
pub fn functions() -> &'static [(&'static str, Function)] {
    &[
        // ("checkout", checkout::FUNCTION),
    ]
}
