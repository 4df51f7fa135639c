//! Notices, what leaves the house, and recurring duties: once each, and nothing lost when a process dies.

use std::collections::BTreeSet;

use linli_domain::{RecordId, Subject, Verb};
use linli_store::{
    StoreError, WriteError,
    tables::{Channel, Notice, Occurrence, OccurrenceQuery, OutboxQuery, Outgoing, OutgoingState, ScheduleOn},
};
use serde_json::json;

use crate::support::{World, area, may, on_both};

fn message(world: &World, target: &str, event: &str) -> Outgoing {
    Outgoing {
        id: world.id(),
        target: target.into(),
        event: event.into(),
        kind: "webhook".into(),
        area: Some(area("23/01/001")),
        state: OutgoingState::Waiting,
        at: world.clock.peek(),
        due: world.clock.peek(),
        attempts: 0,
        done: None,
        error: None,
        body: json!({ "title": "题" }),
    }
}

fn put(world: &World, messages: Vec<Outgoing>) -> Vec<bool> {
    let put = move |tx: &mut linli_store::WriteTx<'_>| messages.iter().map(|one| tx.put_outgoing(one)).collect();
    world.store.write_blocking::<Vec<bool>, StoreError>(put).unwrap()
}

fn take(world: &World, busy: &[&str]) -> Vec<RecordId> {
    let busy: Vec<String> = busy.iter().map(|target| (*target).to_owned()).collect();
    let taken = world.store.write_blocking::<_, StoreError>(move |tx| tx.take_outgoing(10, &busy, 60)).unwrap();
    taken.into_iter().map(|one| one.id).collect()
}

#[test]
fn an_account_is_told_once_of_an_event_and_reads_only_its_own() {
    on_both(|world| {
        let (one, other) = (world.id(), world.id());
        let notice = |account: RecordId, event: &str| Notice {
            account,
            id: world.id(),
            event: event.into(),
            kind: "task".into(),
            at: world.clock.peek(),
            due: world.clock.peek().plus_seconds(if event == "b" { 60 } else { 0 }),
            read: None,
            urgent: false,
            body: json!({ "title": { "zh": "赵一的事", "en": "about" } }),
        };
        let all = [notice(one, "a"), notice(one, "a"), notice(other, "a"), notice(one, "b")];
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                let new: Vec<bool> = all.iter().map(|one| tx.put_notice(one)).collect::<Result<_, _>>()?;
                assert_eq!(new, [true, false, true, true]);
                assert_eq!(tx.read_notices(other, Some(&[all[0].id, all[3].id]))?, 0, "not theirs to read");
                assert_eq!((tx.unread_notices(one)?, tx.unread_notices(other)?), (2, 1));
                let found = tx.notices(one, true, None, 10)?;
                assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [all[3].id, all[0].id], "newest first");
                assert_eq!(found[0].body, all[3].body);
                assert_eq!(tx.notices_due(one, all[3].due, all[3].due, 10)?.len(), 1);
                assert_eq!(tx.read_notices(one, None)?, 2);
                tx.put_notice_preference(one, &json!({ "email": "a@b.cn" }))?;
                tx.put_notice_preference(one, &json!({ "email": "c@b.cn" }))?;
                assert_eq!(tx.notice_preference(one)?.unwrap()["email"], "c@b.cn");
                assert_eq!(tx.notice_preference(other)?, None);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_event_is_taken_by_one_process_only() {
    on_both(|world| {
        for number in 0..60 {
            let told = json!({ "number": number });
            world.store.write_blocking::<_, StoreError>(move |tx| tx.hear("case.moved", &told)).unwrap();
        }
        let take = || {
            let mut all = Vec::new();
            loop {
                let heard = world.store.write_blocking::<_, StoreError>(|tx| tx.take_heard(7)).unwrap();
                if heard.is_empty() {
                    return all;
                }
                all.extend(heard.into_iter().map(|one| one.payload["number"].as_i64().unwrap()));
            }
        };
        let taken: Vec<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(taken.len(), 60);
        assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 60);
    });
}

#[test]
fn a_message_taken_by_a_process_that_died_is_taken_again() {
    on_both(|world| {
        let first = message(world, "c:1", "a");
        let id = first.id;
        assert_eq!(
            put(world, vec![first, message(world, "c:1", "a"), message(world, "c:2", "a")]),
            [true, false, true]
        );
        assert_eq!(take(world, &["c:2"]), [id], "the busy receiver's waits");
        assert_eq!(take(world, &["c:2"]), [], "leased");
        world.clock.advance(61);
        assert_eq!(take(world, &["c:2"]), [id], "nothing was heard of it: it is due again");
        let retry = world.clock.peek().plus_seconds(600);
        let settle = move |tx: &mut linli_store::WriteTx<'_>| {
            tx.settle_outgoing(id, OutgoingState::Waiting, Some("HTTP 500"), Some(retry))
        };
        world.store.write_blocking::<_, StoreError>(settle).unwrap();
        assert_eq!(take(world, &["c:2"]), []);
        world.clock.advance(601);
        assert_eq!(take(world, &["c:2"]), [id]);
    });
}

