//! Every form that compiles passes ODK Validate, where Java and the jar are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{conformance, xlsform_fixtures};

/// The jar: `LINLI_ODK_VALIDATE`, or the one in a pyxform on this machine.
fn jar() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("LINLI_ODK_VALIDATE") {
        return Some(PathBuf::from(named)).filter(|p| p.is_file());
    }
    let asked = Command::new("python3").args(["-c", "import pyxform; print(pyxform.__path__[0])"]).output().ok()?;
    let folder = String::from_utf8(asked.stdout).ok().filter(|_| asked.status.success())?;
    Some(Path::new(folder.trim()).join("validators/odk_validate/bin/ODK_Validate.jar")).filter(|p| p.is_file())
}

#[test]
fn every_compiled_form_passes_odk_validate() {
    let java = Command::new("java").arg("-version").output().is_ok_and(|o| o.status.success());
    let Some(jar) = jar().filter(|_| java) else {
        return println!("skipped: no Java or no ODK Validate (set LINLI_ODK_VALIDATE to the jar)");
    };
    let folder = tempfile_folder();
    let mut forms = xlsform_fixtures::compiled();
    if std::env::var_os("LINLI_ODK_VALIDATE_ALL").is_some() {
        for (at, record) in conformance::records().iter().enumerate().filter(|(_, r)| r.get("xform").is_some()) {
            forms.extend(conformance::run(record).form.map(|f| (format!("corpus-{at}"), f.xml)));
        }
    }
    let files: Vec<PathBuf> = forms
        .iter()
        .map(|(name, xml)| {
            let file = folder.join(format!("{name}.xml"));
            std::fs::write(&file, xml).unwrap();
            file
        })
        .collect();
    let output = Command::new("java").arg("-jar").arg(&jar).args(&files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    std::fs::remove_dir_all(&folder).unwrap();
    println!("{} forms given to ODK Validate", forms.len());
    assert!(output.status.success(), "{said}");
}

fn tempfile_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("linli-odk-validate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
