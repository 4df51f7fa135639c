//! The transaction of an answer: kept once, its entities applied, its files noted.

use std::sync::Arc;

use linli_domain::{Actor, Area, AreaPath, Permit, RecordId, Scope, Subject, Verb, task::Outcome};
use linli_store::{
    WriteError, WriteTx,
    tables::{Assignment, Completion, KnownInstance, Submission, SubmissionFile, SubmissionState},
};
use serde_json::json;

use super::{
    FILES, Incoming, IncomingFile,
    entity::Applier,
    origin::{LinkUse, Origin},
    prepare::{Prepared, prepare, values_before},
};
use crate::{
    Engine, Problem, ProblemKind, access,
    collect::{
        answer::{self, Detail, EntityResult, Flag, Receipt},
        form,
    },
    sheet::documents,
    task,
};

/// Takes an answer in: durable, and applied, when this returns.
pub async fn receive(engine: &Engine, actor: &Actor, incoming: Incoming) -> Result<Receipt, Problem> {
    let permit = engine.permit(actor, Verb::Create, Subject::Responses)?;
    let kept = receive_as(engine, actor, permit, incoming, Origin::Sender).await?;
    answer::receipt(engine, &kept.0, &kept.1)
}

/// [`receive`] with a permit of its own (answers, `Create` or `Edit`), for answers that do not come from their sender.
pub(in crate::collect) async fn receive_as(
    engine: &Engine,
    actor: &Actor,
    permit: Permit,
    incoming: Incoming,
    origin: Origin,
) -> Result<Kept, Problem> {
    let work = begin(engine, actor, permit, incoming, origin).await?;
    for _ in 0..TRIES {
        let work = work.clone();
        match engine.store.write(move |tx| work.run(tx, &[])).await {
            // Nothing of it was kept; what the other wrote is seen now.
            Err(problem) if problem.code == RACED => {}
            kept => return kept,
        }
    }
    Err(raced())
}

/// Everything that is done before the transaction of an answer.
pub(super) async fn begin(
    engine: &Engine,
    actor: &Actor,
    permit: Permit,
    incoming: Incoming,
    origin: Origin,
) -> Result<Arc<Keeping>, Problem> {
    if incoming.files.len() > FILES {
        let what = linli_domain::Label::new("一次提交的文件数量", "The number of files of one post");
        return Err(Problem::too_large(&what, &FILES.to_string()));
    }
    let even_closed = matches!(origin, Origin::Correction { .. });
    let mut prepared = prepare(engine, permit.scope(), &incoming, even_closed).await?;
    origin.restrict(&mut prepared)?;
    let prepared = Arc::new(prepared);
    let before = replaced_values(engine, &permit, &prepared).await?;
    let files = keep_files(engine, actor, incoming.files).await?;
    Ok(Arc::new(Keeping {
        engine: engine.clone(),
        actor: actor.clone(),
        permit,
        prepared,
        before,
        files,
        id: engine.ids.next(),
        origin,
    }))
}

/// How often an answer is tried that met others writing the same.
const TRIES: usize = 16;

/// Code of [`raced`].
const RACED: &str = "submission.raced";

/// Others wrote the same instance or record at this moment (several writers on PostgreSQL): nothing was kept, and it is
/// tried again.
pub(super) fn raced() -> Problem {
    Problem::new(
        ProblemKind::Busy,
        RACED,
        "多处同时提交同一内容,请稍后重试。",
        "The same is being sent from several places; please try again in a moment.",
    )
    .with("retry_after", json!(1))
}

/// Moves received files to where they stay.
async fn keep_files(engine: &Engine, actor: &Actor, files: Vec<IncomingFile>) -> Result<Vec<SubmissionFile>, Problem> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let (engine, actor) = (engine.clone(), actor.clone());
    let keep = move || {
        files
            .into_iter()
            .map(|file| {
                let document = documents::keep(&engine, &actor, file.received, &file.name, "answer")?;
                let (name, kind) = (document.name, file.kind.chars().take(100).collect());
                Ok(SubmissionFile { name, sha256: document.sha256, size: document.size, kind, at: document.at })
            })
            .collect()
    };
    tokio::task::spawn_blocking(keep).await.map_err(Problem::internal)?
}

