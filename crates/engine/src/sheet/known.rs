//! Which field of an entity is the household's number, the room, the relation to the head: ledgers are put together by
//! these. Packs name the fields by the glossary; an entity without one simply does not take part.

use linli_domain::{Catalogue, Entity, Field, FieldKind};

/// Building within the community.
pub const BUILDING: &str = "building_no";
/// Unit (stairwell).
pub const UNIT: &str = "unit_no";
/// Room.
pub const ROOM: &str = "room_no";
/// Written address.
pub const ADDRESS: &str = "address";
/// Number of a household's booklet.
pub const HOUSEHOLD_NUMBER: &str = "household_number";
/// Name of the head of a household.
pub const HEAD_NAME: &str = "head_name";
/// How many people a household has.
pub const MEMBER_COUNT: &str = "member_count";

/// The field for the relation to the head of the household: a code of GB/T 4761.
pub fn relation<'c>(catalogue: &Catalogue, entity: &'c Entity) -> Option<&'c Field> {
    entity.fields.iter().find(|field| match &field.kind {
        FieldKind::Code { list } => {
            catalogue.code_lists.get(list).is_some_and(|list| list.standard.starts_with("GB/T 4761"))
        }
        _ => false,
    })
}

/// Whether a relation code of GB/T 4761 means the head: `01` the person itself, `02` head of household.
pub fn is_head(code: &str) -> bool {
    matches!(code, "01" | "02")
}

/// Whether an entity is what people live in: it has rooms and no one refers from it.
pub fn is_dwelling(entity: &Entity) -> bool {
    entity.person.is_none() && entity.field(ROOM).is_some() && entity.field(HEAD_NAME).is_none()
}

/// Whether an entity is a group of people who live together.
pub fn is_household(entity: &Entity) -> bool {
    entity.person.is_none() && entity.field(HEAD_NAME).is_some()
}
