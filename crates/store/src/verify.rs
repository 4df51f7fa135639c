//! The check of everything that must hold.

use std::collections::BTreeMap;

use linli_domain::{RecordId, Timestamp};

use crate::{
    Fault, StoreError, VerifyReport,
    dialect::{Conn, quoted},
    run::Ctx,
    schema::{
        EntityPlan, Schema,
        values::{clear_text, decode, hash_kind},
    },
    tables::audit,
};

/// Faults reported of one sort; more of the same say nothing new.
const MOST: usize = 100;

/// Checks audit chains, unique claims, continuity of history, and homes.
pub(crate) fn verify(conn: &mut Conn, ctx: &Ctx, schema: &Schema) -> Result<VerifyReport, StoreError> {
    let mut report = VerifyReport::default();
    chains(conn, ctx, &mut report)?;
    let areas = conn.number("SELECT count(*) FROM linli_area", &[])? > 0;
    for plan in schema.plans() {
        history(conn, plan, &mut report)?;
        claims(conn, ctx, plan, &mut report)?;
        if areas {
            homes(conn, plan, &mut report)?;
        }
    }
    if crate::tally::delta::is_kept(ctx.dialect) {
        let (rollups, faults) = crate::tally::roll::verify(conn, ctx, schema, MOST)?;
        report.rollups = rollups;
        report.faults.extend(faults);
    }
    Ok(report)
}

/// Follows each chain from its beginning to its head, and names the first link that does not hold.
fn chains(conn: &mut Conn, ctx: &Ctx, report: &mut VerifyReport) -> Result<(), StoreError> {
    let heads = conn.rows("SELECT chain, seq, hash FROM linli_audit_head ORDER BY chain", &[], |row| {
        Ok((row.int(0)?, (row.int(1)?, row.bytes(2)?)))
    })?;
    let heads: BTreeMap<i64, (i64, Vec<u8>)> = heads.into_iter().collect();
    let mut ends: BTreeMap<i64, (i64, Vec<u8>, Timestamp)> =
        heads.keys().map(|chain| (*chain, (0, vec![0; 32], Timestamp(0)))).collect();
    let mut broken: BTreeMap<i64, Fault> = BTreeMap::new();
    let mut entries = 0;
    let text = format!("SELECT {} FROM linli_audit ORDER BY chain, seq", audit::COLUMNS);
    conn.query(&text, &[], &mut |row| {
        entries += 1;
        let entry = audit::entry(row)?;
        let (chain, seq, at) = (entry.chain, entry.seq, entry.at);
        if broken.contains_key(&chain) {
            return Ok(());
        }
        let fault = |seq: i64, why: &str| Fault::AuditChain { chain, seq, at, why: why.to_owned() };
        let Some((last, hash, _)) = ends.get(&chain) else {
            broken.insert(chain, fault(seq, "the chain has no head"));
            return Ok(());
        };
        let link = audit::link(&ctx.crypto, hash, &entry);
        if seq != last + 1 {
            broken.insert(chain, fault(last + 1, "the entry is missing"));
        } else if hex::encode(link) != entry.hash {
            broken.insert(chain, fault(seq, "the entry, or the one before it, was changed"));
        } else {
            ends.insert(chain, (seq, link.to_vec(), at));
        }
        Ok(())
    })?;
    for (chain, (seq, hash)) in heads {
        if let Some((last, found, at)) = ends.get(&chain)
            && !broken.contains_key(&chain)
            && (*last != seq || *found != hash)
        {
            let why = "the last entries are missing, or the head was changed".to_owned();
            broken.insert(chain, Fault::AuditChain { chain, seq: last + 1, at: *at, why });
        }
    }
    report.audit_entries = entries;
    report.faults.extend(broken.into_values());
    Ok(())
}

