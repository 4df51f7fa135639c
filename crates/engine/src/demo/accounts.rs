//! Accounts of the demo: six to sign in with, and the street's workers, who are named in histories and cannot sign in.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, Label, RecordId, Timestamp, actor::Grant, check::Sex};
use linli_store::tables::Account;
use serde_json::Value as Json;

use super::{
    dice::Dice,
    names::NameBook,
    plan::{FULL_STREET, Plan, TOUR_COMMUNITY},
};
use crate::{Engine, Problem, access};

/// Password of the demo's accounts.
pub const PASSWORD: &str = "linli-demo";

/// An account to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoLogin {
    /// Login.
    pub login: &'static str,
    /// Who that is.
    pub label: Label,
    /// Role.
    pub role: &'static str,
    /// Code of its area.
    pub area: String,
}

/// The accounts to sign in with: one at each level, and a department.
pub fn logins(plan: &Plan) -> Vec<DemoLogin> {
    let grid = plan.places.iter().find(|place| place.kind == "grid" && place.community == TOUR_COMMUNITY);
    let login = |login, zh: &str, en: &str, role, area: &str| DemoLogin {
        login,
        label: Label::new(zh, en),
        role,
        area: area.to_owned(),
    };
    let mut logins = vec![
        login("city", "哈尔滨市 市级工作人员", "City staff, Harbin", "network/city", "230100000000"),
        login("district", "南岗区 区级工作人员", "District staff, Nangang", "network/district", "230103000000"),
        login("street", "七政街道 街道工作人员", "Street staff, Qizheng", "network/street", FULL_STREET),
        login("community", "焊接社区 社区工作者", "Community worker, Hanjie", "network/community", TOUR_COMMUNITY),
        login("department", "南岗区 部门工作人员", "Department staff, Nangang", "network/department", "230103000000"),
    ];
    if let Some(grid) = grid {
        logins.insert(4, login("grid", "焊接第1网格 网格员", "Grid worker, Hanjie grid 1", "network/grid", &grid.code));
    }
    logins
}

/// A worker of the street.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Login.
    pub login: String,
    /// Who it is when records are edited.
    pub actor: Actor,
    /// Code of the community.
    pub community: String,
    /// Code of the grid.
    pub grid: String,
}

/// One worker for each grid; the first of each community also answers for the community.
pub fn workers(plan: &Plan, paths: &BTreeMap<String, AreaPath>, seed: u64) -> Vec<Worker> {
    let (names, mut dice) = (NameBook::new(), Dice::new(seed).fork("workers"));
    let mut workers: Vec<Worker> = Vec::new();
    for grid in plan.places.iter().filter(|place| place.kind == "grid") {
        let Some(path) = paths.get(&grid.code) else { continue };
        let sex = if dice.chance(780) { Sex::Female } else { Sex::Male };
        let (surname, year) = (names.surname(&mut dice, "01"), 1970 + dice.between(0, 28));
        let name = names.full(&mut dice, "01", surname, sex, i16::try_from(year).unwrap_or(1985));
        let mut grants = vec![Grant { role: "network/grid".into(), area: path.clone() }];
        let first = !workers.iter().any(|worker| worker.community == grid.community);
        if let Some(community) = paths.get(&grid.community).filter(|_| first) {
            grants.insert(0, Grant { role: "network/community".into(), area: community.clone() });
        }
        let number = workers.len() + 1;
        let account = RecordId(
            uuid::Builder::from_custom_bytes([
                0x23,
                0x01,
                0xde,
                0x30,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                number.to_le_bytes()[0],
            ])
            .into_uuid(),
        );
        workers.push(Worker {
            login: format!("worker{number:02}"),
            // The name shows in histories: it says that nobody of that name works there.
            actor: Actor { account, name: format!("{name}(演示)"), grants, operator: false },
            community: grid.community.clone(),
            grid: grid.code.clone(),
        });
    }
    workers
}

/// Makes all accounts. Blocks the thread.
pub(super) fn make(
    engine: &Engine,
    logins: &[DemoLogin],
    workers: &[Worker],
    areas: &BTreeMap<String, AreaPath>,
) -> Result<(), Problem> {
    let created = engine.now();
    let mut made: Vec<(Account, Vec<Grant>)> = Vec::new();
    for login in logins {
        let Some(area) = areas.get(&login.area) else { return Err(Problem::no_area(&login.area)) };
        let hash = access::hash_password_blocking(engine, PASSWORD)?;
        let account = account(engine.ids.next(), login.login, &login.label.zh, hash, created);
        made.push((account, vec![Grant { role: login.role.into(), area: area.clone() }]));
    }
    for worker in workers {
        made.push((
            account(worker.actor.account, &worker.login, &worker.actor.name, String::new(), created),
            worker.actor.grants.clone(),
        ));
    }
    engine.store.write_blocking::<_, Problem>(move |tx| {
        for (account, grants) in &made {
            tx.put_account(account)?;
            tx.set_grants(account.id, grants)?;
        }
        Ok(())
    })
}

fn account(id: RecordId, login: &str, name: &str, password_hash: String, created: Timestamp) -> Account {
    Account {
        id,
        login: login.to_owned(),
        name: name.to_owned(),
        password_hash,
        totp_secret: None,
        locked_until: None,
        failures: 0,
        disabled: false,
        oidc_subject: None,
        prefs: Json::Null,
        created,
    }
}
