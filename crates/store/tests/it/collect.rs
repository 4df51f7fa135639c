//! Forms, answers, tokens, offline updates, conflicts and public links.

use linli_domain::{Permit, RecordId, Scope, Subject, Timestamp, Value, Values, Verb, record::Ended};
use linli_store::{
    Database, Store, StoreError, WriteError,
    tables::{
        Conflict, ConflictKind, ConflictState, Form, FormMedia, FormState, FormVersion, HeldUpdate, Link, LinkKind,
        LinkToken, PhoneToken, Submission, SubmissionFile, SubmissionQuery, SubmissionState, TokenKind, VersionState,
        forms::{DRAFT, slot_of},
    },
};
use serde_json::json;

use crate::support::{RESIDENT, World, area, edit, may, on_both, on_residents, postgres_do, sqlite};

const COMMUNITY: &str = "23/01/001";

fn forms(areas: &[&str]) -> Permit {
    may(Verb::Manage, Subject::Forms, areas)
}

fn answers(verb: Verb, areas: &[&str]) -> Permit {
    may(verb, Subject::Responses, areas)
}

fn form(world: &World, form_id: &str, path: &str) -> Form {
    Form {
        id: world.id(),
        form_id: form_id.into(),
        title: "入户走访".into(),
        area: area(path),
        state: FormState::Draft,
        published: None,
        pack: None,
        settings: json!({}),
        created: Timestamp(1),
        updated: Timestamp(1),
        by: RecordId(uuid::Uuid::from_u128(7)),
        by_name: "测试员".into(),
    }
}

fn answer(world: &World, form: RecordId, instance: &str, path: &str, at: i64) -> Submission {
    Submission {
        id: world.id(),
        home: path.split('/').take(3).collect(),
        path: area(path),
        instance: instance.into(),
        form,
        version: "1".into(),
        draft: false,
        state: SubmissionState::Received,
        flags: 0,
        missing: 0,
        received: Timestamp(at),
        by: RecordId(uuid::Uuid::from_u128(7)),
        by_name: "测试员".into(),
        device: Some("collect:x".into()),
        source: None,
        task: None,
        assignment: None,
        replaces: None,
        replaced_by: None,
        hash: [3; 32],
        detail: json!({ "flags": [] }),
    }
}

#[test]
fn a_form_is_seen_in_its_area_below_it_and_above_it_and_nowhere_else() {
    on_both(|world| {
        let (street, other) = (form(world, "census", "23/01"), form(world, "other", "23/02/001"));
        let kept = [street.clone(), other];
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                for form in &kept {
                    tx.put_form(&forms(&[]), form)?;
                }
                Ok(())
            })
            .unwrap();
        let seen = |areas: &'static [&'static str]| {
            let forms = world.store.read_blocking::<_, StoreError>(move |tx| tx.forms(&forms(areas))).unwrap();
            forms.into_iter().map(|form| form.form_id).collect::<Vec<_>>()
        };
        assert_eq!(seen(&["23/01/001/G1"]), ["census"]);
        assert_eq!(seen(&["23/02"]), ["other"]);
        assert_eq!(seen(&["23/02/001/G1"]), ["other"]);
        assert_eq!(seen(&["23/03"]), [""; 0]);
        assert_eq!(seen(&[]).len(), 2);

        let twice = form(world, "census", "23/01");
        let refused = world.store.write_blocking(move |tx| tx.put_form(&forms(&[]), &twice));
        assert_eq!(refused, Err(WriteError::Store(StoreError::Exists("census".into()))));
        let outside = world.store.write_blocking(move |tx| tx.put_form(&forms(&["23/02"]), &street));
        assert_eq!(outside, Err(WriteError::OutOfScope));
    });
}