#[test]
fn what_was_given_up_is_seen_and_sent_again_within_ones_areas_only() {
    on_both(|world| {
        let one = message(world, "c:1", "a");
        let id = one.id;
        put(world, vec![one]);
        let permit = may(Verb::Manage, Subject::Notices, &["23/01"]);
        let elsewhere = may(Verb::Manage, Subject::Notices, &["23/02"]);
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.settle_outgoing(id, OutgoingState::Failed, Some("HTTP 500"), None)?;
                let query = OutboxQuery { state: Some(OutgoingState::Failed), before: None, limit: 10 };
                let seen = tx.outbox(&permit, &query)?;
                assert_eq!((seen.len(), seen[0].error.as_deref()), (1, Some("HTTP 500")));
                assert_eq!(seen[0].body, json!({ "title": "题" }));
                assert!(tx.outbox(&elsewhere, &query)?.is_empty());
                assert_eq!(tx.outbox_counts(&permit)?, [(OutgoingState::Failed, 1)]);
                assert!(!tx.retry_outgoing(&elsewhere, id)? && tx.retry_outgoing(&permit, id)?);
                assert!(!tx.retry_outgoing(&permit, id)?, "it waits already");
                assert_eq!(tx.drop_outgoing("c:1")?, 1);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_channel_is_kept_sealed_and_within_its_area() {
    on_both(|world| {
        let channel = Channel {
            id: world.id(),
            kind: "wecom".into(),
            area: area("23/01/001"),
            events: vec!["case.opened".into(), "clock.overdue".into()],
            state: "on".into(),
            created: world.clock.peek(),
            by: world.id(),
            by_name: "某".into(),
            body: json!({ "url": "https://example.com/key" }),
        };
        let permit = may(Verb::Manage, Subject::Notices, &["23/01"]);
        let elsewhere = may(Verb::Manage, Subject::Notices, &["23/02"]);
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                assert!(matches!(tx.put_channel(&elsewhere, &channel), Err(WriteError::OutOfScope)));
                tx.put_channel(&permit, &channel)?;
                assert_eq!(tx.channels(&permit)?, std::slice::from_ref(&channel));
                assert_eq!(tx.channel(&elsewhere, channel.id)?, None);
                tx.drop_channel(&permit, &channel)?;
                assert!(tx.channels(&permit)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_occurrence_opens_once_and_a_schedule_is_in_force_below_an_area() {
    on_both(|world| {
        let day = "2026-10-08".parse().unwrap();
        let occurrence = Occurrence {
            home: "2301001".into(),
            schedule: "party/joint_meeting".into(),
            area: "2301001".into(),
            day,
            path: area("23/01/001"),
            state: "opened".into(),
            held_on: day,
            chair: Some("x".into()),
            chair_name: Some("某单位".into()),
            case: Some(world.id()),
            number: Some("LX-1".into()),
            reason: None,
            by_name: "系统".into(),
            at: world.clock.peek(),
        };
        let on = ScheduleOn {
            schedule: "party/joint_meeting".into(),
            area: area("23/01"),
            since: day,
            by_name: "某".into(),
            at: world.clock.peek(),
        };
        let all = may(Verb::Manage, Subject::Schedules, &["23/01"]);
        let below = may(Verb::Read, Subject::Schedules, &["23/01/001"]);
        let elsewhere = may(Verb::Edit, Subject::Schedules, &["23/02"]);
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                let planned = Occurrence { state: "planned".into(), case: None, number: None, ..occurrence.clone() };
                tx.put_occurrence(&all, &planned)?;
                assert!(tx.open_occurrence(&all, &occurrence)?, "what was planned is opened");
                assert!(!tx.open_occurrence(&all, &occurrence)?, "and only once");
                assert!(matches!(tx.put_occurrence(&elsewhere, &occurrence), Err(WriteError::OutOfScope)));
                let skipped =
                    Occurrence { state: "skipped".into(), reason: Some("停电".into()), ..occurrence.clone() };
                tx.put_occurrence(&all, &skipped)?;
                let query = OccurrenceQuery { from: Some(day), to: Some(day), ..OccurrenceQuery::default() };
                assert_eq!(tx.occurrences(&below, &query)?, std::slice::from_ref(&skipped));
                assert!(tx.occurrences(&elsewhere, &query)?.is_empty());
                assert_eq!(tx.occurrence(&below, &skipped.schedule, "2301001", day)?, Some(skipped));
                tx.put_schedule_on(&all, &on)?;
                assert_eq!(tx.schedules_on(&below)?, std::slice::from_ref(&on), "in force from above");
                assert!(tx.schedules_on(&elsewhere)?.is_empty());
                assert!(tx.drop_schedule_on(&all, &on.schedule, &on.area)?);
                assert!(!tx.drop_schedule_on(&all, &on.schedule, &on.area)?);
                Ok(())
            })
            .unwrap();
    });
}
