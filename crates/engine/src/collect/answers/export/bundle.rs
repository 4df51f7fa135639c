//! A .zip with one text file for each list and, when asked for, everything people attached.

use std::{collections::HashSet, io::Write};

use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{Answers, book, csv_file, table::List};
use crate::{Problem, sheet::documents};

/// Writes the file.
pub(super) fn write<W: Write>(
    of: &mut Answers<'_, '_>,
    lists: &[List],
    watermark: &str,
    media: bool,
    out: W,
) -> Result<(), Problem> {
    let mut zip = ZipWriter::new_stream(out);
    let mut names = HashSet::new();
    for list in lists {
        let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(free(&mut names, &list.name, "csv"), deflated).map_err(broken)?;
        let mut file = csv_file(list, watermark, of.engine.lang, &mut zip)?;
        of.rows(list, &mut |row| file.push(row))?;
        file.finish().map_err(book)?;
    }
    if media {
        let engine = of.engine;
        of.each(&mut |tx, one, _| {
            for file in tx.submission_files(&one.home, one.id)? {
                let bytes = match documents::bytes(engine, &file.sha256) {
                    Ok(bytes) => bytes,
                    // The list names it; what is left of the others goes out.
                    Err(problem) if problem.code == "document.gone" => continue,
                    Err(problem) => return Err(problem),
                };
                let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
                let name = format!("media/{}/{}", plain(&one.instance), plain(&file.name));
                zip.start_file(name, stored).map_err(broken)?;
                zip.write_all(&bytes).map_err(|error| book(error.into()))?;
            }
            Ok(())
        })?;
    }
    let mut out = zip.finish().map_err(broken)?.into_inner();
    out.flush().map_err(|error| book(error.into()))
}

fn broken(error: ZipError) -> Problem {
    match error {
        ZipError::Io(error) => book(error.into()),
        other => Problem::internal(other),
    }
}

/// A file name within the archive: no folder above, nothing a file system stumbles over.
fn plain(name: &str) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() || "._-".contains(letter) { letter } else { '_' };
    let name: String = name.chars().take(120).map(safe).collect();
    if name.trim_matches('.').is_empty() { "_".to_owned() } else { name }
}

fn free(names: &mut HashSet<String>, name: &str, ending: &str) -> String {
    let name = plain(name);
    let first = format!("{name}.{ending}");
    let mut numbered = std::iter::once(first).chain((2_u32..).map(|n| format!("{name}-{n}.{ending}")));
    let found = numbered.find(|name| names.insert(name.to_lowercase()));
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_archive_lead_nowhere_else() {
        assert_eq!(plain("../../etc/passwd"), ".._.._etc_passwd");
        assert_eq!((plain(".."), plain("照片 1.jpg")), ("_".to_owned(), "照片_1.jpg".to_owned()));
        let mut names = HashSet::new();
        let both = ["成员", "成员"].map(|name| free(&mut names, name, "csv"));
        assert_eq!(both, ["成员.csv", "成员-2.csv"]);
    }
}
