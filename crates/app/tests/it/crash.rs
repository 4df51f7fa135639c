//! kill -9 in the middle of work: nothing half-done, nothing acknowledged lost.

use std::{fs, path::Path, time::Duration};

use crate::{
    cli::COMMUNITY,
    program::{demo_copy, linli, sample, start, text},
};

#[test]
fn an_import_killed_at_any_moment_is_completed_by_the_next_one_without_doubles() {
    let import = |data: &Path| -> Vec<String> {
        let ledger = sample(data, "台账.xlsx");
        ["import", "--data", text(data), "--entity", "resident", "--area", COMMUNITY, "--json", text(&ledger)]
            .map(str::to_owned)
            .to_vec()
    };
    let whole = demo_copy();
    linli(&words(&import(whole.path()))).expect(0);
    let expected = residents(whole.path());

    for milliseconds in [5, 40, 120, 300, 700] {
        let data = demo_copy();
        let again = import(data.path());
        let mut child = start(&words(&again));
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        linli(&["verify", "--data", text(data.path())]).expect(0);
        linli(&words(&again)).expect(0);
        linli(&["verify", "--data", text(data.path())]).expect(0);
        assert_eq!(residents(data.path()), expected, "killed after {milliseconds} ms");
    }
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// Residents by a backup's own count.
fn residents(data: &Path) -> u64 {
    let file = data.join("count.zip");
    let info = linli(&["backup", "--data", text(data), "--json", text(&file)]).expect(0).json();
    fs::remove_file(file).unwrap();
    info["rows"]["people_resident"].as_u64().unwrap()
}
