//! Answers to forms. The XML as it was sent is sealed, because it may hold identity numbers; an instance id counts once in
//! the whole installation, whichever community its answer lies with.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::batches::{name_of, named};
use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::{Sql, filter::push_scope},
    tx::permitted_on,
};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Id, in order of arrival.
    pub id: RecordId,
    /// Community it lies with.
    pub home: String,
    /// Area it belongs to.
    pub path: AreaPath,
    /// `instanceID`.
    pub instance: String,
    /// Form.
    pub form: RecordId,
    /// Version of the form it was given to.
    pub version: String,
    /// Whether it was sent to a draft, as a test.
    pub draft: bool,
    /// How far its review is.
    pub state: SubmissionState,
    /// How many things are to be looked at.
    pub flags: i64,
    /// How many of its files have not arrived.
    pub missing: i64,
    /// When it arrived.
    pub received: Timestamp,
    /// Account that sent it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Device it was sent from.
    pub device: Option<String>,
    /// How it came when not from an account's phone or page: `link:` and the id of a public link.
    pub source: Option<String>,
    /// Task it answers.
    pub task: Option<RecordId>,
    /// Assignment it answers.
    pub assignment: Option<RecordId>,
    /// `instanceID` it takes the place of.
    pub replaces: Option<String>,
    /// `instanceID` that took its place.
    pub replaced_by: Option<String>,
    /// SHA-256 of the XML.
    pub hash: [u8; 32],
    /// Flags, entity changes, names of files, notes. Sealed in the database.
    pub detail: Json,
}

/// How far the review of an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
    /// Arrived.
    Received,
    /// Looked at and good.
    Accepted,
    /// Given back to be corrected.
    Returned,
    /// An edit took its place.
    Replaced,
}

/// Which answers.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmissionQuery {
    /// Form.
    pub form: RecordId,
    /// Answers to the draft instead.
    pub draft: bool,
    /// In this area.
    pub area: Option<AreaPath>,
    /// In this state; without it, those that were replaced are left out.
    pub state: Option<SubmissionState>,
    /// Only those with something to look at.
    pub flagged: bool,
    /// Of this task.
    pub task: Option<RecordId>,
    /// Arrived from then on.
    pub from: Option<Timestamp>,
    /// Arrived before then.
    pub to: Option<Timestamp>,
    /// After this one, in the order of the list: when it arrived, and its id.
    pub after: Option<(Timestamp, RecordId)>,
    /// At most so many.
    pub limit: u32,
}

impl SubmissionQuery {
    /// The newest answers to a form.
    pub fn of(form: RecordId) -> Self {
        Self {
            form,
            draft: false,
            area: None,
            state: None,
            flagged: false,
            task: None,
            from: None,
            to: None,
            after: None,
            limit: 50,
        }
    }
}

/// Counts of a form's answers within a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubmissionCounts {
    /// Answers, without replaced ones.
    pub responses: i64,
    /// Of these, not looked at yet.
    pub to_review: i64,
}

/// An instance id that is known already: what is needed to answer as the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownInstance {
    /// Id of the answer.
    pub id: RecordId,
    /// Community it lies with.
    pub home: String,
    /// SHA-256 of the XML that was sent first.
    pub hash: [u8; 32],
}

const SEE: &[Verb] = &[Verb::Read, Verb::Create, Verb::Edit, Verb::Export];

