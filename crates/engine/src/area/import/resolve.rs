//! Which area each row is, parents before children, and what is odd about it. Pure.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use linli_domain::{
    AreaPath,
    area::{CommunitySort, StreetSort, community_sort, significant_digits, street_sort},
};

use super::{AreaImportReport, NoteKind, Tree, read::Row};

/// An area that the file makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<'a> {
    /// Its row.
    pub row: &'a Row,
    /// Code of its parent.
    pub parent: Option<&'a str>,
    /// Place in the tree.
    pub path: AreaPath,
}

/// Code, level and place of a parent.
type Parent<'a> = (&'a str, u8, AreaPath);

/// Areas of the rows, parents before children.
pub fn resolve<'a>(rows: &'a [Row], tree: &'a Tree, report: &mut AreaImportReport) -> Vec<Resolved<'a>> {
    let chosen = choose(rows, report);
    let mut below: HashMap<&str, Vec<&Row>> = HashMap::new();
    let mut ready: Vec<(&Row, Option<Parent<'a>>)> = Vec::new();
    let mut orphans: Vec<&Row> = Vec::new();
    for row in rows.iter().filter(|row| std::ptr::eq(chosen[&*row.code], *row)) {
        match row.parent.as_deref() {
            None => ready.push((row, None)),
            Some(parent) if chosen.contains_key(parent) => below.entry(parent).or_default().push(row),
            Some(parent) => match tree.get_key_value(parent) {
                Some((code, known)) => ready.push((row, Some((code, known.rank, known.path.clone())))),
                None => {
                    orphans.push(row);
                    report.note(
                        row.line,
                        &row.code,
                        NoteKind::UnknownParent,
                        format!("上级 {parent} 不存在,已跳过。"),
                        format!("The parent {parent} does not exist; left out."),
                    );
                }
            },
        }
    }
    for orphan in orphans {
        refuse_below(&orphan.code, &mut below, report);
    }
    ready.reverse();
    let mut used: HashSet<AreaPath> = tree.values().map(|known| known.path.clone()).collect();
    let mut areas: Vec<Resolved<'a>> = Vec::with_capacity(rows.len());
    while let Some((row, parent)) = ready.pop() {
        let Some(area) = place(row, parent, tree, &mut used, report) else {
            refuse_below(&row.code, &mut below, report);
            continue;
        };
        if let Some(children) = below.remove(&*row.code) {
            let here = (&*row.code, row.level, area.path.clone());
            ready.extend(children.into_iter().rev().map(|child| (child, Some(here.clone()))));
        }
        areas.push(area);
    }
    refuse_circles(below, report);
    areas
}

/// One row a code: the highest level, and of those the first. The others are folded into it.
fn choose<'a>(rows: &'a [Row], report: &mut AreaImportReport) -> HashMap<&'a str, &'a Row> {
    let mut chosen: HashMap<&str, &Row> = HashMap::with_capacity(rows.len());
    for row in rows {
        let other = match chosen.entry(&row.code) {
            Entry::Vacant(free) => {
                free.insert(row);
                continue;
            }
            Entry::Occupied(mut held) if row.level < held.get().level => held.insert(row),
            Entry::Occupied(_) => row,
        };
        let kept = chosen[&*row.code];
        let (line, level) = (kept.line, kept.level);
        let what = if other.parent.as_deref() == Some(&*other.code) {
            ("自己的上级是自己(如不设区县的市)", "is its own parent (a city without districts)")
        } else {
            ("代码重复", "repeats a code")
        };
        report.note(
            other.line,
            &other.code,
            NoteKind::Folded,
            format!("“{}”{},并入第 {line} 行的“{}”(层级 {level})。", other.name, what.0, kept.name),
            format!("{} {}; folded into {} of line {line} (level {level}).", other.name, what.1, kept.name),
        );
    }
    chosen
}

fn place<'a>(
    row: &'a Row,
    parent: Option<Parent<'a>>,
    tree: &Tree,
    used: &mut HashSet<AreaPath>,
    report: &mut AreaImportReport,
) -> Option<Resolved<'a>> {
    count_mismatch(row, report);
    let known = tree.get(&*row.code);
    let Some((parent, rank, above)) = parent else {
        let path =
            known.map_or_else(|| segment(&row.code, 0, row.level).parse().ok(), |known| Some(known.path.clone()))?;
        used.insert(path.clone());
        return Some(Resolved { row, parent: None, path });
    };
    if row.level <= rank {
        report.note(
            row.line,
            &row.code,
            NoteKind::BadLevel,
            format!("层级 {} 不低于上级 {parent} 的层级 {rank},已跳过。", row.level),
            format!("The level {} is not below level {rank} of its parent {parent}; left out.", row.level),
        );
        return None;
    }
    if row.level > rank + 1 {
        report.note(
            row.line,
            &row.code,
            NoteKind::SkippedLevel,
            format!("上级 {parent} 的层级是 {rank},中间层级缺失,直接挂在其下。"),
            format!("Its parent {parent} is of level {rank}; it hangs directly below it."),
        );
    }
    // What is there already keeps its place, so that loading again changes nothing.
    if let Some(known) = known.filter(|known| known.parent.as_deref() == Some(parent)) {
        return Some(Resolved { row, parent: Some(parent), path: known.path.clone() });
    }
    let own = if row.code.get(..significant_digits(rank)) == parent.get(..significant_digits(rank)) {
        segment(&row.code, significant_digits(rank), row.level)
    } else {
        &row.code
    };
    let path = [own, &*row.code].into_iter().filter_map(|own| above.child(own).ok()).find(|path| !used.contains(path));
    let path = path?;
    used.insert(path.clone());
    Some(Resolved { row, parent: Some(parent), path })
}

