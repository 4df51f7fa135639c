//! Who applies: found in the register by id, or by identity number and name.

use linli_domain::{
    Actor, Catalogue, FieldKind, RecordId, Verb, check,
    service::{PERSON, ServiceItem},
};
use linli_store::{ReadTx, WriteTx};

use super::{
    NewApplication, items,
    person::{Known, Looking},
    values,
};
use crate::{Engine, Problem};

/// Who applies, as the case will say.
pub(super) struct Applicant {
    /// Name.
    pub name: String,
    /// Identity number, of somebody whom the register does not know.
    pub identity: Option<String>,
    /// Phone, likewise.
    pub phone: Option<String>,
    /// Their file, when the register has one.
    pub known: Option<(Known, RecordId)>,
    /// Code of the area they belong to.
    pub home: Option<String>,
}

/// Who applies: somebody of the register where that is known, else whoever they say they are.
pub(super) fn find(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    catalogue: &Catalogue,
    item: &ServiceItem,
    actor: Option<&Actor>,
    input: &NewApplication,
) -> Result<Applicant, Problem> {
    let operator = Engine::operator();
    let id = match (input.person.id, &input.person.identity_number) {
        (Some(id), _) => Some(id),
        // Somebody who told name and number is recognised; nobody is told whether.
        (None, Some(identity)) => by_identity(engine, tx, catalogue, identity, input.person.name.as_deref())?,
        (None, None) => None,
    };
    let Some(id) = id else { return stranger(input) };
    let looking = Looking::of(engine, actor.filter(|_| input.person.id.is_some()).unwrap_or(&operator), catalogue)?;
    let mut known = Known::load(tx, &looking, id)?;
    let compared = item.compares().into_iter().map(str::to_owned).collect();
    known.show(tx, &looking, &compared, (&items::purpose(item), engine.address()))?;
    known.comparing(compared);
    let name = known.person.value("name").as_text().unwrap_or_default().to_owned();
    let home = Some(known.person.home.clone());
    Ok(Applicant { name, identity: None, phone: None, known: Some((known, id)), home })
}

/// The resident with an identity number and a name.
fn by_identity(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    catalogue: &Catalogue,
    identity: &str,
    name: Option<&str>,
) -> Result<Option<RecordId>, Problem> {
    let identity = values::normal_text("identity_number", &FieldKind::IdentityNumber, identity)?;
    let register = crate::entity(catalogue, PERSON)?;
    let permit = engine.permit_entity(&Engine::operator(), Verb::Read, register)?;
    let query = linli_domain::record::ListQuery {
        conditions: vec![linli_domain::record::Condition::Exact("identity_number".into(), identity)],
        limit: 2,
        ..linli_domain::record::ListQuery::of(PERSON)
    };
    let name = name.and_then(|name| check::text(name).ok()).unwrap_or_default();
    let found = tx.list(&permit, &query)?.records;
    Ok(found.into_iter().find(|one| one.value("name").as_text() == Some(name.as_str())).map(|one| one.id))
}

/// Somebody whom the register does not know.
fn stranger(input: &NewApplication) -> Result<Applicant, Problem> {
    let person = &input.person;
    let name = person.name.as_deref().and_then(|name| check::text(name).ok()).filter(|name| name.chars().count() <= 40);
    let Some(name) = name else {
        return Err(Problem::parameter("person.name", "请填写申请人姓名。", "Give the applicant's name."));
    };
    let normal = |field: &str, kind: FieldKind, text: &Option<String>| {
        text.as_deref().map(|text| values::normal_text(field, &kind, text)).transpose()
    };
    let identity = normal("person.identity_number", FieldKind::IdentityNumber, &person.identity_number)?;
    let phone = normal("person.phone", FieldKind::Phone, &person.phone)?;
    if identity.is_none() {
        return Err(Problem::parameter(
            "person.identity_number",
            "请填写申请人身份证号。",
            "Give the applicant's identity number.",
        ));
    }
    Ok(Applicant { name, identity, phone, known: None, home: None })
}
