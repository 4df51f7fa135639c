//! What differs between the file and the tree that is there.

use std::collections::HashSet;

use jiff::civil::Date;
use linli_domain::{Area, AreaPath};

use super::{AreaImportReport, ImportOptions, NoteKind, Progress, Tree, resolve::Resolved};
use crate::{
    Engine, Problem,
    area::{initials, level},
};

/// An area of the tree, as far as a load needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Place.
    pub path: AreaPath,
    /// Code of the parent.
    pub parent: Option<Box<str>>,
    /// Rank of its kind.
    pub rank: u8,
    /// Name.
    pub name: Box<str>,
    /// Whether it is valid.
    pub open: bool,
}

/// What to write.
#[derive(Debug, Default)]
pub struct Changes {
    /// New and reopened areas, parents first.
    pub put: Vec<Area>,
    /// Renamed ones.
    pub rename: Vec<Rename>,
    /// Code and new parent of moved ones, with their place so far.
    pub relocate: Vec<(String, String)>,
    /// Closed ones.
    pub close: Vec<Close>,
    touched: Vec<AreaPath>,
}

/// A new name.
#[derive(Debug, Clone)]
pub struct Rename {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// First day of the name.
    pub from: Date,
}

/// A closing.
#[derive(Debug, Clone)]
pub struct Close {
    /// Code.
    pub code: String,
    /// Last day.
    pub last_day: Date,
}

impl Changes {
    /// How many writes.
    pub fn len(&self) -> usize {
        self.put.len() + self.rename.len() + self.relocate.len() + self.close.len()
    }

    /// Places that are touched.
    pub fn paths(&self) -> impl Iterator<Item = &AreaPath> {
        self.put.iter().map(|area| &area.path).chain(&self.touched)
    }
}

/// The tree that is there.
pub fn known(engine: &Engine, progress: &mut dyn FnMut(Progress)) -> Result<Tree, Problem> {
    let catalogue = engine.catalogue();
    progress(Progress { phase: "compare", done: 0, total: 0 });
    engine.store.read_blocking(move |tx| {
        let mut tree = Tree::new();
        tx.areas_all(&mut |area| {
            let rank = level(&catalogue, &area.kind).map_or(u8::MAX, |level| level.rank);
            let known = Known {
                path: area.path,
                parent: area.parent.map(String::into_boxed_str),
                rank,
                name: area.name.into(),
                open: area.valid_to.is_none(),
            };
            tree.insert(area.code.into(), known);
            Ok(())
        })?;
        Ok(tree)
    })
}

/// What to write so that the tree is as the file says.
pub fn changes(
    engine: &Engine,
    areas: &[Resolved<'_>],
    tree: &Tree,
    options: &ImportOptions,
    report: &mut AreaImportReport,
) -> Result<Changes, Problem> {
    let today = engine.now().china_date();
    let kinds = kinds(engine)?;
    let later_year = !tree.is_empty();
    let mut changes = Changes::default();
    report.areas = areas.len() as u64;
    for area in areas {
        let row = area.row;
        match tree.get(&*row.code) {
            None => {
                report.new += 1;
                changes.put.push(new_area(area, &kinds, options.as_of.filter(|_| later_year)));
            }
            Some(known) if !known.open => {
                let (zh, en) =
                    ("此前已撤销,文件中再次出现,恢复有效。", "Closed before and in the file again: valid again.");
                report.note(row.line, &row.code, NoteKind::Reopened, zh, en);
                changes.put.push(new_area(area, &kinds, None));
            }
            Some(known) => {
                let renamed = *known.name != *row.name;
                let moved = known.parent.as_deref() != area.parent;
                report.renamed += u64::from(renamed);
                report.moved += u64::from(moved);
                report.same += u64::from(!renamed && !moved);
                if renamed || moved {
                    changes.touched.push(known.path.clone());
                }
                if renamed {
                    let (code, name) = (row.code.to_string(), row.name.to_string());
                    changes.rename.push(Rename { code, name, from: options.as_of.unwrap_or(today) });
                }
                if let (true, Some(parent)) = (moved, area.parent) {
                    changes.relocate.push((row.code.to_string(), parent.to_owned()));
                }
            }
        }
    }
    if let Some(day) = options.as_of {
        close_missing(areas, tree, day, &mut changes, report)?;
    }
    Ok(changes)
}

/// Kinds of ranks 1–5, in order.
fn kinds(engine: &Engine) -> Result<Vec<String>, Problem> {
    let catalogue = engine.catalogue();
    (1..=5)
        .map(|rank| catalogue.levels.iter().find(|level| level.rank == rank).map(|level| level.kind.clone()))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            Problem::new(
                crate::ProblemKind::Conflict,
                "area.no_levels",
                "尚未安装区域层级。请先运行 linli migrate 安装 network 包。",
                "No area levels are installed. Run `linli migrate` to install the pack `network` first.",
            )
        })
}

fn new_area(area: &Resolved<'_>, kinds: &[String], valid_from: Option<Date>) -> Area {
    let row = area.row;
    Area {
        code: row.code.to_string(),
        path: area.path.clone(),
        parent: area.parent.map(str::to_owned),
        kind: kinds[usize::from(row.level) - 1].clone(),
        name: row.name.to_string(),
        initials: initials(&row.name),
        home: row.code.to_string(),
        valid_from,
        valid_to: None,
        counted_households: None,
        counted_residents: None,
    }
}

/// Areas below the file's roots that the file no longer has close on the day before, with all below them.
fn close_missing(
    areas: &[Resolved<'_>],
    tree: &Tree,
    day: Date,
    changes: &mut Changes,
    report: &mut AreaImportReport,
) -> Result<(), Problem> {
    let last_day = day.yesterday().map_err(Problem::internal)?;
    let held: HashSet<&str> = areas.iter().map(|area| &*area.row.code).collect();
    let roots: Vec<&AreaPath> = areas
        .iter()
        .filter(|area| area.parent.is_none_or(|parent| !held.contains(parent)))
        .map(|area| &area.path)
        .collect();
    let missing = |code: &str, known: &Known| known.rank <= super::super::COMMUNITY_RANK && !held.contains(code);
    let gone: HashSet<&AreaPath> = tree
        .iter()
        .filter(|(code, known)| known.open && missing(code, known))
        .filter(|(_, known)| roots.iter().any(|root| root.covers(&known.path)))
        .map(|(_, known)| &known.path)
        .collect();
    for (code, known) in tree.iter().filter(|(code, known)| known.open && !held.contains(&***code)) {
        let closes = gone.contains(&known.path)
            || (known.rank > super::super::COMMUNITY_RANK
                && known.path.ancestry().iter().any(|above| gone.contains(above)));
        if closes {
            report.closed += 1;
            changes.touched.push(known.path.clone());
            changes.close.push(Close { code: code.to_string(), last_day });
        }
    }
    // Deepest first: an area closes after those below it.
    changes.close.sort_by(|a, b| b.code.len().cmp(&a.code.len()).then_with(|| a.code.cmp(&b.code)));
    Ok(())
}
