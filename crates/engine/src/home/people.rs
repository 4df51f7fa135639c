//! Which registers hold people and households: the register that describes persons, and what its household field names.

use linli_domain::{Actor, AreaPath, Entity, FieldKind, Permit, Verb, catalogue::PersonFields, record::ListQuery};
use linli_store::{ReadTx, StoreError};

use crate::{Engine, Problem};

/// Registers of people and households that one may read.
pub(crate) struct People {
    pub residents: Option<Register>,
    pub households: Option<Register>,
    /// Registers that one may bring ledgers into, or read.
    pub imports: Vec<Permit>,
}

/// A register with the permit to read it.
pub(crate) struct Register {
    pub entity: Entity,
    pub permit: Permit,
}

/// How many records are held in an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    pub residents: Option<u64>,
    pub households: Option<u64>,
}

impl People {
    /// Registers that `actor` may read.
    pub fn of(engine: &Engine, actor: &Actor) -> Self {
        let catalogue = engine.catalogue();
        let readable = |entity: &Entity| {
            let permit = engine.permit_entity(actor, Verb::Read, entity).ok()?;
            Some(Register { entity: entity.clone(), permit })
        };
        let person = catalogue.entities.values().find(|entity| entity.person.is_some());
        let household = person.and_then(|entity| {
            let field = entity.field(entity.person.as_ref()?.household.as_deref()?)?;
            match &field.kind {
                FieldKind::Ref { entity } => catalogue.entities.get(entity),
                _ => None,
            }
        });
        let imports = catalogue
            .entities
            .values()
            .filter_map(|entity| engine.permit_entity(actor, Verb::Import, entity).ok())
            .collect();
        Self { residents: person.and_then(readable), households: household.and_then(readable), imports }
    }

    /// Which fields describe a person.
    pub fn person(&self) -> Option<(&Register, &PersonFields)> {
        let register = self.residents.as_ref()?;
        Some((register, register.entity.person.as_ref()?))
    }

    /// How many records are held.
    pub fn held(&self, tx: &mut ReadTx<'_>, area: &AreaPath) -> Result<Held, Problem> {
        let mut count = |register: &Option<Register>| match register {
            Some(register) => tx.count(&register.permit, &register.within(area)).map(Some),
            None => Ok(None),
        };
        Ok(Held { residents: count(&self.residents)?, households: count(&self.households)? })
    }
}

impl Register {
    /// Its living records in an area.
    pub fn within(&self, area: &AreaPath) -> ListQuery {
        ListQuery { area: Some(area.clone()), ..ListQuery::of(&self.entity.name) }
    }

    /// Address of its list in the page.
    pub fn link(&self, code: &str, more: &str) -> String {
        format!("/registers/{}?area={code}{more}", self.entity.name)
    }

    /// How many of its records have each value of `fields`.
    pub fn count_by(
        &self,
        tx: &mut ReadTx<'_>,
        area: &AreaPath,
        fields: &[&str],
        depth: Option<usize>,
    ) -> Result<Vec<linli_store::tx::CountRow>, StoreError> {
        tx.count_by(&self.permit, &self.within(area), fields, depth)
    }
}
