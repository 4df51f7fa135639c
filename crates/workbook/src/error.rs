//! Everything a workbook can be refused for, in both languages, and the notes that go with a result.

use crate::refs::cell_name;

/// The language of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// What a file turned out to be instead of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disguise {
    /// A web page without a table.
    Html,
    /// A web archive (MHTML).
    Mhtml,
    /// XML, such as "XML Spreadsheet 2003".
    Xml,
    /// A zip container without a workbook, such as a .docx or .ods.
    Zip,
    /// An OLE compound file without a workbook, such as a .doc.
    Ole,
    /// A PDF.
    Pdf,
    /// A picture.
    Image,
    /// Something with zero bytes in it that is none of these.
    Binary,
    /// No bytes at all.
    Empty,
}

impl Disguise {
    fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Html, Lang::Zh) => "网页（HTML）",
            (Self::Html, Lang::En) => "a web page (HTML)",
            (Self::Mhtml, Lang::Zh) => "网页存档（MHTML）",
            (Self::Mhtml, Lang::En) => "a web archive (MHTML)",
            (Self::Xml, Lang::Zh) => "XML 文件",
            (Self::Xml, Lang::En) => "an XML file",
            (Self::Zip, Lang::Zh) => "其他压缩包或文档",
            (Self::Zip, Lang::En) => "another kind of archive or document",
            (Self::Ole, Lang::Zh) => "其他旧版 Office 文档",
            (Self::Ole, Lang::En) => "another kind of old Office document",
            (Self::Pdf, Lang::Zh) => "PDF",
            (Self::Pdf, Lang::En) => "a PDF",
            (Self::Image, Lang::Zh) => "图片",
            (Self::Image, Lang::En) => "a picture",
            (Self::Binary, Lang::Zh) => "无法识别的二进制文件",
            (Self::Binary, Lang::En) => "an unknown binary file",
            (Self::Empty, Lang::Zh) => "空文件",
            (Self::Empty, Lang::En) => "an empty file",
        }
    }
}

/// Why a workbook is refused. `code()` is stable; `message(lang)` is for people.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum BookError {
    /// Locked with a password.
    Encrypted,
    /// The file ends before its content does.
    Truncated,
    /// Small on disk, enormous when unpacked.
    ZipBomb {
        /// The part that grew, or the reason.
        part: String,
    },
    /// More bytes than allowed.
    TooLarge {
        /// Bytes given.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Another kind of file under a workbook's name.
    NotAWorkbook {
        /// What it is.
        found: Disguise,
    },
    /// Text in no encoding we know.
    Undecodable {
        /// The line, counted from 1.
        line: u64,
    },
    /// More rows than allowed.
    TooManyRows {
        /// The sheet.
        sheet: String,
        /// Rows allowed.
        limit: u32,
    },
    /// More columns than allowed.
    TooManyColumns {
        /// The sheet.
        sheet: String,
        /// Columns allowed.
        limit: u32,
    },
    /// More cells than allowed.
    TooManyCells {
        /// Cells allowed.
        limit: u64,
    },
    /// A document type or a custom entity, which no spreadsheet program writes.
    HostileXml {
        /// The part.
        part: String,
    },
    /// The content contradicts itself.
    Damaged {
        /// The part.
        part: String,
        /// What is wrong, in English, for the log.
        detail: String,
    },
    /// An edit or a mark names a sheet that is not there.
    NoSuchSheet {
        /// The name asked for.
        sheet: String,
    },
    /// An edit that cannot be carried out.
    BadEdit {
        /// The sheet.
        sheet: String,
        /// Row, from 0.
        row: u32,
        /// Column, from 0.
        col: u32,
    },
    /// The destination could not be written.
    Io(#[from] std::io::Error),
}

impl BookError {
    /// A name that never changes, for programs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encrypted => "workbook.encrypted",
            Self::Truncated => "workbook.truncated",
            Self::ZipBomb { .. } => "workbook.zip_bomb",
            Self::TooLarge { .. } => "workbook.too_large",
            Self::NotAWorkbook { .. } => "workbook.not_a_workbook",
            Self::Undecodable { .. } => "workbook.undecodable",
            Self::TooManyRows { .. } => "workbook.too_many_rows",
            Self::TooManyColumns { .. } => "workbook.too_many_columns",
            Self::TooManyCells { .. } => "workbook.too_many_cells",
            Self::HostileXml { .. } => "workbook.hostile_xml",
            Self::Damaged { .. } => "workbook.damaged",
            Self::NoSuchSheet { .. } => "workbook.no_such_sheet",
            Self::BadEdit { .. } => "workbook.bad_edit",
            Self::Io(_) => "workbook.io",
        }
    }

    /// What happened and what to do about it.
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::Encrypted => "文件有密码保护。请在 Excel 或 WPS 中去掉打开密码，另存后再上传。".into(),
            Self::Truncated => "文件不完整，可能没有下载或复制完。请重新取得文件后再上传。".into(),
            Self::ZipBomb { part } => {
                format!("文件解压后异常庞大（{part}），为安全起见已拒绝。请另存为新的 .xlsx 再试。")
            }
            Self::TooLarge { bytes, limit } => {
                format!("文件有 {} MB，超过上限 {} MB。请拆分后再上传。", bytes >> 20, limit >> 20)
            }
            Self::NotAWorkbook { found } => {
                format!("这不是表格文件，而是{}。请在 Excel 或 WPS 中另存为 .xlsx 再上传。", found.name(Lang::Zh))
            }
            Self::Undecodable { line } => {
                format!("第 {line} 行的文字无法识别编码。请另存为 UTF-8 编码的 CSV 或 .xlsx 再上传。")
            }
            Self::TooManyRows { sheet, limit } => format!("工作表“{sheet}”超过 {limit} 行。请拆分后再上传。"),
            Self::TooManyColumns { sheet, limit } => format!("工作表“{sheet}”超过 {limit} 列。请删去多余的列再上传。"),
            Self::TooManyCells { limit } => format!("单元格超过 {limit} 个。请拆分后再上传。"),
            Self::HostileXml { part } => format!("文件的 {part} 含有不安全的 XML 内容，已拒绝。"),
            Self::Damaged { part, .. } => {
                format!("文件已损坏（{part}）。请在 Excel 或 WPS 中打开并另存为 .xlsx 再上传。")
            }
            Self::NoSuchSheet { sheet } => format!("没有名为“{sheet}”的工作表。"),
            Self::BadEdit { sheet, row, col } => {
                format!("工作表“{sheet}”的 {} 处无法写入。", cell_name(*row, *col))
            }
            Self::Io(e) => format!("写文件失败：{e}。"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Encrypted => {
                "The file is locked with a password. Remove it in Excel or WPS, save, and upload again.".into()
            }
            Self::Truncated => {
                "The file is incomplete; it may not have been fully downloaded or copied. Get it again.".into()
            }
            Self::ZipBomb { part } => {
                format!(
                    "The file unpacks to an abnormal size ({part}) and was refused. Save it as a new .xlsx and try again."
                )
            }
            Self::TooLarge { bytes, limit } => {
                format!(
                    "The file has {} MB; the limit is {} MB. Split it and upload the pieces.",
                    bytes >> 20,
                    limit >> 20
                )
            }
            Self::NotAWorkbook { found } => {
                format!(
                    "This is not a workbook but {}. Save it as .xlsx in Excel or WPS and upload again.",
                    found.name(Lang::En)
                )
            }
            Self::Undecodable { line } => {
                format!(
                    "Line {line} is in no known text encoding. Save the file as UTF-8 CSV or .xlsx and upload again."
                )
            }
            Self::TooManyRows { sheet, limit } => format!("Sheet \"{sheet}\" has more than {limit} rows. Split it."),
            Self::TooManyColumns { sheet, limit } => {
                format!("Sheet \"{sheet}\" has more than {limit} columns. Remove the unneeded ones.")
            }
            Self::TooManyCells { limit } => format!("There are more than {limit} cells. Split the file."),
            Self::HostileXml { part } => format!("The part {part} has unsafe XML and was refused."),
            Self::Damaged { part, detail } => {
                format!(
                    "The file is damaged ({part}: {detail}). Open it in Excel or WPS, save it as .xlsx and upload again."
                )
            }
            Self::NoSuchSheet { sheet } => format!("There is no sheet named \"{sheet}\"."),
            Self::BadEdit { sheet, row, col } => {
                format!("Sheet \"{sheet}\", cell {}: cannot be written.", cell_name(*row, *col))
            }
            Self::Io(e) => format!("The file could not be written: {e}."),
        }
    }

    pub(crate) fn damaged(part: &str, detail: impl std::fmt::Display) -> Self {
        Self::Damaged { part: part.to_owned(), detail: detail.to_string() }
    }
}