type Before = std::collections::BTreeMap<(String, RecordId), linli_domain::Values>;

/// What the answer that is replaced said about the same entities.
async fn replaced_values(engine: &Engine, permit: &Permit, prepared: &Arc<Prepared>) -> Result<Before, Problem> {
    let Some(old) = prepared.deprecated_id.clone().filter(|_| !prepared.changes.is_empty()) else {
        return Ok(Before::new());
    };
    let permit2 = permit.clone();
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some(found) = tx.submission(&permit2, &old, false)? else { return Ok(None) };
            let xml = tx.submission_xml(&found)?;
            Ok(Some((found.version, xml)))
        })
        .await?;
    let Some((version, xml)) = found else { return Ok(Before::new()) };
    let (_, loaded) = form::load(engine, permit.scope(), &prepared.form.form_id, &version, false).await?;
    Ok(values_before(engine, &loaded, &xml))
}

/// Everything the transaction of one answer needs; it may run more than once.
pub(super) struct Keeping {
    engine: Engine,
    actor: Actor,
    permit: Permit,
    pub(super) prepared: Arc<Prepared>,
    before: Before,
    files: Vec<SubmissionFile>,
    id: RecordId,
    origin: Origin,
}

/// An answer and the names of its files that are here.
pub(in crate::collect) type Kept = (Submission, Vec<String>);

impl Keeping {
    /// Keeps the answer; `held` are files of it that the house has already.
    pub(super) fn run(&self, tx: &mut WriteTx<'_>, held: &[SubmissionFile]) -> Result<Kept, Problem> {
        let prepared = &*self.prepared;
        if let Some(known) = tx.known_instance(&self.permit, &prepared.instance_id, prepared.draft)? {
            return self.again(tx, &known);
        }
        self.origin.claim(tx, &prepared.instance_id)?;
        let replaced = self.replaced(tx)?;
        let inherited = self.inherited(tx, replaced.as_ref())?;
        let catalogue = self.engine.catalogue();
        let mut applier = Applier {
            engine: &self.engine,
            actor: &self.actor,
            catalogue: &catalogue,
            instance: &prepared.instance_id,
            form: prepared.form.id,
            default_area: None,
            before: self.before.clone(),
            flags: Vec::new(),
        };
        let assignment = self.assignment(tx)?;
        let own = self.own_area(tx, replaced.as_ref(), assignment.as_ref())?;
        applier.default_area = own.as_ref().map(|area| area.path.clone());
        let mut entities = prepared.refused.clone();
        let mut place = None;
        for planned in &prepared.changes {
            let applied = applier.apply(tx, planned)?;
            place = place.or(applied.place);
            entities.push(applied.outcome);
        }
        let mut flags = prepared.flags.clone();
        flags.append(&mut applier.flags);
        if prepared.deprecated_id.is_some() && replaced.is_none() {
            flags.push(Flag::new(
                "",
                "unknown_predecessor",
                "没有找到它所更正的答卷,已作为新答卷保存。",
                "The answer it corrects is not known; it was kept as a new one.",
            ));
        }
        let place = place.filter(|(_, path)| self.permit.scope().covers(path));
        let (home, path) = match (place, own) {
            (Some(place), _) => place,
            (None, Some(area)) => (area.home, area.path),
            (None, None) => return Err(no_area()),
        };
        let mut detail =
            Detail { name: prepared.name.clone(), flags, entities, files: prepared.files.clone(), ..Detail::default() };
        self.origin.describe(&mut detail, &self.actor, tx.now());
        let files: Vec<&SubmissionFile> = self.files.iter().chain(&inherited).chain(held).collect();
        let task = assignment.as_ref().map(|one| one.task).or(replaced.as_ref().and_then(|old| old.task));
        let mut submission = self.submission(&home, path, task, &detail, &files, tx.now())?;
        submission.assignment = submission.assignment.or(replaced.as_ref().and_then(|old| old.assignment));
        if kept(tx.put_submission(&self.permit, &submission, &prepared.xml))?.is_some() {
            // Sent twice at once, and the other was faster: what was applied here must not stay.
            return Err(raced());
        }
        if let Some(mut old) = replaced {
            old.state = SubmissionState::Replaced;
            old.replaced_by = Some(prepared.instance_id.clone());
            kept(tx.set_submission(&self.permit, &old))?;
        }
        if let Some(one) = assignment.filter(|_| !prepared.draft) {
            self.complete(tx, &one, &detail)?;
        }
        for file in &files {
            tx.put_submission_file(&submission.home, submission.id, file)?;
        }
        if let Some(entry) = self.origin.audit(&self.engine, &self.actor, &submission) {
            tx.audit(entry)?;
        }
        Ok((submission, files.iter().map(|file| file.name.clone()).collect()))
    }

