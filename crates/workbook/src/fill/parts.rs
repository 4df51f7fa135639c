//! The parts of a workbook that change, and the writing of a container in which all others are copied as they are.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::tokens::{Token, get_attr, rewrite, set_attr};
use crate::error::BookError;
use crate::package::{Package, Parts};

/// Changes of a container.
#[derive(Default)]
pub(crate) struct Changes {
    /// New content of parts, by the name they are stored under.
    pub(crate) parts: Parts,
    /// Parts that are left out.
    pub(crate) dropped: BTreeSet<String>,
}

impl Changes {
    /// A part's text as it stands now, changed or not.
    pub(crate) fn text(&self, package: &mut Package<'_>, part: &str) -> Result<String, BookError> {
        let stored = package.find(part).unwrap_or(part).to_owned();
        match self.parts.get(&stored) {
            Some(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
            None => package.read_text(&stored),
        }
    }

    /// Sets a part's content.
    pub(crate) fn set(&mut self, package: &Package<'_>, part: &str, text: String) {
        let stored = package.find(part).unwrap_or(part).to_owned();
        self.parts.insert(stored, text.into_bytes());
    }
}

/// Writes the container: unchanged entries are copied compressed as they are, in their order; new parts come last.
pub(crate) fn write_package(mut package: Package<'_>, changes: &Changes) -> Result<Vec<u8>, BookError> {
    let zip_error = |e: zip::result::ZipError| BookError::Io(std::io::Error::other(e));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(4));
    let mut written = BTreeSet::new();
    for i in 0..package.archive.len() {
        let entry = package.archive.by_index_raw(i).map_err(|e| BookError::damaged("zip", e))?;
        let name = entry.name().map_err(|e| BookError::damaged("zip", e))?.into_owned();
        let key = name.replace('\\', "/").trim_start_matches('/').to_owned();
        if changes.dropped.contains(&key) || !written.insert(key.clone()) {
            continue;
        }
        match changes.parts.get(&key) {
            Some(bytes) => {
                drop(entry);
                zip.start_file(name, options).map_err(zip_error)?;
                zip.write_all(bytes)?;
            }
            None => zip.raw_copy_file(entry).map_err(zip_error)?,
        }
    }
    for (name, bytes) in changes.parts.iter().filter(|(name, _)| !written.contains(*name)) {
        zip.start_file(name.as_str(), options).map_err(zip_error)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish().map_err(zip_error)?.into_inner())
}

/// Has the workbook calculated anew when it is opened, and drops the order of calculation, which no longer holds.
pub(crate) fn recalculate(
    package: &mut Package<'_>,
    workbook: &str,
    calc_chain: Option<&str>,
    changes: &mut Changes,
) -> Result<(), BookError> {
    let xml = changes.text(package, workbook)?;
    let has = xml.contains("calcPr");
    let after = ["definedNames", "externalReferences", "functionGroups", "sheets"];
    let after = after.into_iter().find(|n| xml.contains(&format!("{n}>")) || xml.contains(&format!("{n}/>")));
    let xml = rewrite(workbook, &xml, |token| {
        Ok(match token {
            Token::Start { name: "calcPr", raw, .. } => Some(set_attr(raw, "fullCalcOnLoad", "1")),
            Token::End { name, raw } if !has && after == Some(*name) => {
                let tag = raw.trim_start_matches("</");
                let prefix = &tag[..tag.find(name).unwrap_or(0)];
                Some(format!("{raw}<{prefix}calcPr calcId=\"191029\" fullCalcOnLoad=\"1\"/>"))
            }
            _ => None,
        })
    })?;
    changes.set(package, workbook, xml);
    let Some(chain) = calc_chain.and_then(|c| package.find(c)).map(str::to_owned) else { return Ok(()) };
    drop_mentions(package, &crate::xlsx::rels_part(workbook), "Type", |v| v.ends_with("/calcChain"), changes)?;
    let same = |v: &str| v.trim_start_matches('/').eq_ignore_ascii_case(&chain);
    drop_mentions(package, "[Content_Types].xml", "PartName", same, changes)?;
    changes.dropped.insert(chain);
    Ok(())
}

/// Leaves out the empty elements whose attribute satisfies `mentions`.
fn drop_mentions(
    package: &mut Package<'_>,
    part: &str,
    attribute: &str,
    mentions: impl Fn(&str) -> bool,
    changes: &mut Changes,
) -> Result<(), BookError> {
    let xml = changes.text(package, part)?;
    let mut open = false;
    let xml = rewrite(part, &xml, |token| {
        Ok(match token {
            Token::Start { raw, empty, .. } if get_attr(raw, attribute).is_some_and(|v| mentions(&v)) => {
                open = !empty;
                Some(String::new())
            }
            Token::End { .. } if open => {
                open = false;
                Some(String::new())
            }
            _ => None,
        })
    })?;
    changes.set(package, part, xml);
    Ok(())
}
