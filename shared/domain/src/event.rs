//! Events as a list: the enum of what happens to one kind of record, and its names.
//!
//! Knows how an event is written; each list stands with what it is about.

/// Writes the events of a record: each has its name and the record's id, and few carry more.
macro_rules! events {
    (
        $(#[$enum_doc:meta])* $event:ident of $record:ident: $id:ty = $which:literal;
        $($(#[$doc:meta])* $name:ident = $text:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* };)*
    ) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "event")]
        pub enum $event {
            $($(#[$doc])* #[serde(rename = $text)] $name {
                #[doc = $which]
                $record: $id,
                $($(#[$field_doc])* $field: $type,)*
            },)*
        }

        impl $event {
            /// Every name.
            pub const NAMES: &'static [&'static str] = &[$($text,)*];

            /// Its name.
            pub const fn name(&self) -> &'static str { match self { $(Self::$name { .. } => $text,)* } }

            #[doc = $which]
            pub const fn $record(&self) -> $id { match self { $(Self::$name { $record, .. } => *$record,)* } }
        }
    };
}

pub(crate) use events;
