//! kill -9 in the middle of work: nothing half-done, nothing acknowledged lost.

use std::{fs, time::Duration};

use crate::{
    cli::samples_area,
    program::{demo_copy, linli, sample, start, text},
};

#[test]
fn an_import_killed_at_any_moment_is_completed_by_the_next_one_without_doubles() {
    let whole = demo_copy();
    let arguments = |folder: &str, community: &str, file: &str| -> Vec<String> {
        ["import", "--data", folder, "--entity", "resident", "--area", community, "--json", file]
            .map(str::to_owned)
            .to_vec()
    };
    let run = |folder: &std::path::Path| {
        let (community, ledger) = (samples_area(folder), sample(folder, "台账.xlsx"));
        let words = arguments(text(folder), &community, text(&ledger));
        words
    };
    let words = run(whole.path());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    linli(&words).expect(0);
    let expected = residents(whole.path());

    for milliseconds in [5, 40, 120, 300, 700] {
        let data = demo_copy();
        let words = run(data.path());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut child = start(&words);
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        linli(&["verify", "--data", text(data.path())]).expect(0);
        linli(&words).expect(0);
        linli(&["verify", "--data", text(data.path())]).expect(0);
        assert_eq!(residents(data.path()), expected, "killed after {milliseconds} ms");
    }
}

/// Residents by a backup's own count.
fn residents(data: &std::path::Path) -> u64 {
    let file = data.join("count.zip");
    let info = linli(&["backup", "--data", text(data), "--json", text(&file)]).expect(0).json();
    fs::remove_file(file).unwrap();
    info["rows"]["people_resident"].as_u64().unwrap()
}
