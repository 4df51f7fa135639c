//! Written documents become files: Word (.docx) in the form of Chinese official documents, a page that stands alone
//! (.html), and Markdown (.md). Pure: a [`Document`](linli_domain::document::Document) in, bytes out, the same bytes
//! every time; no clock, no fonts, no network.
//!
//! | module | what for |
//! |---|---|
//! | `docx` | WordprocessingML: styles by GB/T 9704, native numbering, footnotes, charts that can be edited |
//! | `html` | one page with its style and drawings inside |
//! | `svg` | charts as drawings |
//! | `markdown` | plain text with tables |
//! | `numbering` | 一、 （一） 1. （1） |

mod docx;
mod html;
mod markdown;
mod numbering;
mod svg;
mod text;

pub use docx::to_docx;
pub use html::{fragment as to_html_fragment, page as to_html};
pub use markdown::to_markdown;
pub use svg::to_svg;

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The package could not be put together.
    #[error("the document's package could not be written: {0}")]
    Package(#[from] zip::result::ZipError),
    /// A part could not be written.
    #[error("the document's part could not be written: {0}")]
    Part(#[from] std::io::Error),
    /// The data behind a chart could not be written.
    #[error("the data behind a chart could not be written: {0}")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
}