#[test]
fn a_draft_and_published_versions_stand_beside_each_other() {
    on_both(|world| {
        let kept = form(world, "census", COMMUNITY);
        let version = |slot: String, xml: &str| FormVersion {
            form: kept.id,
            slot,
            version: "1".into(),
            state: VersionState::Draft,
            hash: "abc".into(),
            file_name: "census.xlsx".into(),
            xml: xml.into(),
            compiled: json!({ "questions": [] }),
            at: Timestamp(2),
            by: kept.by,
            by_name: kept.by_name.clone(),
        };
        let (draft, published) = (version(DRAFT.into(), "<a/>"), version(slot_of("1"), "<b/>"));
        let media =
            FormMedia { name: "a.png".into(), sha256: "00".into(), md5: "11".into(), size: 3, at: Timestamp(3) };
        let form = kept.clone();
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                let permit = forms(&[]);
                tx.put_form(&permit, &form)?;
                tx.put_form_version(&permit, &draft, b"draft")?;
                tx.put_form_version(&permit, &published, b"published")?;
                tx.put_form_media(&permit, form.id, DRAFT, &media)?;
                assert_eq!(tx.form_media(form.id, DRAFT)?, std::slice::from_ref(&media));
                tx.set_form_version(&permit, form.id, &slot_of("1"), VersionState::Retired, &json!({ "n": 1 }))?;
                let found = tx.form_version(&form, &slot_of("1"))?.unwrap();
                assert_eq!(
                    (found.state, found.xml.as_str(), &found.compiled["n"]),
                    (VersionState::Retired, "<b/>", &json!(1))
                );
                assert_eq!(tx.form_source(&form, &slot_of("1"))?.as_deref(), Some(&b"published"[..]));
                assert_eq!(tx.form_versions(&form)?.len(), 2);
                tx.drop_form_draft(&permit, form.id)?;
                assert!(tx.form_version(&form, DRAFT)?.is_none() && tx.form_media(form.id, DRAFT)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_instance_counts_once_wherever_it_is_sent_from() {
    on_both(|world| {
        let form = world.id();
        let (first, again) =
            (answer(world, form, "uuid:1", COMMUNITY, 5), answer(world, form, "uuid:1", "23/01/002", 6));
        let test = Submission { draft: true, ..answer(world, form, "uuid:1", COMMUNITY, 7) };
        let (id, known) = (first.id, (first.id, first.home.clone()));
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                let permit = answers(Verb::Create, &[]);
                assert_eq!(tx.put_submission(&permit, &first, "<x>230102195003120115</x>")?, None);
                let told = tx.put_submission(&permit, &again, "<x/>")?.unwrap();
                assert_eq!(((told.id, told.home), told.hash), (known.clone(), [3; 32]));
                assert_eq!(tx.put_submission(&permit, &test, "<x/>")?, None, "tests of a draft are apart");
                let outside = tx.put_submission(&answers(Verb::Create, &["23/02"]), &first, "<x/>");
                assert_eq!(outside, Err(WriteError::OutOfScope));
                Ok(())
            })
            .unwrap();
        let read = move |areas: &'static [&'static str]| {
            world
                .store
                .read_blocking::<_, StoreError>(move |tx| {
                    let found = tx.submission(&answers(Verb::Read, areas), "uuid:1", false)?;
                    found.map(|found| Ok((found.id, tx.submission_xml(&found)?))).transpose()
                })
                .unwrap()
        };
        assert_eq!(read(&["23/01"]), Some((id, "<x>230102195003120115</x>".to_owned())));
        assert_eq!(read(&["23/01/002"]), None);
        if let Database::Sqlite(file) = &world.config.database {
            for file in [file.clone(), file.with_extension("db-wal")] {
                let bytes = std::fs::read(file).unwrap_or_default();
                assert!(!bytes.windows(12).any(|part| part == b"230102195003"), "an answer lies in clear");
            }
        }
    });
}

#[test]
fn answers_are_listed_by_area_state_and_page_and_counted() {
    on_both(|world| {
        let form = world.id();
        let mut all: Vec<Submission> =
            (0..6).map(|n| answer(world, form, &format!("uuid:{n}"), COMMUNITY, 100 + n)).collect();
        all[1].path = area("23/02/001");
        all[2].flags = 2;
        let kept = all.clone();
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                let permit = answers(Verb::Create, &[]);
                for one in &kept {
                    tx.put_submission(&permit, one, "<x/>")?;
                }
                let mut replaced = kept[3].clone();
                replaced.state = SubmissionState::Replaced;
                replaced.replaced_by = Some("uuid:4".into());
                tx.set_submission(&permit, &replaced)?;
                let file = SubmissionFile {
                    name: "1.jpg".into(),
                    sha256: "00".into(),
                    size: 9,
                    kind: "image/jpeg".into(),
                    at: Timestamp(4),
                };
                tx.put_submission_file(&kept[0].home, kept[0].id, &file)?;
                tx.put_submission_file(&kept[0].home, kept[0].id, &file)?;
                assert_eq!(tx.submission_files(&kept[0].home, kept[0].id)?, [file]);
                Ok(())
            })
            .unwrap();
        let list = |query: SubmissionQuery, areas: &'static [&'static str]| {
            let found = world
                .store
                .read_blocking::<_, StoreError>(move |tx| tx.submissions(&answers(Verb::Read, areas), &query));
            found.unwrap().into_iter().map(|one| one.instance.replace("uuid:", "")).collect::<String>()
        };
        let all_of = SubmissionQuery::of(form);
        assert_eq!(list(all_of.clone(), &["23/01"]), "5420");
        assert_eq!(list(SubmissionQuery { limit: 2, ..all_of.clone() }, &["23/01"]), "54");
        let after = Some((Timestamp(104), all[4].id));
        assert_eq!(list(SubmissionQuery { after, ..all_of.clone() }, &["23/01"]), "20");
        assert_eq!(list(SubmissionQuery { flagged: true, ..all_of.clone() }, &[]), "2");
        assert_eq!(list(SubmissionQuery { area: Some(area("23/02")), ..all_of.clone() }, &[]), "1");
        let replaced = Some(SubmissionState::Replaced);
        assert_eq!(list(SubmissionQuery { state: replaced, ..all_of }, &[]), "3");
        let counts = world.store.read_blocking::<_, StoreError>(move |tx| {
            let permit = answers(Verb::Read, &["23/01"]);
            Ok((tx.submission_counts(&permit, form)?, tx.last_submission(&permit, form)?))
        });
        let (counts, last) = counts.unwrap();
        assert_eq!((counts.responses, counts.to_review, last), (4, 4, Some(Timestamp(105))));
    });
}

