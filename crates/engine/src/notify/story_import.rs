//! A ledger was brought in: whoever did it is told when it is done, since it may take long.

use linli_domain::{Label, Subject, Verb, actor};
use linli_store::{ReadTx, tables::Heard};
use serde_json::json;

use super::story::{Story, id, text};
use crate::{Engine, Problem};

pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, heard: &Heard) -> Result<Option<Story>, Problem> {
    let (Some(batch), Some(entity)) = (id(&heard.payload, "batch"), text(&heard.payload, "entity")) else {
        return Ok(None);
    };
    let subject = Subject::Entity(entity.to_owned());
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Import, subject)?;
    let Some(batch) = tx.batch(&permit, batch)? else { return Ok(None) };
    let count = |name: &str| batch.counts.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let (new, changed) = (count("new"), count("changed"));
    Ok(Some(Story {
        key: format!("import:{}", batch.id),
        kind: "import",
        urgent: false,
        area: Some(batch.area),
        to: vec![batch.by],
        title: Label::new(format!("台账“{}”已导入", batch.file_name), format!("{} is applied", batch.file_name)),
        title_outside: Some(Label::new("台账已导入", "A ledger is applied")),
        text: Label::new(format!("新增 {new},更新 {changed}"), format!("{new} new, {changed} changed")),
        link: format!("/imports/{}", batch.id),
        data: json!({ "import": batch.id, "register": entity, "new": new, "changed": changed }),
    }))
}
