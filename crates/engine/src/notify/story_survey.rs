//! A questionnaire waits: whoever works for the street or community that a one-time link is for is told of it.

use linli_domain::{Label, Subject, Verb, actor};
use linli_store::{ReadTx, tables::Heard};
use serde_json::json;

use super::story::{Story, id, text};
use crate::{Engine, Problem, survey};

pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, heard: &Heard) -> Result<Option<Story>, Problem> {
    let (Some(found), Some(campaign)) = (id(&heard.payload, "link"), id(&heard.payload, "campaign")) else {
        return Ok(None);
    };
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Manage, Subject::Forms)?;
    let Some(link) = tx.link(&permit, found)?.filter(|link| !link.closed && link.used < link.count) else {
        return Ok(None);
    };
    let area = engine.area_ref(tx, &link.area)?;
    let to = survey::workers(engine, tx, &link.area, &area.kind)?;
    let (left, mark) = (link.count - link.used, text(&heard.payload, "mark").unwrap_or_default());
    let until = link.closes.map(|at| at.china_date().to_string()).unwrap_or_default();
    let resident = text(&heard.payload, "level") == Some("resident");
    let (title, said, page) = if resident {
        let title = Label::new(
            format!("“{}”有 {left} 个一次性链接要发给居民", link.title),
            format!("\"{}\": {left} one-time links to hand to residents", link.title),
        );
        let said = Label::new(
            format!("请领取二维码单发放 · {until}前有效"),
            format!("fetch the sheets and hand them out · until {until}"),
        );
        (title, said, format!("/surveys/{campaign}"))
    } else {
        let Some(token) = tx.link_tokens(&link, 0, 1)?.pop() else { return Ok(None) };
        let title = Label::new(
            format!("请填写调研问卷“{}”", link.title),
            format!("Please answer the questionnaire \"{}\"", link.title),
        );
        let said = Label::new(format!("{until}前有效"), format!("until {until}"));
        (title, said, format!("/q/{}", token.token))
    };
    Ok(Some(Story {
        key: format!("{}:{}:{mark}", heard.event, link.id),
        kind: "survey",
        urgent: false,
        // A one-time address is for those who work there, not for a group's channel.
        area: None,
        to,
        title,
        title_outside: Some(Label::new("一份调研问卷等待填写", "A questionnaire waits")),
        text: said,
        link: page,
        data: json!({ "survey": campaign, "link": link.id, "left": left }),
    }))
}
