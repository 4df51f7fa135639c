//! Files of cases: their bytes lie in the data folder under their SHA-256.

use linli_domain::{
    Actor, RecordId,
    flow::{Act, Event},
};
use linli_store::tables::CaseFile;

use super::{act, get, model::CaseDetail, no_case, who::Who};
use crate::{
    Engine, Problem,
    sheet::documents::{self, Received},
};

/// A file that was received.
#[derive(Debug)]
pub struct IncomingCaseFile {
    /// Name it was sent under.
    pub name: String,
    /// Media type it was sent with.
    pub kind: String,
    /// Its bytes.
    pub received: Received,
}

/// A file to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileBytes {
    /// Name.
    pub name: String,
    /// Media type.
    pub kind: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

/// Most files of one post, and of a case.
const MOST: usize = 20;
const MOST_OF_CASE: usize = 200;

/// Keeps files with a case; who may say something to it may attach something. A name that is taken gets a number; the same
/// bytes under the same name are there already: a phone whose answer was lost sends them again.
pub async fn add_files(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    files: Vec<IncomingCaseFile>,
) -> Result<CaseDetail, Problem> {
    if files.is_empty() || files.len() > MOST {
        return Err(Problem::parameter(
            "file",
            format!("一次上传 1–{MOST} 个附件。"),
            format!("Send 1–{MOST} files at once."),
        ));
    }
    // Nobody fills the disk with files for a case they do not see.
    get(engine, actor, id).await?;
    let kept = keep(engine, actor, files).await?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            let live = act::seen(&engine2, tx, &who.reader, id)?;
            let there = tx.case_files(&live.case)?;
            let mut held: Vec<String> = there.iter().map(|file| file.name.clone()).collect();
            let again = |file: &CaseFile| there.iter().any(|one| one.name == file.name && one.sha256 == file.sha256);
            let fresh: Vec<&CaseFile> = kept.iter().filter(|file| !again(file)).collect();
            if fresh.is_empty() {
                return Ok(());
            }
            if held.len() + fresh.len() > MOST_OF_CASE {
                let what = linli_domain::Label::new("案件的附件数量", "The number of files of a case");
                return Err(Problem::too_large(&what, &MOST_OF_CASE.to_string()));
            }
            let mut names = Vec::with_capacity(fresh.len());
            for file in fresh {
                let file = CaseFile { name: free_name(&file.name, &held), ..file.clone() };
                held.push(file.name.clone());
                names.push(file.name.clone());
                tx.put_case_file(&live.case, &file)?;
            }
            let standing = who.standing(&engine2, tx, &live.flow, &live.case, &live.state)?;
            let act = Act { action: Event::FILES.into(), files: names, ..Act::default() };
            act::take(&engine2, tx, &actor2, live, &standing, &act, None)?;
            Ok(())
        })
        .await?;
    get(engine, actor, id).await
}

async fn keep(engine: &Engine, actor: &Actor, files: Vec<IncomingCaseFile>) -> Result<Vec<CaseFile>, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let keep = move || {
        files
            .into_iter()
            .map(|file| {
                let kept = documents::keep(&engine, &actor, file.received, &file.name, "case")?;
                Ok(CaseFile {
                    name: kept.name,
                    sha256: kept.sha256,
                    size: kept.size,
                    kind: file.kind.chars().take(100).collect(),
                    at: kept.at,
                    by: actor.account,
                    by_name: actor.name.clone(),
                })
            })
            .collect()
    };
    tokio::task::spawn_blocking(keep).await.map_err(Problem::internal)?
}

/// The name, or the name with a number that is not taken.
fn free_name(name: &str, held: &[String]) -> String {
    let taken = |name: &str| held.iter().any(|other| other == name);
    if !taken(name) {
        return name.to_owned();
    }
    let (stem, end) = name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let numbered = |number: usize| format!("{stem}-{number}{end}");
    (2..).map(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// A file of a case that the actor sees.
pub async fn file(engine: &Engine, actor: &Actor, id: RecordId, name: String) -> Result<FileBytes, Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            let case = tx.case(&who.reader, id)?.ok_or_else(no_case)?;
            Ok(tx.case_files(&case)?.into_iter().find(|file| file.name == name))
        })
        .await?;
    let found = found.ok_or_else(no_case)?;
    let engine = engine.clone();
    let read = move || {
        let bytes = documents::bytes(&engine, &found.sha256)?;
        Ok(FileBytes { name: found.name, kind: found.kind, bytes })
    };
    tokio::task::spawn_blocking(read).await.map_err(Problem::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        let held = ["a.jpg".to_owned(), "a-2.jpg".to_owned()];
        assert_eq!(free_name("a.jpg", &held), "a-3.jpg");
        assert_eq!(free_name("b", &held), "b");
        assert_eq!(free_name("b", &["b".to_owned()]), "b-2");
    }
}
