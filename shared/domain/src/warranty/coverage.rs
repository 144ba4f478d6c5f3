//! Whether a certificate covers a fault, and each reason why it does not.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Certificate, CertificateStatus};

/// What is wrong with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Defect {
    /// It does not do what it should.
    NotWorking,
    /// It broke or came apart in ordinary use.
    Broken,
    /// Its material or its finish fails.
    Material,
    /// It was dropped, spilt on, or worse.
    Accident,
    /// It is worn as such things wear.
    Wear,
    /// It is lost or stolen.
    Lost,
}

impl Defect {
    /// Every defect.
    pub const ALL: &'static [Self] =
        &[Self::NotWorking, Self::Broken, Self::Material, Self::Accident, Self::Wear, Self::Lost];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotWorking => "not_working",
            Self::Broken => "broken",
            Self::Material => "material",
            Self::Accident => "accident",
            Self::Wear => "wear",
            Self::Lost => "lost",
        }
    }
}

/// Why a certificate does not cover a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Denial {
    /// Its time has not begun.
    NotBegun,
    /// Its time is over.
    Ended,
    /// Its unit went back to the shop, or its price went back.
    GivenBack,
    /// Another unit took the place of its own, and has a certificate of its own.
    Replaced,
    /// Its terms leave this kind of fault out.
    DefectExcluded,
}

impl Denial {
    /// Every reason.
    pub const ALL: &'static [Self] =
        &[Self::NotBegun, Self::Ended, Self::GivenBack, Self::Replaced, Self::DefectExcluded];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::Ended => "ended",
            Self::GivenBack => "given_back",
            Self::Replaced => "replaced",
            Self::DefectExcluded => "defect_excluded",
        }
    }
}

/// Why `certificate` does not cover that fault on that day: every reason, none where it does. Both its first and its last day
/// count.
pub fn coverage(certificate: &Certificate, defect: Defect, today: Date) -> Vec<Denial> {
    let standing = match certificate.status {
        CertificateStatus::Active => None,
        CertificateStatus::Replaced => Some(Denial::Replaced),
        CertificateStatus::Void => Some(Denial::GivenBack),
    };
    let found = [
        standing,
        (today < certificate.begins).then_some(Denial::NotBegun),
        certificate.is_over(today).then_some(Denial::Ended),
        certificate.excluded.contains(&defect).then_some(Denial::DefectExcluded),
    ];
    found.into_iter().flatten().collect()
}