#[test]
fn a_phones_token_is_found_by_itself_and_never_kept_in_clear() {
    on_both(|world| {
        let account = world.id();
        let token = PhoneToken {
            id: world.id(),
            token: "unguessable-token-text".into(),
            account,
            name: "手机".into(),
            kind: TokenKind::Worker,
            form: None,
            created: Timestamp(1),
            last_used: None,
        };
        let kept = token.clone();
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.put_phone_token(&kept)?;
                tx.touch_phone_token(kept.id, Timestamp(9))?;
                let used = PhoneToken { last_used: Some(Timestamp(9)), ..kept.clone() };
                assert_eq!(tx.phone_token("unguessable-token-text")?, Some(used.clone()));
                assert_eq!(tx.phone_tokens(account)?, [used]);
                assert_eq!(tx.phone_token("another")?, None);
                assert!(!tx.drop_phone_token(RecordId(uuid::Uuid::nil()), kept.id)?);
                assert!(tx.drop_phone_token(account, kept.id)?);
                assert_eq!(tx.phone_token("unguessable-token-text")?, None);
                Ok(())
            })
            .unwrap();
        if let Database::Sqlite(file) = &world.config.database {
            let bytes = std::fs::read(file.with_extension("db-wal")).unwrap_or_default();
            assert!(!bytes.windows(12).any(|part| part == b"unguessable-"), "{}", token.token);
        }
    });
}