    /// Files of the answer before that this one still names and did not bring along.
    fn inherited(&self, tx: &mut WriteTx<'_>, replaced: Option<&Submission>) -> Result<Vec<SubmissionFile>, Problem> {
        let Some(old) = replaced else { return Ok(Vec::new()) };
        let mut files = tx.submission_files(&old.home, old.id)?;
        files.retain(|file| {
            self.prepared.files.contains(&file.name) && self.files.iter().all(|sent| sent.name != file.name)
        });
        Ok(files)
    }

    fn submission(
        &self,
        home: &str,
        path: AreaPath,
        task: Option<RecordId>,
        detail: &Detail,
        files: &[&SubmissionFile],
        now: linli_domain::Timestamp,
    ) -> Result<Submission, Problem> {
        let prepared = &*self.prepared;
        let missing = detail.files.iter().filter(|name| files.iter().all(|file| file.name != **name)).count();
        Ok(Submission {
            id: self.id,
            home: home.to_owned(),
            path,
            instance: prepared.instance_id.clone(),
            form: prepared.form.id,
            version: prepared.version.clone(),
            draft: prepared.draft,
            state: SubmissionState::Received,
            flags: count(detail.flags.len()),
            missing: count(missing),
            received: now,
            by: self.actor.account,
            by_name: self.actor.name.clone(),
            device: prepared.device.as_ref().map(|device| device.chars().take(200).collect()),
            source: self.origin.source(),
            task,
            assignment: prepared.assignment,
            replaces: prepared.deprecated_id.clone(),
            replaced_by: None,
            hash: prepared.hash,
            detail: detail.json()?,
        })
    }

    /// The same instance again: more of its files, or a repetition. Another content is refused.
    fn again(&self, tx: &mut WriteTx<'_>, known: &KnownInstance) -> Result<Kept, Problem> {
        if known.hash != self.prepared.hash {
            return Err(other_content(&self.prepared.instance_id));
        }
        let everywhere = self.engine.permit(&Engine::operator(), Verb::Read, Subject::Responses)?;
        let found = tx.submission(&everywhere, &self.prepared.instance_id, self.prepared.draft)?;
        let mut found = found.ok_or_else(|| Problem::internal("an instance without answer"))?;
        // Whoever holds a public link adds nothing to answers that did not come through it.
        if matches!(self.origin, Origin::Link(_)) && found.source != self.origin.source() {
            return Err(other_content(&self.prepared.instance_id));
        }
        for file in &self.files {
            tx.put_submission_file(&known.home, known.id, file)?;
        }
        let arrived: Vec<String> =
            tx.submission_files(&known.home, known.id)?.into_iter().map(|file| file.name).collect();
        let detail = Detail::of(&found)?;
        let missing = count(detail.files.iter().filter(|name| !arrived.contains(name)).count());
        if missing != found.missing {
            found.missing = missing;
            kept(tx.set_submission(&self.permit, &found))?;
        }
        Ok((found, arrived))
    }

