//! Which fields an expression may name, and of what type they are.

use std::collections::BTreeMap;

use crate::catalogue::{Catalogue, Entity, Field, FieldKind};

use super::ast::Type;

/// A field an expression may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeField {
    /// Its type; every field may be null.
    pub ty: Type,
    /// Codes its list allows, when it is a code; a literal outside them is an error.
    pub codes: Option<Vec<String>>,
}

/// The fields an expression may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    fields: BTreeMap<String, ScopeField>,
}

impl Scope {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fields of an entity, by their names. A code list the catalogue does not know leaves its codes unchecked (the
    /// catalogue's own check reports the list).
    pub fn of_entity(entity: &Entity, catalogue: &Catalogue) -> Self {
        Self::of_fields(&entity.fields, catalogue)
    }

    /// The same of any fields: those of a flow.
    pub fn of_fields(fields: &[Field], catalogue: &Catalogue) -> Self {
        let codes = |list: &String| {
            catalogue.code_lists.get(list).map(|list| list.codes.iter().map(|code| code.code.clone()).collect())
        };
        let fields = fields.iter().map(|field| {
            let known = match &field.kind {
                FieldKind::Code { list } | FieldKind::Codes { list } => codes(list),
                _ => None,
            };
            (field.name.clone(), ScopeField { ty: Type::of(&field.kind), codes: known })
        });
        Self { fields: fields.collect() }
    }

    /// The same scope with a field more.
    pub fn with(mut self, name: impl Into<String>, ty: Type) -> Self {
        self.fields.insert(name.into(), ScopeField { ty, codes: None });
        self
    }

    /// The same scope with a field more that holds codes of a list.
    pub fn with_codes(mut self, name: impl Into<String>, ty: Type, codes: &[&str]) -> Self {
        let codes = Some(codes.iter().map(|code| (*code).to_owned()).collect());
        self.fields.insert(name.into(), ScopeField { ty, codes });
        self
    }

    /// The field called `name`.
    pub fn get(&self, name: &str) -> Option<&ScopeField> {
        self.fields.get(name)
    }

    /// The known name most like `name`, for a message; nothing when none is alike.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        let scored = self.fields.keys().map(|known| (strsim::jaro_winkler(known, name), known.as_str()));
        scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
    }
}

impl Type {
    /// The type of a field's values.
    pub fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text { .. }
            | FieldKind::LongText
            | FieldKind::PersonName
            | FieldKind::IdentityNumber
            | FieldKind::CreditCode
            | FieldKind::Phone
            | FieldKind::Address => Self::Text,
            FieldKind::Date => Self::Date,
            FieldKind::Time => Self::Timestamp,
            FieldKind::Integer { .. } => Self::Int,
            FieldKind::Decimal { scale, .. } => Self::Decimal(*scale),
            FieldKind::Money => Self::Decimal(2),
            FieldKind::Bool => Self::Bool,
            FieldKind::Code { .. } => Self::Code,
            FieldKind::Codes { .. } => Self::Codes,
            FieldKind::Ref { .. } => Self::Ref,
        }
    }
}