/// Key of an instance id; drafts have ids of their own.
fn key(instance: &str, draft: bool) -> Val {
    let mut hash = Sha256::new();
    hash.update([u8::from(draft)]);
    hash.update(instance.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Val::Id(Uuid::from_bytes(bytes))
}

impl ReadTx<'_> {
    /// The answer with this instance id, when it lies in the scope.
    pub fn submission(
        &mut self,
        permit: &Permit,
        instance: &str,
        draft: bool,
    ) -> Result<Option<Submission>, StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        let Some((home, id)) = self.home_of_instance(instance, draft)? else { return Ok(None) };
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_submission WHERE home = "));
        sql.bind(Val::Text(home)).push(" AND id = ").bind(Val::Id(id)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| submission(ctx, row))
    }

    /// Whether an instance id is known, and with what content: for answering a repeated post as the first time.
    pub fn known_instance(
        &mut self,
        permit: &Permit,
        instance: &str,
        draft: bool,
    ) -> Result<Option<KnownInstance>, StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        let Some((home, id)) = self.home_of_instance(instance, draft)? else { return Ok(None) };
        let mut sql = self.sql("SELECT hash FROM linli_submission WHERE home = ");
        sql.bind(Val::text(&home)).push(" AND id = ").bind(Val::Id(id));
        let hash = self.first(&sql, |row| hash_of(&row.bytes(0)?))?;
        Ok(hash.map(|hash| KnownInstance { id: RecordId(id), home, hash }))
    }

    fn home_of_instance(&mut self, instance: &str, draft: bool) -> Result<Option<(String, Uuid)>, StoreError> {
        let mut sql = self.sql("SELECT home, id FROM linli_instance WHERE hash = ");
        sql.bind(key(instance, draft));
        self.first(&sql, |row| Ok((row.text(0)?, row.id(1)?)))
    }

    /// Answers in the scope, newest first.
    pub fn submissions(&mut self, permit: &Permit, query: &SubmissionQuery) -> Result<Vec<Submission>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.submissions_sql(permit, query, COLUMNS)?;
        sql.push(" ORDER BY received DESC, id DESC LIMIT ").bind(Val::Int(query.limit.clamp(1, 1_000).into()));
        self.rows(&sql, |row| submission(ctx, row))
    }

    /// Every answer of a query (its limit does not count) with its XML, newest first, streamed.
    pub fn scan_submissions(
        &mut self,
        permit: &Permit,
        query: &SubmissionQuery,
        each: &mut dyn FnMut(Submission, String) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let ctx = self.ctx;
        let mut sql = self.submissions_sql(permit, query, &format!("{COLUMNS}, xml"))?;
        sql.push(" ORDER BY received DESC, id DESC");
        self.query(&sql, &mut |row| {
            let found = submission(ctx, row)?;
            let xml = ctx.crypto.open(&place("xml", found.id), &row.bytes(WIDTH)?)?;
            each(found, xml)
        })
    }

    /// The XML of an answer that was read with a permit.
    pub fn submission_xml(&mut self, of: &Submission) -> Result<String, StoreError> {
        let mut sql = self.sql("SELECT xml FROM linli_submission WHERE home = ");
        sql.bind(Val::text(&of.home)).push(" AND id = ").bind(Val::Id(of.id.0));
        let sealed = self.first(&sql, |row| row.bytes(0))?;
        let sealed = sealed.ok_or_else(|| StoreError::Corrupt("an answer without content".into()))?;
        self.ctx.crypto.open(&place("xml", of.id), &sealed)
    }

    /// How many answers to a form lie in the scope.
    pub fn submission_counts(&mut self, permit: &Permit, form: RecordId) -> Result<SubmissionCounts, StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        let mut sql = self.sql("SELECT state, count(*) FROM linli_submission WHERE form = ");
        sql.bind(Val::Id(form.0)).push(" AND draft = 0 AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" GROUP BY state");
        let mut counts = SubmissionCounts::default();
        for (state, count) in self.rows(&sql, |row| Ok((row.text(0)?, row.int(1)?)))? {
            match named(&state)? {
                SubmissionState::Replaced => {}
                SubmissionState::Received => {
                    counts.responses += count;
                    counts.to_review += count;
                }
                SubmissionState::Accepted | SubmissionState::Returned => counts.responses += count,
            }
        }
        Ok(counts)
    }

    /// When the newest answer to a form in the scope arrived.
    pub fn last_submission(&mut self, permit: &Permit, form: RecordId) -> Result<Option<Timestamp>, StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        let mut sql = self.sql("SELECT received FROM linli_submission WHERE form = ");
        sql.bind(Val::Id(form.0)).push(" AND draft = 0 AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" ORDER BY received DESC, id DESC LIMIT 1");
        self.first(&sql, |row| Ok(Timestamp(row.int(0)?)))
    }

    fn submissions_sql(&self, permit: &Permit, query: &SubmissionQuery, columns: &str) -> Result<Sql, StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        let scope = query.area.as_ref().map_or_else(|| permit.scope().clone(), |area| permit.scope().within(area));
        let mut sql = self.sql(format!("SELECT {columns} FROM linli_submission WHERE form = "));
        sql.bind(Val::Id(query.form.0)).push(" AND draft = ").bind(Val::Int(i64::from(query.draft))).push(" AND ");
        push_scope(&mut sql, "path", &scope);
        match query.state {
            Some(state) => sql.push(" AND state = ").bind(name_of(&state)?),
            None => sql.push(" AND state <> 'replaced'"),
        };
        if query.flagged {
            sql.push(" AND flags > 0");
        }
        if let Some(task) = query.task {
            sql.push(" AND task = ").bind(Val::Id(task.0));
        }
        if let Some(from) = query.from {
            sql.push(" AND received >= ").bind(Val::Int(from.0));
        }
        if let Some(to) = query.to {
            sql.push(" AND received < ").bind(Val::Int(to.0));
        }
        if let Some((at, id)) = query.after {
            sql.push(" AND (received < ").bind(Val::Int(at.0)).push(" OR (received = ").bind(Val::Int(at.0));
            sql.push(" AND id < ").bind(Val::Id(id.0)).push("))");
        }
        Ok(sql)
    }
}

