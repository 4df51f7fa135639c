//! The house stands as ARCHITECTURE.md draws it: invariants written as absences.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines of a source file before its tests; a longer file needs a map.
const LONGEST_FILE: usize = 420;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn dependencies(krate: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("crates").join(krate).join("Cargo.toml")).unwrap();
    let section = text.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap().to_owned();
    section.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).map(str::to_owned).collect()
}

fn sources(krate: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("crates").join(krate).join("src"), &mut found);
    found
}

const CRATES: [&str; 9] = ["workbook", "document", "xform", "domain", "pack", "store", "engine", "server", "app"];

#[test]
fn only_the_store_knows_databases_and_only_the_server_knows_http() {
    let owned_by = [
        ("rusqlite", "store"),
        ("sea-query", "store"),
        ("tokio-postgres", "store"),
        ("axum", "server"),
        ("tower-http", "server"),
        ("openidconnect", "server"),
        ("clap", "app"),
    ];
    for (library, owner) in owned_by {
        for krate in CRATES.into_iter().filter(|krate| *krate != owner) {
            assert!(!dependencies(krate).iter().any(|one| one == library), "{krate} must not depend on {library}");
        }
    }
}

#[test]
fn the_pure_crates_cannot_wait_or_reach_out() {
    for krate in ["domain", "document", "pack", "workbook", "xform"] {
        for library in ["tokio", "reqwest", "futures"] {
            assert!(!dependencies(krate).iter().any(|one| one == library), "{krate} must not depend on {library}");
        }
    }
}

#[test]
fn dependencies_flow_one_way() {
    let below = |krate: &str| -> &[&str] {
        match krate {
            "workbook" | "domain" => &[],
            "xform" => &["workbook"],
            "document" => &["domain"],
            "pack" => &["domain", "xform"],
            "store" => &["domain"],
            "engine" => &["document", "domain", "pack", "store", "workbook", "xform"],
            "server" => &["document", "domain", "engine", "pack", "store", "workbook", "xform"],
            _ => &["document", "domain", "engine", "pack", "server", "store", "xform"],
        }
    };
    for krate in CRATES {
        for dependency in dependencies(krate) {
            if let Some(name) = dependency.strip_prefix("linli-") {
                assert!(below(krate).contains(&name), "{krate} must not depend on {name}");
            }
        }
    }
}

#[test]
fn no_file_needs_a_map() {
    let long: Vec<String> = CRATES
        .iter()
        .flat_map(|krate| sources(krate))
        .filter_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.split("#[cfg(test)]").next().unwrap().lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines before its tests", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let silent: Vec<PathBuf> = CRATES
        .iter()
        .flat_map(|krate| sources(krate))
        .filter(|path| !path.ends_with("tests.rs") && !fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}
