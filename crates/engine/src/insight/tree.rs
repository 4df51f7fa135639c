//! Areas at and below one, as they are valid on a day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{Area, AreaPath};
use linli_store::ReadTx;

use crate::Problem;

/// Segments of the path of a community.
const STATISTICAL: usize = 5;

/// Areas by path, those that are closed among them.
pub(super) struct Tree {
    areas: BTreeMap<String, Area>,
}

impl Tree {
    pub(super) fn read(tx: &mut ReadTx<'_>, root: &Area) -> Result<Self, Problem> {
        let mut areas = BTreeMap::new();
        tx.areas_below(&root.path, &mut |area| {
            areas.insert(area.path.as_str().to_owned(), area);
            Ok(())
        })?;
        Ok(Self { areas })
    }

    /// The areas of a kind at or below `within` that are valid on a day, by path.
    pub(super) fn of_kind<'a>(
        &'a self,
        kind: &'a str,
        within: &'a AreaPath,
        on: Date,
    ) -> impl Iterator<Item = &'a Area> {
        let inside = self.areas.range(within.as_str().to_owned()..within.below().1);
        inside
            .map(|(_, area)| area)
            .filter(move |area| area.kind == kind && valid(area, on) && within.covers(&area.path))
    }

    /// All areas that are valid on a day.
    pub(super) fn valid_on(&self, on: Date) -> impl Iterator<Item = &Area> {
        self.areas.values().filter(move |area| valid(area, on))
    }

    /// The area of a kind at or above a path.
    pub(super) fn above(&self, path: &AreaPath, kind: &str) -> Option<&Area> {
        let mut ancestry = path.ancestry();
        ancestry.reverse();
        ancestry.iter().filter_map(|path| self.areas.get(path.as_str())).find(|area| area.kind == kind)
    }

    /// The kind of area most areas directly below the root are of.
    pub(super) fn next_kind(&self, root: &Area, on: Date) -> Option<String> {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let below = self.areas.values().filter(|area| valid(area, on) && area.parent.as_deref() == Some(&root.code));
        below.for_each(|area| *kinds.entry(&area.kind).or_default() += 1);
        kinds.into_iter().max_by_key(|(_, count)| *count).map(|(kind, _)| kind.to_owned())
    }

    /// Areas below the root, down to the community, that came or went after a day.
    pub(super) fn changed_since(&self, day: Date) -> Vec<&Area> {
        let later = |date: Option<Date>| date.is_some_and(|date| date > day);
        // Below the community the city draws its own lines, and no figure compares those of two days.
        let statistical = |area: &&Area| area.path.as_str().split('/').count() <= STATISTICAL;
        self.areas.values().filter(statistical).filter(|area| later(area.valid_from) || later(area.valid_to)).collect()
    }
}

/// Whether an area is valid on a day.
pub(super) fn valid(area: &Area, on: Date) -> bool {
    area.valid_from.is_none_or(|from| from <= on) && area.valid_to.is_none_or(|to| on <= to)
}
