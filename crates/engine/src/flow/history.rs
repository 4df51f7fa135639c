//! What happened to a case, in words.

use std::collections::BTreeMap;

use linli_domain::{
    Field,
    catalogue::Sensitivity,
    flow::{Flow, PartyState},
};
use linli_store::{ReadTx, tables::EventRow};

use super::{
    form,
    live::{Live, event_of},
    model::{HistoryItem, Named, PartyView, ShownValue},
    view::{Viewer, action_label, confidential_name},
};
use crate::{Problem, register::moment, sheet::show::Labels};

/// The history of a case. `clear`: whether sensitive values are shown.
pub(super) fn items(
    viewer: &Viewer<'_>,
    tx: &mut ReadTx<'_>,
    live: &Live,
    rows: &[EventRow],
    clear: bool,
) -> Result<Vec<HistoryItem>, Problem> {
    let catalogue = viewer.engine.catalogue();
    let labels = Labels::of(&catalogue);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let flow = &live.flow;
        let event = event_of(flow, row);
        let state = |name: &str| flow.state(name).map(|state| state.label.text(viewer.lang).to_owned());
        let rated = event.effects.rated.is_some();
        let hidden = rated && flow.evaluation.as_ref().is_none_or(|evaluation| evaluation.confidential);
        let party = event.party.and_then(|at| live.state.core.parties.get(at)).filter(|_| !hidden);
        let shown = |field: &Field| clear || field.sensitivity != Sensitivity::Sensitive;
        let values = flow.fields.iter().filter(|field| shown(field)).filter_map(|field| {
            let value = event.values.get(&field.name)?;
            let label = field.label.text(viewer.lang).to_owned();
            Some(ShownValue { label, shown: labels.text(field, value, viewer.lang) })
        });
        items.push(HistoryItem {
            seq: event.seq,
            at: moment(event.at),
            by: if hidden { confidential_name().text(viewer.lang).to_owned() } else { event.by_name.clone() },
            action: Named {
                name: event.action.clone(),
                label: action_label(flow, &event.action).text(viewer.lang).to_owned(),
            },
            from: state(&event.from),
            to: (event.from != event.to).then(|| state(&event.to)).flatten(),
            note: event.note.clone().filter(|_| !hidden),
            party: party.map(|party| viewer.party_label(tx, &party.key)).transpose()?,
            values: values.collect(),
            files: event.files.clone(),
            form: match &event.answer {
                Some(answer) => form::shown(viewer.engine, tx, flow, answer, viewer.lang)?,
                None => None,
            },
        });
    }
    Ok(items)
}

/// Parties of a case, with what they said when they reported.
pub(super) fn parties(
    viewer: &Viewer<'_>,
    tx: &mut ReadTx<'_>,
    live: &Live,
    rows: &[EventRow],
) -> Result<Vec<PartyView>, Problem> {
    // The last event in which each party acted.
    let mut acted: BTreeMap<usize, &EventRow> = BTreeMap::new();
    for row in rows {
        acted.extend(row.party.map(|at| (at, row)));
    }
    let mut views = Vec::with_capacity(live.state.core.parties.len());
    for (at, party) in live.state.core.parties.iter().enumerate() {
        let reported = party.state == PartyState::Reported || party.state == PartyState::Declined;
        let last = acted.get(&at).filter(|_| reported);
        let unit = match party.key {
            linli_domain::flow::PartyKey::Unit(unit) => Some(viewer.unit(unit)),
            _ => None,
        };
        views.push(PartyView {
            name: party.name.clone(),
            key: party.key.to_string(),
            label: viewer.party_label(tx, &party.key)?,
            kind: kind(&live.flow, &party.name),
            unit,
            state: party.state.name().to_owned(),
            since: moment(party.since),
            due: linli_domain::flow::due_of(&live.flow, &live.state, at).map(moment),
            reported_at: reported.then(|| moment(party.since)),
            note: last.and_then(|row| row.body["note"].as_str().map(str::to_owned)),
        });
    }
    Ok(views)
}

fn kind(flow: &Flow, name: &str) -> String {
    flow.party(name).map_or("role", |party| party.kind.name()).to_owned()
}
