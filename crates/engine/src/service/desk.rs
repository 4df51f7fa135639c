//! The counter's day: who waits, who has an appointment, what came in.

use linli_domain::{Actor, Verb};
use linli_store::tables::{CaseQuery, CaseSort};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AppointmentView, FLOW, WaitingView, appointments, queue, subject};
use crate::{
    Engine, Problem,
    area::{self, AreaRef},
    flow::{self, CaseView},
};

/// Most applications shown.
const MOST: u32 = 50;

/// The counter's day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeskView {
    /// Desk.
    pub area: AreaRef,
    /// Day.
    pub day: String,
    /// Numbers of the day, in order.
    pub queue: Vec<WaitingView>,
    /// Appointments of the day, in order.
    pub appointments: Vec<AppointmentView>,
    /// Applications that are not done, what is due first.
    pub applications: Vec<CaseView>,
    /// How many there are.
    pub open: u64,
    /// How many came today.
    pub today: u64,
}

/// The counter's day at a desk in one's scope.
pub async fn desk(engine: &Engine, actor: &Actor, code: String) -> Result<DeskView, Problem> {
    let permit = engine.permit(actor, Verb::Edit, subject())?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let here = area::in_scope(tx, permit.scope(), &code)?;
            let (now, local) = (engine2.now(), permit.within(&here.path));
            let day = now.china_date();
            let numbers = tx.queue(&local, day)?;
            let ahead =
                |number: i64| numbers.iter().filter(|one| one.state == "waiting" && one.number < number).count();
            let waiting = numbers
                .iter()
                .map(|one| queue::view(&engine2, one, u32::try_from(ahead(one.number)).unwrap_or(u32::MAX)));
            let waiting: Vec<WaitingView> = waiting.collect();
            let mut booked = Vec::new();
            for one in tx.appointments(&local, day, day)? {
                booked.push(appointments::view(&engine2, tx, &one, false)?);
            }
            let who = flow::Who::of(&engine2, tx, &actor)?;
            let query = CaseQuery {
                flows: vec![FLOW.into()],
                open: Some(true),
                area: Some(here.path.clone()),
                sort: CaseSort::Due,
                limit: MOST,
                ..CaseQuery::default()
            };
            let open = tx.count_cases(&who.reader, &query)?;
            let midnight =
                linli_domain::Timestamp(linli_domain::Timestamp::end_of_china_day(day).0 + 1 - 86_400_000_000);
            let since = CaseQuery { open: None, from: Some(midnight), ..query.clone() };
            let today = tx.count_cases(&who.reader, &since)?;
            let cases = tx.cases(&who.reader, &query)?;
            let applications = flow::views(&engine2, tx, &who, cases)?;
            let area = engine2.area_ref(tx, &here.path)?;
            Ok(DeskView { area, day: day.to_string(), queue: waiting, appointments: booked, applications, open, today })
        })
        .await
}
