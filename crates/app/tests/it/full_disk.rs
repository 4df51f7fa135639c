//! Disks that take no more: what was acknowledged stays, what is refused says so in words, and work goes on once there is
//! room again, without a restart.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value as Json, json};

use crate::{
    cli::COMMUNITY,
    program::{copy_folder, demo_copy, linli, sample, text},
    served::{Person, RESIDENTS, Served, told},
};

/// A file system of its own, a little larger than the demo; needs the right to mount.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(mib: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs", text(folder.path())]).output();
        mounted.is_ok_and(|run| run.status.success()).then_some(Self(folder))
    }

    /// Takes all the room there is left.
    fn fill(&self) -> PathBuf {
        let path = self.0.path().join("filler");
        let mut file = fs::File::create(&path).unwrap();
        let mut piece = vec![1_u8; 1 << 20];
        while !piece.is_empty() {
            match file.write(&piece) {
                Ok(written) if written > 0 => {}
                _ => piece.truncate(piece.len() / 2),
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(self.0.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "the small disk stays mounted");
    }
}

fn megabytes(folder: &Path) -> u64 {
    let sizes = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        if entry.path().is_dir() { megabytes(&entry.path()) } else { entry.metadata().unwrap().len() >> 20 }
    });
    sizes.sum()
}

async fn register(person: &Person, name: &str) -> (u16, Json) {
    let body = json!({ "area": COMMUNITY, "values": { "name": name }, "confirm_new": true });
    person.post(RESIDENTS, &body).await
}

/// Registers people until one is refused; answers who were acknowledged, and the refusal.
async fn until_refused(person: &Person, names: &str) -> (Vec<String>, (u16, Json)) {
    let mut acknowledged = Vec::new();
    for number in 0..5_000 {
        let answer = register(person, &format!("{names}{}", numeral(number))).await;
        if answer.0 != 201 {
            return (acknowledged, answer);
        }
        acknowledged.push(answer.1["id"].as_str().unwrap().to_owned());
    }
    panic!("the disk never was full");
}

fn numeral(number: usize) -> String {
    number
        .to_string()
        .chars()
        .map(|digit| ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'][digit as usize - 48])
        .collect()
}

async fn all_are_there(person: &Person, ids: &[String]) {
    for id in ids {
        person.get(&format!("{RESIDENTS}/{id}")).await;
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_with_words_loses_nothing_and_works_again_when_there_is_room() {
    let demo = demo_copy();
    let Some(disk) = SmallDisk::new(megabytes(demo.path()) + 64) else {
        eprintln!("no right to mount a small disk: the full disk was tried by a file size limit only");
        return;
    };
    let data = disk.0.path().join("data");
    copy_folder(demo.path(), &data);
    let served = Served::start(&data);
    let person = served.sign_in("community").await;
    let ledger = fs::read(sample(&data, "台账.xlsx")).unwrap();
    let before = person.residents().await;

    let filler = disk.fill();
    let (kept, refusal) = until_refused(&person, "满").await;
    told(&refusal, 507, "store.full");
    assert!(refusal.1["detail"].as_str().unwrap().contains("磁盘空间不足"), "{}", refusal.1);
    told(&person.import(COMMUNITY, "台账.xlsx", ledger.clone()).await, 507, "store.full");
    assert_eq!(person.residents().await, before + kept.len() as u64, "reading goes on; nothing half-done");
    assert_eq!(fs::read_dir(data.join("uploads/incoming")).unwrap().count(), 0);

    fs::remove_file(filler).unwrap();
    let (status, again) = register(&person, "又有空间").await;
    assert_eq!(status, 201, "{again}");
    assert_eq!(person.import(COMMUNITY, "台账.xlsx", ledger).await.0, 201);
    all_are_there(&person, &kept).await;
    drop(served);

    linli(&["verify", "--data", text(&data)]).expect(0);
    let served = Served::start(&data);
    let person = served.sign_in("community").await;
    assert_eq!(person.residents().await, before + kept.len() as u64 + 1);
    all_are_there(&person, &kept).await;
}

/// A quota says no with another error than a full disk; it needs no rights, so this is tried everywhere.
#[tokio::test]
async fn a_disk_that_fails_refuses_writes_with_words_and_loses_nothing() {
    let limit = |pid: u32, bytes: &str| {
        Command::new("prlimit").args(["--pid", &pid.to_string(), &format!("--fsize={bytes}:")]).status()
    };
    let data = demo_copy();
    // The limit must fail the write, not end the process.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_linli")]);
    let served = Served::through(shell, data.path());
    let person = served.sign_in("community").await;
    let before = person.residents().await;
    if !limit(served.pid(), "65536").is_ok_and(|status| status.success()) {
        eprintln!("prlimit is not there: the failing disk was not tried");
        return;
    }
    let (kept, refusal) = until_refused(&person, "限").await;
    told(&refusal, 503, "store.disk");
    assert_eq!(person.residents().await, before + kept.len() as u64);
    assert!(limit(served.pid(), "unlimited").unwrap().success());
    assert_eq!(register(&person, "又能写了").await.0, 201);
    all_are_there(&person, &kept).await;
    drop(served);
    linli(&["verify", "--data", text(data.path())]).expect(0);
}
