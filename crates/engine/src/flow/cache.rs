//! What was seen a moment ago: flows of the Catalogue in force, the calendar, places of areas.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use linli_domain::{AreaPath, Catalogue, Timestamp, calendar::Calendar, flow::Flow};
use linli_store::{ReadTx, StoreError};

use crate::Engine;

/// Seconds for which the calendar and places of areas are believed.
const SECONDS: i64 = 60;
/// Places remembered.
const MOST: usize = 100_000;

type Places = HashMap<String, (Timestamp, Option<AreaPath>)>;

/// Definitions, by flow and version, of one Catalogue.
#[derive(Default)]
struct Definitions {
    catalogue: Option<Arc<Catalogue>>,
    flows: HashMap<(String, String), Arc<Flow>>,
    /// Versions that are kept for the cases that run on them.
    kept: std::collections::HashSet<(String, String)>,
}

/// What was seen a moment ago.
#[derive(Default)]
pub struct Cache {
    definitions: Mutex<Definitions>,
    calendar: Mutex<Option<(Timestamp, Arc<Calendar>)>>,
    places: Mutex<Places>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cache {
    /// The flow `name` in `version`, when it was seen under this Catalogue.
    pub(super) fn flow(&self, catalogue: &Arc<Catalogue>, name: &str, version: &str) -> Option<Arc<Flow>> {
        let mut held = locked(&self.definitions);
        if !held.catalogue.as_ref().is_some_and(|known| Arc::ptr_eq(known, catalogue)) {
            *held = Definitions { catalogue: Some(Arc::clone(catalogue)), ..Definitions::default() };
        }
        held.flows.get(&(name.to_owned(), version.to_owned())).cloned()
    }

    pub(super) fn put_flow(&self, flow: &Arc<Flow>) {
        locked(&self.definitions).flows.insert((flow.name.clone(), flow.version.clone()), Arc::clone(flow));
    }

    /// Whether this version is known to be kept.
    pub(super) fn is_kept(&self, flow: &Flow) -> bool {
        locked(&self.definitions).kept.contains(&(flow.name.clone(), flow.version.clone()))
    }

    /// Notes that it is: a transaction that kept it was committed.
    pub(super) fn note_kept(&self, flow: &Flow) {
        locked(&self.definitions).kept.insert((flow.name.clone(), flow.version.clone()));
    }

    pub(super) fn calendar(&self, now: Timestamp) -> Option<Arc<Calendar>> {
        let held = locked(&self.calendar);
        let (at, calendar) = held.as_ref()?;
        (now >= *at && now < at.plus_seconds(SECONDS)).then(|| Arc::clone(calendar))
    }

    pub(super) fn put_calendar(&self, calendar: Option<Arc<Calendar>>, now: Timestamp) {
        *locked(&self.calendar) = calendar.map(|calendar| (now, calendar));
    }

    /// Forgets places of areas: one was moved.
    pub fn forget_areas(&self) {
        locked(&self.places).clear();
    }
}

impl Engine {
    /// Where the area `code` lies; `None` when there is none.
    pub(crate) fn area_place(&self, tx: &mut ReadTx<'_>, code: &str) -> Result<Option<AreaPath>, StoreError> {
        let now = self.now();
        if let Some((at, place)) = locked(&self.flows.places).get(code)
            && now >= *at
            && now < at.plus_seconds(SECONDS)
        {
            return Ok(place.clone());
        }
        let place = tx.area(code)?.map(|area| area.path);
        let mut places = locked(&self.flows.places);
        if places.len() >= MOST {
            places.clear();
        }
        places.insert(code.to_owned(), (now, place.clone()));
        Ok(place)
    }
}
