//! The area tree with its validity and former names.

use jiff::civil::Date;
use linli_domain::{Area, AreaPath, Permit, Scope};

use crate::{AreaNode, ReadTx, StoreError, WriteError, WriteTx};

/// A name an area had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Name.
    pub name: String,
    /// First day, `None` when always.
    pub from: Option<Date>,
    /// Last day.
    pub to: Date,
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// The area with a code.
    pub fn area(&mut self, code: &str) -> Result<Option<Area>, StoreError> {
        unimplemented!()
    }

    /// The area at a path.
    pub fn area_at(&mut self, path: &AreaPath) -> Result<Option<Area>, StoreError> {
        unimplemented!()
    }

    /// Areas by code, in one statement; absent ones are left out.
    pub fn areas(&mut self, codes: &[&str]) -> Result<Vec<Area>, StoreError> {
        unimplemented!()
    }

    /// Children of `parent` that lie in the scope and are valid on `on`, by code. Without a parent: the tops of the scope.
    pub fn area_children(
        &mut self,
        scope: &Scope,
        parent: Option<&str>,
        on: Date,
    ) -> Result<Vec<AreaNode>, StoreError> {
        unimplemented!()
    }

    /// Areas in the scope by part of the name, beginning of the pinyin initials, or beginning of the code; the shortest path first.
    pub fn area_search(
        &mut self,
        scope: &Scope,
        text: &str,
        kind: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Area>, StoreError> {
        unimplemented!()
    }

    /// The areas from the root to `path`.
    pub fn area_ancestry(&mut self, path: &AreaPath) -> Result<Vec<Area>, StoreError> {
        unimplemented!()
    }

    /// Every area at or below `path`, by path.
    pub fn areas_below(
        &mut self,
        path: &AreaPath,
        each: &mut dyn FnMut(Area) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Every area, by code, streamed.
    pub fn areas_all(&mut self, each: &mut dyn FnMut(Area) -> Result<(), StoreError>) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// How many areas there are.
    pub fn area_count(&mut self) -> Result<u64, StoreError> {
        unimplemented!()
    }

    /// Names an area had before, oldest first.
    pub fn area_names(&mut self, code: &str) -> Result<Vec<FormerName>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Makes or changes an area (permit: `Areas`, `Manage`).
    pub fn put_area(&mut self, permit: &Permit, area: &Area) -> Result<(), WriteError> {
        unimplemented!()
    }

    /// [`Self::put_area`] for many by few statements.
    pub fn put_areas(&mut self, permit: &Permit, areas: &[Area]) -> Result<(), WriteError> {
        unimplemented!()
    }

    /// Closes an area: `last_day` is its last day of validity.
    pub fn close_area(&mut self, permit: &Permit, code: &str, last_day: Date) -> Result<(), WriteError> {
        unimplemented!()
    }

    /// Renames an area from a day on and keeps the old name with its dates.
    pub fn rename_area(
        &mut self,
        permit: &Permit,
        code: &str,
        name: &str,
        initials: &str,
        from: Date,
    ) -> Result<(), WriteError> {
        unimplemented!()
    }

    /// Moves an area below another parent: rewrites the paths of its subtree and of all rows, past ones too, that stand on it.
    /// At or above the community the rows keep their home; below it they take the home of the new parent.
    pub fn move_area(&mut self, permit: &Permit, code: &str, new_parent: &str) -> Result<u64, WriteError> {
        unimplemented!()
    }
}
