//! The rows of a compared import, and what people decide about them.

use std::collections::HashMap;

use linli_domain::{Actor, RecordId};
use linli_store::tables::{Batch, BatchRow, BatchState, RowOutcome};

use super::{
    apply::memo,
    check,
    ledger::Ledger,
    model::RowView,
    plan::{Decision, Verdict},
    view::{self, Detail},
};
use crate::{
    Engine, Problem,
    sheet::{parts::Parts, show::Labels},
};

/// Rows of an import after row `after` (from 1), with the outcome asked for. Answers with the row to continue after.
pub fn rows(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    outcome: Option<RowOutcome>,
    after: u32,
    limit: u32,
) -> Result<(Vec<RowView>, Option<u32>), Problem> {
    let batch = super::commands::batch(engine, actor, id)?;
    let limit = limit.clamp(1, 200);
    let kept = engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut kept = Vec::new();
        tx.batch_rows(id, outcome, i64::from(after), limit + 1, &mut |row| {
            kept.push(row);
            Ok(())
        })?;
        Ok(kept)
    })?;
    let more = kept.len() > limit as usize;
    let kept: Vec<BatchRow> = kept.into_iter().take(limit as usize).collect();
    let next = kept.last().filter(|_| more).and_then(|row| u32::try_from(row.row_no).ok());
    Ok((shown(engine, &batch, &kept)?, next))
}

/// Kept rows with their cells out of the workbook.
fn shown(engine: &Engine, batch: &Batch, kept: &[BatchRow]) -> Result<Vec<RowView>, Problem> {
    let Some(chosen) = memo(batch).chosen.filter(|_| !kept.is_empty()) else { return Ok(Vec::new()) };
    let catalogue = engine.catalogue();
    let parts = Parts::of(&catalogue, crate::entity(&catalogue, &batch.entity)?);
    let mapping = check::read_mapping(&catalogue, &parts, &chosen)?;
    let book = check::book_of(engine, batch)?;
    let (sheet, mut table) = check::table_of(&book, &chosen)?;
    let wanted: Vec<i64> = kept.iter().map(|row| row.row_no - 1).collect();
    table.data_rows.retain(|row| wanted.contains(&i64::from(row.row)));
    let ledger = Ledger::read(&catalogue, parts, sheet, &table, &mapping);
    let by_row: HashMap<i64, usize> =
        ledger.rows.iter().enumerate().map(|(at, row)| (i64::from(row.row) + 1, at)).collect();
    let labels = Labels::of(&catalogue);
    let row = |row: &BatchRow| {
        let at = by_row.get(&row.row_no).map(|at| &ledger.rows[*at]);
        view::row_view(&labels, &ledger, row, at)
    };
    Ok(kept.iter().map(row).collect())
}

/// Keeps what somebody decided about a row; it counts when the import is written.
pub fn decide(engine: &Engine, actor: &Actor, id: RecordId, row: u32, decision: Decision) -> Result<RowView, Problem> {
    let batch = super::commands::batch(engine, actor, id)?;
    if batch.state != BatchState::Staged {
        return Err(super::not_in_state(
            "这次导入已经写入，不能再改决定",
            "decisions on an import that was written cannot change",
        ));
    }
    let number = i64::from(row);
    let kept = engine.store.write_blocking::<_, Problem>(move |tx| {
        let mut found = None;
        tx.batch_rows(id, None, number - 1, 1, &mut |row| {
            found = Some(row);
            Ok(())
        })?;
        let mut kept = found.filter(|row| row.row_no == number).ok_or_else(|| no_row(row))?;
        let mut detail = Detail::read(&kept.detail);
        fits(&kept, &detail, &decision)?;
        detail.decision = Some(decision.clone());
        kept.detail = serde_json::to_value(detail).map_err(Problem::internal)?;
        tx.put_batch_rows(id, std::slice::from_ref(&kept))?;
        Ok(kept)
    })?;
    let mut views = shown(engine, &batch, std::slice::from_ref(&kept))?;
    views.pop().ok_or_else(|| no_row(row))
}

fn no_row(row: u32) -> Problem {
    Problem::parameter("row", format!("没有第 {row} 行。"), format!("There is no row {row}."))
}

/// Whether a decision can be made about a row.
fn fits(row: &BatchRow, detail: &Detail, decision: &Decision) -> Result<(), Problem> {
    let wrong = |zh: &str, en: &str| Err(Problem::parameter("decision", zh, en));
    let offered = |id: RecordId| row.record == Some(id) || detail.candidates.iter().any(|one| one.id == Some(id));
    match decision.decision {
        Verdict::SameAs => match decision.record_id {
            Some(id) if offered(id) => Ok(()),
            Some(_) => wrong("只能选择列出的候选记录。", "Choose one of the records that are offered."),
            None => wrong("请指明是哪一条记录（record_id）。", "Say which record it is (record_id)."),
        },
        Verdict::New if row.outcome != RowOutcome::Duplicate => {
            wrong("只有疑似重复的行才需要确认为新。", "Only a possible duplicate can be confirmed as new.")
        }
        Verdict::TakeTheirs | Verdict::KeepOurs if row.record.is_none() && decision.record_id.is_none() => {
            wrong("这一行没有对应的已有记录。", "The row has no known record.")
        }
        _ if decision.record_id.is_some_and(|id| !offered(id)) => {
            wrong("只能选择列出的候选记录。", "Choose one of the records that are offered.")
        }
        _ => Ok(()),
    }
}
