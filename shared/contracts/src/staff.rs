//! Who is staff, as it is sent and answered.

use domain::id::PersonId;
use domain::people::Role;
use domain::text::Email;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Makes somebody staff, or gives them another role.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffRequest {
    /// Where their sign-in link goes.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

/// A member of the staff.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StaffMember {
    /// Who.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// Where their sign-in link goes.
    pub email: Email,
    /// What they may do.
    pub role: Option<Role>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}
