//! Answers to look at.

use linli_domain::{Actor, RecordId, Subject, Verb};
use linli_workbook::ColumnKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    analysis::rule,
    export::{Cell, Table},
    quality::WINDOW,
    select::{Ask, selected},
};
use crate::{Engine, Problem, area::AreaRef, register::moment};

/// Answers told.
const MOST: usize = 1_000;

/// Answers to look at.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FlagsView {
    /// The rule by which some are left out.
    pub rule: String,
    /// Seconds below which an answer is fast; null when fewer than ten answers tell how long they took.
    pub fast_below: Option<f64>,
    /// Fast answers.
    pub fast: u64,
    /// Answers with every scale alike.
    pub straight: u64,
    /// Answers that repeat another.
    pub duplicates: u64,
    /// Answers left out, whether returned or by the rule.
    pub left_out: u64,
    /// Open links through which very many came within a minute.
    pub bursts: Vec<BurstView>,
    /// The newest 1,000, newest first.
    pub items: Vec<FlagRow>,
}

/// Very many answers at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BurstView {
    /// Link.
    #[schema(value_type = String)]
    pub link: RecordId,
    /// What it is called.
    pub title: String,
    /// Most answers within a minute.
    pub most: usize,
    /// In words.
    pub text: String,
}

/// An answer to look at.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FlagRow {
    /// `instanceID`: `/api/responses/{instance_id}` shows it and takes a verdict.
    pub instance_id: String,
    /// Area.
    pub area: AreaRef,
    /// When it arrived.
    pub received: String,
    /// Seconds it took.
    pub seconds: Option<f64>,
    /// `fast`, `straight`, `duplicate`.
    pub kinds: Vec<&'static str>,
    /// The answer it repeats.
    pub repeats: Option<String>,
    /// Whether that came through the same device, account or link.
    pub same_channel: bool,
    /// Whether it is left out.
    pub left_out: bool,
}

/// Answers of a campaign to look at. Blocks the thread.
pub fn flags(engine: &Engine, actor: &Actor, id: RecordId, ask: Ask) -> Result<FlagsView, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let selected = selected(&engine2, tx, &actor, id, &ask)?;
        let (answers, quality) = (&selected.answers, &selected.quality);
        let mut view = FlagsView {
            rule: rule(&engine2).to_owned(),
            fast_below: quality.limit,
            fast: 0,
            straight: 0,
            duplicates: 0,
            left_out: 0,
            bursts: Vec::new(),
            items: Vec::new(),
        };
        for row in selected.received.iter().rev() {
            let left_out = selected.left_out(*row).is_some();
            view.left_out += u64::from(left_out);
            let Some(marks) = quality.marks.get(row) else { continue };
            view.fast += u64::from(marks.fast);
            view.straight += u64::from(marks.straight);
            view.duplicates += u64::from(marks.repeats.is_some());
            if view.items.len() >= MOST {
                continue;
            }
            let head = &answers.heads[*row as usize];
            let kinds = [(marks.fast, "fast"), (marks.straight, "straight"), (marks.repeats.is_some(), "duplicate")];
            view.items.push(FlagRow {
                instance_id: head.instance.clone(),
                area: engine2.area_ref(tx, selected.place(*row))?,
                received: moment(head.received),
                seconds: head.seconds,
                kinds: kinds.into_iter().filter(|(holds, _)| *holds).map(|(_, kind)| kind).collect(),
                repeats: marks.repeats.map(|first| answers.heads[first as usize].instance.clone()),
                same_channel: marks.same_channel,
                left_out,
            });
        }
        let everywhere = engine2.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
        for (link, most) in &quality.bursts {
            let Some(found) = tx.link(&everywhere, *link)?.filter(|found| selected.area.covers(&found.area)) else { continue };
            let text = match engine2.lang {
                linli_domain::Lang::Zh => format!("公开链接“{}”在 {WINDOW} 秒内收到 {most} 份答卷,请核对是否集中刷票。", found.title),
                linli_domain::Lang::En => format!("The open link \"{}\" took {most} answers within {WINDOW} seconds; check whether somebody stuffed it.", found.title),
            };
            view.bursts.push(BurstView { link: *link, title: found.title, most: *most, text });
        }
        Ok(view)
    })
}

impl FlagsView {
    /// The same as a table.
    pub fn table(&self, engine: &Engine) -> Table {
        let lang = engine.lang;
        let mut table = Table::new(
            lang.pick("需核对的答卷", "Answers to look at"),
            &[
                (lang.pick("答卷编号", "Answer"), ColumnKind::Text),
                (lang.pick("区域", "Area"), ColumnKind::Text),
                (lang.pick("收到时间", "Received"), ColumnKind::Text),
                (lang.pick("用时(秒)", "Seconds"), ColumnKind::Number),
                (lang.pick("情况", "Why"), ColumnKind::Text),
                (lang.pick("与其相同", "Repeats"), ColumnKind::Text),
                (lang.pick("计入", "Counts"), ColumnKind::Text),
            ],
        );
        let word = |kind: &&str| match *kind {
            "fast" => lang.pick("用时过短", "fast"),
            "straight" => lang.pick("选项雷同", "all alike"),
            _ => lang.pick("重复", "duplicate"),
        };
        for one in &self.items {
            table.push(vec![
                Cell::text(&one.instance_id),
                Cell::text(&one.area.full_name),
                Cell::text(&one.received),
                Cell::maybe(one.seconds),
                Cell::text(&one.kinds.iter().map(word).collect::<Vec<_>>().join(lang.pick("、", ", "))),
                Cell::text(one.repeats.as_deref().unwrap_or_default()),
                Cell::text(if one.left_out { lang.pick("否", "no") } else { lang.pick("是", "yes") }),
            ]);
        }
        table.push(vec![Cell::text(&self.rule)]);
        table
    }
}
