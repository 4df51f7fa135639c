//! A tree of pack files: path relative to the packs folder → text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use linli_xform::xlsform;

/// Files of packs by path, `people/entities/resident.toml`, with `/` on every system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackFiles(BTreeMap<String, String>);

/// Why a packs folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadDirError {
    /// The system refused.
    #[error("cannot read {}: {cause}", path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A text file that is not UTF-8.
    #[error("{} is not UTF-8 text", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// A workbook among the forms that cannot be read, or a form that is there twice.
    #[error("{}: {message}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A file or folder far beyond what a pack can be.
    #[error("{} is too large for a pack", path.display())]
    TooLarge {
        /// The file or folder.
        path: PathBuf,
    },
}

/// Greatest size of a pack's file; the longest code lists are far below.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Greatest depth below the packs folder.
const MAX_DEPTH: usize = 6;
/// Greatest number of files.
const MAX_FILES: usize = 20_000;

impl PackFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. A byte order mark is dropped and Windows line ends become plain ones.
    pub fn insert(&mut self, path: impl Into<String>, text: &str) {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n");
        self.0.insert(path.into(), text);
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &str) -> Option<String> {
        self.0.remove(path)
    }

    /// Text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Files in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of the packs: the folders at the top.
    pub fn packs(&self) -> BTreeSet<&str> {
        self.0.keys().filter_map(|path| path.split_once('/')).map(|(pack, _)| pack).collect()
    }

    /// Files of `pack` within `folder` whose name ends in `.extension`: (name without extension, path, text).
    pub(crate) fn within<'a>(
        &'a self,
        pack: &str,
        folder: &str,
        extension: &str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let (prefix, suffix) = (format!("{pack}/{folder}/"), format!(".{extension}"));
        self.iter().filter_map(move |(path, text)| {
            let stem = path.strip_prefix(&prefix)?.strip_suffix(&suffix)?;
            (!stem.contains('/')).then_some((stem, path, text))
        })
    }
}

impl<P: Into<String>, T: AsRef<str>> FromIterator<(P, T)> for PackFiles {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let mut tree = Self::new();
        for (path, text) in files {
            tree.insert(path, text.as_ref());
        }
        tree
    }
}

/// Reads the TOML, CSV and Markdown files below `folder`, and XLSForms in Excel as the CSV they say. Hidden files and
/// other kinds of file are left out.
pub fn read_dir(folder: &Path) -> Result<PackFiles, ReadDirError> {
    let mut files = PackFiles::new();
    read_below(folder, "", 0, &mut files)?;
    Ok(files)
}

fn read_below(folder: &Path, prefix: &str, depth: usize, files: &mut PackFiles) -> Result<(), ReadDirError> {
    let io = |cause| ReadDirError::Io { path: folder.to_owned(), cause };
    if depth > MAX_DEPTH || files.0.len() > MAX_FILES {
        return Err(ReadDirError::TooLarge { path: folder.to_owned() });
    }
    let mut workbooks = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            return Err(ReadDirError::NotUtf8 { path });
        };
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            read_below(&path, &format!("{prefix}{name}/"), depth + 1, files)?;
        } else if [".toml", ".csv", ".md"].iter().any(|extension| name.ends_with(extension)) {
            files.insert(format!("{prefix}{name}"), &read_text(&path)?);
        } else if prefix.ends_with("/forms/")
            && let Some((stem, "xlsx" | "xls")) = name.rsplit_once('.')
        {
            workbooks.push((path.clone(), format!("{prefix}{stem}")));
        }
    }
    for (path, stem) in workbooks {
        read_form(&path, &stem, files)?;
    }
    Ok(())
}

/// A form in Excel, kept as the CSV it says.
fn read_form(path: &Path, stem: &str, files: &mut PackFiles) -> Result<(), ReadDirError> {
    let wrong = |message: String| ReadDirError::Form { path: path.to_owned(), message };
    let bytes = read_bytes(path)?;
    let source = xlsform::Source { name: &path.to_string_lossy(), bytes: &bytes };
    let text = xlsform::to_csv(&source)
        .map_err(|finding| wrong(format!("{} / {}", finding.message.zh, finding.message.en)))?;
    if ["csv", "md"].iter().any(|other| files.get(&format!("{stem}.{other}")).is_some()) {
        return Err(wrong(
            "这份表单另有同名的文本文件,请只留一份 / the form is there as text too: keep one of them".into(),
        ));
    }
    files.insert(format!("{stem}.csv"), &text);
    Ok(())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, ReadDirError> {
    let io = |cause| ReadDirError::Io { path: path.to_owned(), cause };
    if fs::metadata(path).map_err(io)?.len() > MAX_FILE {
        return Err(ReadDirError::TooLarge { path: path.to_owned() });
    }
    fs::read(path).map_err(io)
}

fn read_text(path: &Path) -> Result<String, ReadDirError> {
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|_| ReadDirError::NotUtf8 { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_with_slashes_and_without_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("people/codes")).unwrap();
        fs::write(folder.path().join("people/pack.toml"), "\u{FEFF}id = \"people\"\r\n").unwrap();
        fs::write(folder.path().join("people/codes/sex.csv"), "code,zh,en\n").unwrap();
        fs::write(folder.path().join("people/.hidden.toml"), "").unwrap();
        fs::write(folder.path().join("people/picture.png"), [0xFF]).unwrap();
        let files = read_dir(folder.path()).unwrap();
        let paths: Vec<&str> = files.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["people/codes/sex.csv", "people/pack.toml"]);
        assert_eq!(files.get("people/pack.toml"), Some("id = \"people\"\n"));
        assert_eq!(files.packs().into_iter().collect::<Vec<_>>(), ["people"]);
    }

    #[test]
    fn a_form_in_excel_is_read_as_the_csv_it_says() {
        let forms = tempfile::tempdir().unwrap();
        let forms = forms.path();
        fs::create_dir_all(forms.join("people/forms")).unwrap();
        let visit = include_bytes!("../tests/fixtures/visit.xlsx");
        fs::write(forms.join("people/forms/visit.xlsx"), visit).unwrap();
        let files = read_dir(forms).unwrap();
        let text = files.get("people/forms/visit.csv").unwrap();
        let expected = "survey\n,type,name,label\n,text,who,\"姓名,或称呼\"\n,,,\n,select_one yn,warm,\"暖气\n热不热\"\n\
                        choices\n,list_name,name,label\n,yn,y,热\n,yn,n,不热\nsettings\n,form_id,version\n,visit,1\n";
        assert_eq!(text, expected);

        fs::write(forms.join("people/forms/visit.md"), "| survey |").unwrap();
        let refused = read_dir(forms).unwrap_err().to_string();
        assert!(refused.contains("visit.xlsx") && refused.contains("keep one"), "{refused}");

        fs::remove_file(forms.join("people/forms/visit.md")).unwrap();
        fs::write(forms.join("people/forms/visit.xlsx"), &visit[..200]).unwrap();
        assert!(read_dir(forms).unwrap_err().to_string().contains("visit.xlsx"));
    }

    #[test]
    fn a_file_that_is_not_text_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("bad.toml"), [0xC3, 0x28]).unwrap();
        let refused = read_dir(folder.path()).unwrap_err();
        assert!(refused.to_string().ends_with("bad.toml is not UTF-8 text"), "{refused}");
    }
}