impl WriteTx<'_> {
    /// Keeps a new answer (permit: answers, `Create` or `Edit`; its area must lie in the scope). When its instance id is
    /// known already nothing is kept and what is known is told.
    pub fn put_submission(
        &mut self,
        permit: &Permit,
        new: &Submission,
        xml: &str,
    ) -> Result<Option<KnownInstance>, WriteError> {
        permitted_on(permit, &Subject::Responses, &[Verb::Create, Verb::Edit])?;
        if !permit.scope().covers(&new.path) {
            return Err(WriteError::OutOfScope);
        }
        let text = "INSERT INTO linli_instance (hash, home, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let claim = [key(&new.instance, new.draft), Val::text(&new.home), Val::Id(new.id.0)];
        if self.execute(text, &claim)? == 0 {
            let known = self.known_instance(permit, &new.instance, new.draft)?;
            return known.map(Some).ok_or_else(|| StoreError::Conflict.into());
        }
        let text = format!(
            "INSERT INTO linli_submission ({COLUMNS}, xml) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
             $14, $15, $16, $17, $18, $19, $20, $21, $22)"
        );
        let maybe_id = |id: Option<RecordId>| id.map_or(Val::Null, |id| Val::Id(id.0));
        let params = [
            Val::text(&new.home),
            Val::Id(new.id.0),
            Val::text(&new.instance),
            Val::Id(new.form.0),
            Val::text(&new.version),
            Val::Int(i64::from(new.draft)),
            Val::text(new.path.as_str()),
            name_of(&new.state)?,
            Val::Int(new.flags),
            Val::Int(new.missing),
            Val::Int(new.received.0),
            Val::Id(new.by.0),
            Val::text(&new.by_name),
            Val::maybe(new.device.clone()),
            Val::maybe(new.source.clone()),
            maybe_id(new.task),
            maybe_id(new.assignment),
            Val::maybe(new.replaces.clone()),
            Val::maybe(new.replaced_by.clone()),
            Val::Bytes(new.hash.to_vec()),
            Val::Bytes(self.ctx.crypto.seal(&place("detail", new.id), &new.detail.to_string())?),
            Val::Bytes(self.ctx.crypto.seal(&place("xml", new.id), xml)?),
        ];
        self.execute(&text, &params)?;
        Ok(None)
    }

    /// Changes what is known about an answer: state, flags, missing files, what took its place, detail. Its content stays.
    pub fn set_submission(&mut self, permit: &Permit, changed: &Submission) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Responses, &[Verb::Create, Verb::Edit])?;
        let text = "UPDATE linli_submission SET state = $1, flags = $2, missing = $3, replaced_by = $4, detail = $5 \
                    WHERE home = $6 AND id = $7";
        let params = [
            name_of(&changed.state)?,
            Val::Int(changed.flags),
            Val::Int(changed.missing),
            Val::maybe(changed.replaced_by.clone()),
            Val::Bytes(self.ctx.crypto.seal(&place("detail", changed.id), &changed.detail.to_string())?),
            Val::text(&changed.home),
            Val::Id(changed.id.0),
        ];
        if self.execute(text, &params)? == 1 { Ok(()) } else { Err(WriteError::NotFound) }
    }
}

const COLUMNS: &str = "home, id, instance, form, version, draft, path, state, flags, missing, received, by_id, by_name, \
    device, source, task, assignment, replaces, replaced_by, hash, detail";
/// How many these are.
const WIDTH: usize = 21;

fn place(what: &str, id: RecordId) -> Vec<u8> {
    format!("linli_submission\0{what}\0{id}").into_bytes()
}

fn hash_of(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("the hash of an answer".into()))
}

fn submission(ctx: &Ctx, row: &Row<'_>) -> Result<Submission, StoreError> {
    let id = RecordId(row.id(1)?);
    let maybe_id = |at: usize| Ok::<_, StoreError>(row.maybe_id(at)?.map(RecordId));
    Ok(Submission {
        home: row.text(0)?,
        id,
        instance: row.text(2)?,
        form: RecordId(row.id(3)?),
        version: row.text(4)?,
        draft: row.int(5)? != 0,
        path: path(&row.text(6)?)?,
        state: named(&row.text(7)?)?,
        flags: row.int(8)?,
        missing: row.int(9)?,
        received: Timestamp(row.int(10)?),
        by: RecordId(row.id(11)?),
        by_name: row.text(12)?,
        device: row.maybe_text(13)?,
        source: row.maybe_text(14)?,
        task: maybe_id(15)?,
        assignment: maybe_id(16)?,
        replaces: row.maybe_text(17)?,
        replaced_by: row.maybe_text(18)?,
        hash: hash_of(&row.bytes(19)?)?,
        detail: serde_json::from_str(&ctx.crypto.open(&place("detail", id), &row.bytes(20)?)?)?,
    })
}