/// Versions 1, 2, 3… of each record without gap or overlap in time.
fn history(conn: &mut Conn, plan: &EntityPlan, report: &mut VerifyReport) -> Result<(), StoreError> {
    let (table, past) = (quoted(&plan.table), quoted(&plan.past));
    let text = format!(
        "SELECT home, id, version, since, CAST(9223372036854775807 AS BIGINT) AS until FROM {table} \
         UNION ALL SELECT home, id, version, since, until FROM {past} ORDER BY 1, 2, 3"
    );
    let mut last: Option<(String, uuid::Uuid, i64, i64)> = None;
    let (mut records, mut faults) = (0, Vec::new());
    let entity = &plan.entity.name;
    conn.query(&text, &[], &mut |row| {
        let (home, id, version, since, until) = (row.text(0)?, row.id(1)?, row.int(2)?, row.int(3)?, row.int(4)?);
        let same = last.as_ref().filter(|(last_home, last_id, ..)| *last_home == home && *last_id == id);
        let fits = match same {
            Some((_, _, before, end)) => version == before + 1 && since == *end,
            None => version == 1,
        };
        let whole = same.is_some() || last.as_ref().is_none_or(|(.., end)| *end == i64::MAX);
        if (!fits || !whole || since >= until) && faults.len() < MOST {
            faults.push(Fault::History { entity: entity.clone(), id: RecordId(id), version });
        }
        records += u64::from(until == i64::MAX);
        last = Some((home, id, version, until));
        Ok(())
    })?;
    report.records += records;
    report.faults.extend(faults);
    Ok(())
}

/// Each living record's unique values are claimed by it, and no claim is left over.
fn claims(conn: &mut Conn, ctx: &Ctx, plan: &EntityPlan, report: &mut VerifyReport) -> Result<(), StoreError> {
    let entity = &plan.entity.name;
    for field in plan.fields.iter().filter(|field| field.field.unique) {
        let columns = field.column_names();
        let (column, sealed) = if field.is_sealed() { (columns[1], true) } else { (columns[0], false) };
        let name = &field.field.name;
        let claims = conn.rows(
            "SELECT hash, id FROM linli_claim WHERE entity = $1 AND field = $2",
            &[crate::dialect::Val::text(entity), crate::dialect::Val::text(name)],
            |row| Ok((row.bytes(0)?, row.id(1)?)),
        )?;
        let mut claims: std::collections::HashMap<Vec<u8>, uuid::Uuid> = claims.into_iter().collect();
        let mut faults = Vec::new();
        let fault = |id, why: &str| Fault::Claim {
            entity: entity.clone(),
            field: name.clone(),
            id: RecordId(id),
            why: why.to_owned(),
        };
        let text =
            format!("SELECT id, {column} FROM {} WHERE ended_on IS NULL AND {column} IS NOT NULL", quoted(&plan.table));
        conn.query(&text, &[], &mut |row| {
            let id = row.id(0)?;
            let hash = if sealed {
                row.bytes(1)?
            } else {
                let kind = &field.field.kind;
                ctx.crypto.lookup(hash_kind(kind), &clear_text(&decode(row, 1, kind)?, kind).unwrap_or_default())
            };
            match claims.get(&hash) {
                Some(holder) if *holder == id => drop(claims.remove(&hash)),
                Some(_) => faults.push(fault(id, "another record claims its value")),
                None => faults.push(fault(id, "its value is not claimed")),
            }
            Ok(())
        })?;
        faults.extend(claims.into_values().map(|id| fault(id, "the claim has no living record")));
        report.faults.extend(faults.into_iter().take(MOST));
    }
    Ok(())
}

/// Records stand on areas that exist and whose home is theirs.
fn homes(conn: &mut Conn, plan: &EntityPlan, report: &mut VerifyReport) -> Result<(), StoreError> {
    let table = quoted(&plan.table);
    let text = format!(
        "SELECT home, path, count(*) FROM {table} GROUP BY home, path HAVING NOT EXISTS \
         (SELECT 1 FROM linli_area WHERE linli_area.path = {table}.path AND linli_area.home = {table}.home) \
         ORDER BY 1, 2 LIMIT {MOST}"
    );
    let entity = &plan.entity.name;
    let faults = conn.rows(&text, &[], |row| {
        let rows = u64::try_from(row.int(2)?).unwrap_or_default();
        Ok(Fault::Home { entity: entity.clone(), home: row.text(0)?, path: row.text(1)?, rows })
    })?;
    report.faults.extend(faults);
    Ok(())
}