    /// The answer this one takes the place of.
    fn replaced(&self, tx: &mut WriteTx<'_>) -> Result<Option<Submission>, Problem> {
        let Some(old) = &self.prepared.deprecated_id else { return Ok(None) };
        let Some(found) = tx.submission(&self.permit, old, false)? else { return Ok(None) };
        if found.form != self.prepared.form.id {
            return Ok(None);
        }
        match &found.replaced_by {
            None => Ok(Some(found)),
            Some(_) => Err(Problem::new(
                ProblemKind::Conflict,
                "submission.replaced",
                "这份答卷已被另一份更正取代,请在最新的一份上修改。",
                "Another correction took the place of this answer; correct the newest one.",
            )),
        }
    }

    /// The assignment it answers, when that is in the sender's reach.
    fn assignment(&self, tx: &mut WriteTx<'_>) -> Result<Option<Assignment>, Problem> {
        let Some(id) = self.prepared.assignment else { return Ok(None) };
        let Ok(permit) = self.engine.permit(&self.actor, Verb::Read, Subject::Tasks) else { return Ok(None) };
        Ok(tx.assignment(&permit, id)?)
    }

    /// Marks the assignment done.
    fn complete(&self, tx: &mut WriteTx<'_>, one: &Assignment, detail: &Detail) -> Result<(), Problem> {
        let changed =
            detail.entities.iter().any(|entity| matches!(entity.result, EntityResult::Created | EntityResult::Updated));
        let outcome = if changed { Outcome::Changed } else { Outcome::Answered };
        let done = Completion {
            state: outcome.state(),
            outcome: Some(outcome),
            at: tx.now(),
            by: self.actor.account,
            by_name: self.actor.name.clone(),
            instance: Some(self.prepared.instance_id.clone()),
            seconds: None,
            note: None,
        };
        task::complete_in(tx, &Scope::Areas(vec![one.path.clone()]), one.id, &done)?;
        Ok(())
    }

    /// Where an answer belongs that changes no record: the answer it corrects, the area it names, that of its assignment,
    /// its sender's own.
    fn own_area(
        &self,
        tx: &mut WriteTx<'_>,
        replaced: Option<&Submission>,
        assignment: Option<&Assignment>,
    ) -> Result<Option<Area>, Problem> {
        let mut candidates = Vec::new();
        if let Some(code) = &self.prepared.area {
            candidates.extend(tx.area(code)?);
        }
        if let Some(old) = replaced {
            candidates.extend(tx.area_at(&old.path)?);
        }
        if let Some(one) = assignment {
            candidates.extend(tx.area_at(&one.path)?);
        }
        match &self.origin {
            Origin::Link(LinkUse { area, .. }) | Origin::Case { area, .. } => candidates.extend(tx.area_at(area)?),
            Origin::Sender | Origin::Correction { .. } => {}
        }
        if let Some(path) = access::home_of(&self.actor.grants) {
            candidates.extend(tx.area_at(path)?);
        }
        if self.actor.operator {
            candidates.extend(tx.area_at(&self.prepared.form.area)?);
        }
        Ok(candidates.into_iter().find(|area| self.permit.scope().covers(&area.path)))
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A write that cannot fail but by the store's own troubles or by others doing the same at this moment.
fn kept<T>(outcome: Result<T, WriteError>) -> Result<T, Problem> {
    outcome.map_err(Problem::from)
}

fn other_content(instance: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "submission.other_content",
        "同一编号的答卷已收到,但内容不同,没有覆盖。",
        "An answer with this id was received with other content; it was not overwritten.",
    )
    .with("instance_id", json!(instance))
}

fn no_area() -> Problem {
    Problem::new(
        ProblemKind::Denied,
        "submission.no_area",
        "您的账号没有可归属答卷的区域。请联系账号管理员。",
        "Your account has no area an answer could belong to. Ask an account administrator.",
    )
}
