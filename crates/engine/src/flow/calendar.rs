//! Working time: office hours of the configuration, holiday tables of the store.

use std::sync::Arc;

use linli_domain::calendar::Calendar;
use linli_store::{ReadTx, StoreError};

use crate::Engine;

/// The calendar; tables are read again after a minute.
pub(crate) fn of(engine: &Engine, tx: &mut ReadTx<'_>) -> Result<Arc<Calendar>, StoreError> {
    let now = engine.now();
    if let Some(known) = engine.flows.calendar(now) {
        return Ok(known);
    }
    let config = &engine.config.calendar;
    let mut calendar = Calendar::new(config.hours.0.clone(), config.estimate);
    for (year, days) in tx.holidays()? {
        calendar.add_year(year, days);
    }
    let calendar = Arc::new(calendar);
    engine.flows.put_calendar(Some(Arc::clone(&calendar)), now);
    Ok(calendar)
}