/// Something worth telling about a result that is otherwise good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The template was an old .xls or a text file: values, merges and widths were kept, fonts, colours and pictures were not.
    ConvertedToXlsx,
    /// A write into a merged area went to the area's first cell.
    MovedToMergedAnchor {
        /// The sheet.
        sheet: String,
        /// Row asked for, from 0.
        row: u32,
        /// Column asked for, from 0.
        col: u32,
    },
    /// A formula of the template was replaced by a value.
    ReplacedFormula {
        /// The sheet.
        sheet: String,
        /// Row, from 0.
        row: u32,
        /// Column, from 0.
        col: u32,
    },
}

impl Note {
    /// A name that never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ConvertedToXlsx => "workbook.note.converted_to_xlsx",
            Self::MovedToMergedAnchor { .. } => "workbook.note.moved_to_merged_anchor",
            Self::ReplacedFormula { .. } => "workbook.note.replaced_formula",
        }
    }

    /// The note for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::ConvertedToXlsx, Lang::Zh) => {
                "模板不是 .xlsx（多为旧版 .xls），已转换为 .xlsx：保留了内容、合并单元格和列宽，字体、底色和图片未保留。".into()
            }
            (Self::ConvertedToXlsx, Lang::En) => {
                "The template was not an .xlsx (an old .xls, mostly) and became one: content, merges and widths are kept, fonts, colours and pictures are not.".into()
            }
            (Self::MovedToMergedAnchor { sheet, row, col }, Lang::Zh) => {
                format!("“{sheet}”的 {} 在合并单元格内，已写入该合并区的第一格。", cell_name(*row, *col))
            }
            (Self::MovedToMergedAnchor { sheet, row, col }, Lang::En) => {
                format!("\"{sheet}\" {} lies in a merged area; the value went to its first cell.", cell_name(*row, *col))
            }
            (Self::ReplacedFormula { sheet, row, col }, Lang::Zh) => {
                format!("“{sheet}”的 {} 原有公式，已被数值替换。", cell_name(*row, *col))
            }
            (Self::ReplacedFormula { sheet, row, col }, Lang::En) => {
                format!("\"{sheet}\" {} had a formula; a value has replaced it.", cell_name(*row, *col))
            }
        }
    }
}