/// Digits of a code between those of its parent and its own; the whole code when more than those count.
fn segment(code: &str, from: usize, level: u8) -> &str {
    let to = significant_digits(level);
    let rest_is_zero = code.get(to..).is_some_and(|rest| rest.bytes().all(|byte| byte == b'0'));
    code.get(from..to).filter(|own| !own.is_empty() && rest_is_zero).unwrap_or(code)
}

fn refuse_below(code: &str, below: &mut HashMap<&str, Vec<&Row>>, report: &mut AreaImportReport) {
    let mut parents = vec![code.to_owned()];
    while let Some(parent) = parents.pop() {
        for row in below.remove(&*parent).unwrap_or_default() {
            report.note(
                row.line,
                &row.code,
                NoteKind::UnknownParent,
                format!("上级 {parent} 已被跳过,本行也跳过。"),
                format!("Its parent {parent} was left out, and so is this."),
            );
            parents.push(row.code.to_string());
        }
    }
}

fn refuse_circles(below: HashMap<&str, Vec<&Row>>, report: &mut AreaImportReport) {
    let mut rows: Vec<&Row> = below.into_values().flatten().collect();
    rows.sort_by_key(|row| row.line);
    for row in rows {
        let parent = row.parent.as_deref().unwrap_or_default();
        report.note(
            row.line,
            &row.code,
            NoteKind::Cycle,
            format!("上级关系绕成了圈(上级 {parent}),已跳过。"),
            format!("The parents go round in a circle (parent {parent}); left out."),
        );
    }
}

/// Names and digits disagree at times; the digits decide, the disagreement is counted.
fn count_mismatch(row: &Row, report: &mut AreaImportReport) {
    let ends = |endings: &[&str]| endings.iter().any(|ending| row.name.ends_with(ending));
    let disagree = match row.level {
        4 => match street_sort(&row.code) {
            StreetSort::SubDistrict => ends(&["镇", "乡"]),
            StreetSort::Town => ends(&["街道", "街道办事处", "乡"]),
            StreetSort::Township => ends(&["街道", "街道办事处", "镇"]),
            StreetSort::Merged | StreetSort::Other => false,
        },
        5 => match community_sort(&row.code) {
            CommunitySort::Residents => ends(&["村委会", "村民委员会"]),
            CommunitySort::Village => ends(&["居委会", "居民委员会", "社区"]),
            CommunitySort::Quasi | CommunitySort::Other => false,
        },
        _ => false,
    };
    report.name_mismatches += u64::from(disagree);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(&str, &str, u8, &str)]) -> (Vec<String>, Vec<(u64, NoteKind)>) {
        let rows: Vec<Row> = rows
            .iter()
            .zip(2..)
            .map(|(&(code, parent, level, name), line)| Row {
                line,
                code: code.into(),
                parent: (!parent.is_empty()).then(|| parent.into()),
                level,
                name: name.into(),
            })
            .collect();
        let mut report = AreaImportReport::default();
        let tree = Tree::new();
        let areas = resolve(&rows, &tree, &mut report);
        let paths = areas.iter().map(|area| area.path.to_string()).collect();
        (paths, report.notes.iter().map(|note| (note.line, note.kind)).collect())
    }

    #[test]
    fn children_may_come_before_their_parents() {
        let (paths, notes) = check(&[
            ("230102001001", "230102001000", 5, "甲社区"),
            ("230102001000", "230102000000", 4, "乙街道"),
            ("230102000000", "230100000000", 3, "道里区"),
            ("230100000000", "230000000000", 2, "哈尔滨市"),
            ("230000000000", "", 1, "黑龙江省"),
        ]);
        assert_eq!(paths, ["23", "23/01", "23/01/02", "23/01/02/001", "23/01/02/001/001"]);
        assert_eq!(notes, []);
    }

    #[test]
    fn a_city_without_districts_is_folded_and_its_streets_hang_below_it() {
        let (paths, notes) = check(&[
            ("440000000000", "", 1, "广东省"),
            ("441900000000", "440000000000", 2, "东莞市"),
            ("441900000000", "441900000000", 3, "东莞市"),
            ("441900003000", "441900000000", 4, "东城街道"),
        ]);
        assert_eq!(paths, ["44", "44/19", "44/19/00003"]);
        assert_eq!(notes, [(4, NoteKind::Folded), (5, NoteKind::SkippedLevel)]);
    }

    #[test]
    fn siblings_never_share_a_path() {
        let (paths, _) = check(&[
            ("230000000000", "", 1, "黑龙江省"),
            ("230100000000", "230000000000", 2, "哈尔滨市"),
            ("230100000009", "230000000000", 2, "另一市"),
        ]);
        assert_eq!(paths, ["23", "23/01", "23/230100000009"]);
    }

    #[test]
    fn circles_unknown_parents_and_upside_down_levels_are_refused_one_by_one() {
        let (paths, notes) = check(&[
            ("230000000000", "", 1, "黑龙江省"),
            ("230100000000", "230102000000", 2, "绕"),
            ("230102000000", "230100000000", 3, "圈"),
            ("240100000000", "240000000000", 2, "无上级"),
            ("230200000000", "230000000000", 1, "倒"),
            ("230201000000", "230200000000", 3, "倒之下"),
        ]);
        assert_eq!(paths, ["23"]);
        assert_eq!(
            notes,
            [
                (5, NoteKind::UnknownParent),
                (6, NoteKind::BadLevel),
                (7, NoteKind::UnknownParent),
                (3, NoteKind::Cycle),
                (4, NoteKind::Cycle)
            ]
        );
    }
}
