//! What a row of a flat sheet carries beside its own record: a resident's row also tells of the household and the dwelling
//! that the resident's reference fields lead to.

use std::collections::VecDeque;

use linli_domain::{Catalogue, Entity, Field, FieldKind};

/// The records one row describes. The first is the row's own; each other is named by a reference field of one before it.
#[derive(Debug, Clone)]
pub struct Parts<'c> {
    /// The records' entities.
    pub list: Vec<Part<'c>>,
}

/// One record of a row.
#[derive(Debug, Clone)]
pub struct Part<'c> {
    /// Its register.
    pub entity: &'c Entity,
    /// Which part refers to it, through which field; `None` for the row's own record.
    pub by: Option<(usize, &'c Field)>,
}

/// A field of a part.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'c> {
    /// Number of the part.
    pub part: usize,
    /// The field.
    pub field: &'c Field,
}

impl<'c> Parts<'c> {
    /// The parts of a row of `entity`: every entity that reference fields lead to, once, nearest first.
    pub fn of(catalogue: &'c Catalogue, entity: &'c Entity) -> Self {
        let mut parts = Self { list: vec![Part { entity, by: None }] };
        let mut queue = VecDeque::from([0_usize]);
        while let Some(at) = queue.pop_front() {
            for field in &parts.list[at].entity.fields {
                let FieldKind::Ref { entity: name } = &field.kind else { continue };
                if field.off_by_default || parts.list.iter().any(|part| part.entity.name == *name) {
                    continue;
                }
                if let Some(entity) = catalogue.entities.get(name) {
                    queue.push_back(parts.list.len());
                    parts.list.push(Part { entity, by: Some((at, field)) });
                }
            }
        }
        parts
    }

    /// The row's own entity.
    pub fn main(&self) -> &'c Entity {
        self.list[0].entity
    }

    /// Every field that holds a data element and is turned on, the row's own record first.
    pub fn slots(&self, element: &str) -> Vec<Slot<'c>> {
        let holds = |(part, of): (usize, &Part<'c>)| {
            let entity = of.entity;
            entity
                .fields
                .iter()
                .filter(move |field| !field.off_by_default && entity.element(field) == element)
                .map(move |field| Slot { part, field })
                .collect::<Vec<_>>()
        };
        self.list.iter().enumerate().flat_map(holds).collect()
    }

    /// The number of the part that holds records of `entity`.
    pub fn part_of(&self, entity: &str) -> Option<usize> {
        self.list.iter().position(|part| part.entity.name == entity)
    }

    /// The fields that a column may stand for: references and fields that were not turned on are left out, an element that
    /// several parts hold stands once.
    pub fn offered(&self) -> Vec<(Slot<'c>, String)> {
        let mut offered: Vec<(Slot<'c>, String)> = Vec::new();
        for (part, of) in self.list.iter().enumerate() {
            for field in &of.entity.fields {
                let element = of.entity.element(field);
                if matches!(field.kind, FieldKind::Ref { .. }) || field.off_by_default {
                    continue;
                }
                if !offered.iter().any(|(_, known)| *known == element) {
                    offered.push((Slot { part, field }, element));
                }
            }
        }
        offered
    }
}