#[test]
fn offline_updates_wait_for_their_forerunner_until_it_is_too_late() {
    on_both(|world| {
        let (record, form) = (world.id(), world.id());
        let update = HeldUpdate {
            record,
            branch: "b1".into(),
            base: 3,
            instance: "uuid:3".into(),
            entity: RESIDENT.into(),
            form,
            until: Timestamp(50),
            account: world.id(),
            name: "测试员".into(),
            detail: json!({ "values": { "name": "王芳" } }),
        };
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.put_branch(record, "b1", 1, 2)?;
                assert_eq!(tx.branch_version(record, "b1", 1)?, Some(2));
                assert_eq!(tx.branch_version(record, "b1", 2)?, None);
                tx.hold_update(&update)?;
                tx.hold_update(&update)?;
                assert_eq!(tx.held_updates(record)?, std::slice::from_ref(&update));
                assert!(tx.held_updates(form)?.is_empty());
                assert!(tx.overdue_updates(Timestamp(49), 10)?.is_empty());
                assert_eq!(tx.overdue_updates(Timestamp(50), 10)?, std::slice::from_ref(&update));
                tx.release_update(&update)?;
                assert!(tx.held_updates(record)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn conflicts_are_seen_where_their_record_stands() {
    on_both(|world| {
        let conflict = Conflict {
            id: world.id(),
            home: "2301001".into(),
            path: area(COMMUNITY),
            entity: RESIDENT.into(),
            record: world.id(),
            kind: ConflictKind::Hard,
            state: ConflictState::Open,
            instance: Some("uuid:1".into()),
            form: Some(world.id()),
            at: Timestamp(5),
            by: world.id(),
            by_name: "测试员".into(),
            detail: json!({ "fields": [] }),
            resolved_by: None,
            resolved_at: None,
        };
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                tx.put_conflict(&on_residents(Verb::Edit, &["23/01"]), &conflict)?;
                let outside = tx.put_conflict(&on_residents(Verb::Edit, &["23/02"]), &conflict);
                assert_eq!(outside, Err(WriteError::OutOfScope));
                let (mine, theirs) = (answers(Verb::Read, &["23/01"]), answers(Verb::Read, &["23/02"]));
                assert_eq!(tx.conflicts(&mine, Some(ConflictState::Open), None, 10)?, std::slice::from_ref(&conflict));
                assert_eq!((tx.open_conflicts(&mine)?, tx.open_conflicts(&theirs)?), (1, 0));
                assert_eq!(tx.conflict(&theirs, conflict.id)?, None);
                let decided = Conflict {
                    state: ConflictState::Resolved,
                    resolved_by: Some("街道".into()),
                    resolved_at: Some(Timestamp(8)),
                    ..conflict.clone()
                };
                tx.put_conflict(&answers(Verb::Edit, &["23"]), &decided)?;
                assert_eq!(tx.conflict(&mine, conflict.id)?, Some(decided));
                assert!(tx.conflicts(&mine, Some(ConflictState::Open), None, 10)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_link_has_a_quota_and_each_token_answers_once() {
    on_both(|world| {
        let link = Link {
            id: world.id(),
            form: world.id(),
            area: area(COMMUNITY),
            kind: LinkKind::OneTime,
            title: "满意度".into(),
            count: 2,
            used: 0,
            quota: Some(1),
            opens: None,
            closes: Some(Timestamp(99)),
            closed: false,
            created: Timestamp(1),
            by: world.id(),
            by_name: "测试员".into(),
        };
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                let permit = forms(&["23/01"]);
                tx.put_link(&permit, &link)?;
                let token = |number: i64| LinkToken {
                    link: link.id,
                    number,
                    token: format!("token-{number}"),
                    used: None,
                    reference: None,
                };
                tx.put_link_tokens(&[token(1), token(2)])?;
                assert_eq!(tx.link_of_token("token-2")?, Some((link.clone(), token(2))));
                assert_eq!(tx.link_tokens(&link, 1, 10)?, [token(2)]);
                assert!(tx.use_link_token("token-1", "R1")? && tx.take_place(link.id)?);
                assert!(!tx.use_link_token("token-1", "R2")?, "once");
                assert!(!tx.take_place(link.id)?, "full");
                tx.put_link_draft("code", link.id, "<x/>")?;
                assert_eq!(tx.link_draft("code")?.map(|draft| draft.1).as_deref(), Some("<x/>"));
                tx.drop_link_draft("code")?;
                assert_eq!(tx.link_draft("code")?, None);
                assert_eq!((tx.links(&permit, link.form)?[0].used, tx.link_count(link.form)?), (1, 1));
                assert!(tx.links(&forms(&["23/02"]), link.form)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_roster_is_cut_to_the_scope_and_its_stamp_changes_with_every_change() {
    on_both(|world| {
        let (mine, theirs) = (world.resident("23/01/001", "张三"), world.resident("23/02/001", "李四"));
        let (id, version) = (mine.id, 1);
        let records = [mine, theirs];
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                tx.insert_many(&on_residents(Verb::Create, &[]), &records, &edit())
            })
            .unwrap();
        let read = |areas: &'static [&'static str]| {
            world
                .store
                .read_blocking::<_, StoreError>(move |tx| {
                    let mut rows = Vec::new();
                    let permit = on_residents(Verb::Read, areas);
                    tx.roster(&permit, RESIDENT, &["name", "floor"], &mut |id, version, values| {
                        rows.push((id, version, values.to_vec()));
                        Ok(())
                    })?;
                    Ok((rows, tx.roster_stamp(&permit, RESIDENT)?))
                })
                .unwrap()
        };
        let (rows, before) = read(&["23/01"]);
        assert_eq!(rows, [(id, version, vec![Value::text("张三"), Value::Null])]);
        assert_eq!(read(&["23/01"]).1, before);
        world
            .store
            .write_blocking(move |tx| {
                let values = Values::from([("floor".to_owned(), Value::Int(6))]);
                tx.update(&on_residents(Verb::Edit, &[]), RESIDENT, id, 1, &values, &edit())
            })
            .unwrap();
        let changed = read(&["23/01"]).1;
        assert_ne!(changed, before);
        let ended = Ended { on: "2026-01-01".parse().unwrap(), reason: "moved".into(), merged_into: None };
        world
            .store
            .write_blocking(move |tx| tx.end(&on_residents(Verb::End, &[]), RESIDENT, id, 2, &ended, &edit()))
            .unwrap();
        let (rows, gone) = read(&["23/01"]);
        assert!(rows.is_empty() && gone != changed);
        let sensitive = world.store.read_blocking::<_, StoreError>(move |tx| {
            tx.roster(&on_residents(Verb::Read, &[]), RESIDENT, &["phone"], &mut |_, _, _| Ok(()))
        });
        assert!(matches!(sensitive, Err(StoreError::NotPermitted(_))), "{sensitive:?}");
    });
}

/// An older database: the tables of collection are not there, and its version says so.
fn make_older(world: &World) {
    let gone = [
        "linli_form",
        "linli_form_version",
        "linli_form_media",
        "linli_instance",
        "linli_submission",
        "linli_submission_file",
        "linli_conflict",
        "linli_branch",
        "linli_held",
        "linli_token",
        "linli_link",
        "linli_link_token",
        "linli_link_draft",
    ];
    let mut text: String = gone.iter().map(|table| format!("DROP TABLE {table}; ")).collect();
    text.push_str("UPDATE linli_meta SET value = '1' WHERE key = 'version';");
    on_database(world, &text);
}

fn on_database(world: &World, text: &str) {
    match &world.config.database {
        Database::Sqlite(file) => rusqlite::Connection::open(file).unwrap().execute_batch(text).unwrap(),
        Database::Postgres(url) => postgres_do(url, text),
    }
}

#[test]
fn an_older_database_gets_the_newer_tables_and_keeps_what_it_holds() {
    on_both(|world| {
        let resident = world.resident(COMMUNITY, "张三");
        let id = resident.id;
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                tx.insert(&on_residents(Verb::Create, &[]), &resident, &edit()).map(|_| ())
            })
            .unwrap();
        make_older(world);
        let reopened = Store::open(world.config.clone()).unwrap();
        let kept = form(world, "census", COMMUNITY);
        let found = reopened.write_blocking::<_, WriteError>(move |tx| {
            tx.put_form(&forms(&[]), &kept)?;
            Ok((tx.forms(&forms(&[]))?.len(), tx.record(&on_residents(Verb::Read, &[]), RESIDENT, id)?.is_some()))
        });
        assert_eq!(found, Ok((1, true)));
        on_database(world, "UPDATE linli_meta SET value = '99' WHERE key = 'version';");
        let newer = Store::open(world.config.clone()).map(|_| ());
        assert!(matches!(newer, Err(StoreError::Schema(why)) if why.contains("99")));
    });
}

#[test]
fn answers_move_with_their_area() {
    let world = sqlite();
    let place = |code: &str, path: &str, kind: &str| linli_domain::Area {
        code: code.into(),
        path: area(path),
        parent: None,
        kind: kind.into(),
        name: code.into(),
        initials: code.into(),
        home: code.into(),
        valid_from: None,
        valid_to: None,
        counted_households: None,
        counted_residents: None,
    };
    let areas =
        [place("2301", "23/01", "city"), place("2302", "23/02", "city"), place("2301001", COMMUNITY, "community")];
    let one = answer(&world, world.id(), "uuid:1", COMMUNITY, 5);
    world
        .store
        .write_blocking::<_, WriteError>(move |tx| {
            let tree = may(Verb::Manage, Subject::Areas, &[]);
            tx.put_areas(&tree, &areas)?;
            tx.put_submission(&answers(Verb::Create, &[]), &one, "<x/>")?;
            tx.move_area(&tree, "2301001", "2302")?;
            let found = tx.submission(&answers(Verb::Read, &["23/02"]), "uuid:1", false)?.unwrap();
            assert!(Scope::Areas(vec![area("23/02")]).covers(&found.path));
            Ok(())
        })
        .unwrap();
}
