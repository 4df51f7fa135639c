//! Areas as answers name them, remembered for a minute: a list of fifty records names the same few areas again and again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use linli_domain::{AreaPath, Timestamp};
use linli_store::{ReadTx, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Engine;

const SECONDS: i64 = 60;
const MOST: usize = 100_000;

/// An area as answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AreaRef {
    /// Code.
    pub code: String,
    /// Path.
    pub path: String,
    /// Kind: `community`, `grid` …
    pub kind: String,
    /// Name.
    pub name: String,
    /// Names from the city down: `哈尔滨市 / 道里区 / 兆麟街道`.
    pub full_name: String,
}

/// Names seen a moment ago, by path.
#[derive(Default)]
pub struct NameCache {
    names: Mutex<HashMap<String, (Timestamp, Arc<AreaRef>)>>,
}

impl NameCache {
    fn get(&self, path: &AreaPath, now: Timestamp) -> Option<Arc<AreaRef>> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, name) = names.get(path.as_str())?;
        (now >= *at && now < at.plus_seconds(SECONDS)).then(|| name.clone())
    }

    fn put(&self, name: Arc<AreaRef>, now: Timestamp) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST {
            names.clear();
        }
        names.insert(name.path.clone(), (now, name));
    }

    pub(super) fn clear(&self) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Engine {
    /// How answers name the area at `path`. An area that is no longer there is named by its path.
    pub fn area_ref(&self, tx: &mut ReadTx<'_>, path: &AreaPath) -> Result<AreaRef, StoreError> {
        let now = self.now();
        if let Some(name) = self.area_names.get(path, now) {
            return Ok(AreaRef::clone(&name));
        }
        let ancestry = tx.area_ancestry(path)?;
        let named: Vec<&str> =
            ancestry.iter().filter(|area| area.kind != "province").map(|area| area.name.as_str()).collect();
        let Some(area) = ancestry.last().filter(|area| area.path == *path) else {
            let text = path.to_string();
            return Ok(AreaRef {
                code: String::new(),
                path: text.clone(),
                kind: String::new(),
                name: text.clone(),
                full_name: text,
            });
        };
        let full_name = if named.is_empty() { area.name.clone() } else { named.join(" / ") };
        let name = AreaRef {
            code: area.code.clone(),
            path: path.to_string(),
            kind: area.kind.clone(),
            name: area.name.clone(),
            full_name,
        };
        self.area_names.put(Arc::new(name.clone()), now);
        Ok(name)
    }
}
