//! However often, in whatever order and from wherever a queue of answers is sent, each answer counts once.

use std::cell::Cell;

use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::json;

use crate::{
    collect_kit::{NEWCOMERS, Studio, newcomers},
    world::{RESIDENTS, World, identity},
};

/// A delivery: which answer, and whether by the phone's own page (else by ODK Collect).
type Delivery = (usize, bool);

/// Every answer at least once, with repetitions, in any order.
fn deliveries() -> impl Strategy<Value = Vec<Delivery>> {
    (1usize..5)
        .prop_flat_map(|answers| {
            let again = proptest::collection::vec((0..answers, any::<bool>()), 0..10);
            let first = proptest::collection::vec(any::<bool>(), answers);
            (first, again).prop_map(|(first, again)| first.into_iter().enumerate().chain(again).collect::<Vec<_>>())
        })
        .prop_shuffle()
}

/// The answer `number` of a case: a household with one, two or three members.
fn answer(case: u16, number: usize) -> (String, Vec<String>) {
    let id = |kind: usize| format!("6f1c2f1e-{case:04}-4000-8000-{number:06}{kind:06}");
    let members: Vec<(String, String, String)> = (1..=1 + number % 3)
        .map(|at| (id(at), "王成员".to_owned(), identity("19820202", case * 16 + (number * 3 + at) as u16)))
        .collect();
    let xml = newcomers(&format!("{case}-{number}"), &id(0), "王户主", &members);
    (xml, std::iter::once(id(0)).chain(members.into_iter().map(|(id, ..)| id)).collect())
}

#[test]
fn a_queue_sent_in_any_order_and_any_number_of_times_counts_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, street, community, form) = runtime.block_on(async {
        let world = World::start().await;
        let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
        let form = street.publish(NEWCOMERS).await;
        (world, street, community, form)
    });
    let phone = runtime.block_on(community.phone(None));
    let responses =
        async || street.get(&format!("/api/forms/{form}")).await.1["responses"].as_u64().unwrap_or_default();
    let (cases, before) = (Cell::new(0u16), Cell::new(0));
    let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 30, ..Config::default() };
    let outcome = TestRunner::new(config).run(&deliveries(), |queue| {
        cases.set(cases.get() + 1);
        let case = cases.get();
        runtime.block_on(async {
            let (evens, odds): (Vec<_>, Vec<_>) = queue.iter().enumerate().partition(|(at, _)| at % 2 == 0);
            let send = async |part: Vec<(usize, &Delivery)>| {
                for (_, (number, page)) in part {
                    let (xml, _) = answer(case, *number);
                    let status = if *page { community.send(&xml).await.0 } else { phone.send(&xml, &[]).await.0 };
                    prop_assert_eq!(status, 201);
                }
                Ok(())
            };
            let (one, two) = tokio::join!(send(evens), send(odds));
            one.and(two)?;

            let answers = queue.iter().map(|(number, _)| number + 1).max().unwrap_or_default();
            let now = responses().await;
            prop_assert_eq!(now - before.get(), answers as u64, "answers that count");
            before.set(now);
            for number in 0..answers {
                let (_, ids) = answer(case, number);
                let (_, household) = community.get(&format!("/api/records/people/household/{}", ids[0])).await;
                prop_assert_eq!(&household["version"], &json!(1), "{}", household);
                for id in &ids[1..] {
                    let (_, member) = community.get(&format!("{RESIDENTS}/{id}")).await;
                    prop_assert_eq!(&member["version"], &json!(1), "{}", member);
                }
            }
            Ok::<(), TestCaseError>(())
        })
    });
    outcome.unwrap();
    drop(world);
}
