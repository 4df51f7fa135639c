//! The form studio: a file becomes a draft with findings, questions are linked to data elements, a draft is published, and
//! versions stand beside each other until the last phone has sent what it has.
//!
//! | file | what for |
//! |---|---|
//! | `compile` | a file → XForm, questions, findings |
//! | `model` | what is kept of a form beside its rows |
//! | `view` | forms as the API shows them |
//! | `edit` | commands on the draft: upload, links, media |
//! | `publish` | publish, open and close |
//! | `read` | lists, versions, differences, packages, attachments |
//! | `load` | a version read for answers, kept for a moment |
//! | `shipped` | forms of packs |

mod compile;
mod edit;
mod load;
mod model;
mod publish;
mod read;
mod shipped;
mod view;

pub use compile::{Outcome, compile, is_element, lang_key};
pub use edit::{LinksInput, check, create, drop_media, put_media, replace_draft, set_links};
pub(crate) use read::package_in;
pub(in crate::collect) use read::{attachment_of, attachments, encoded};
pub(in crate::collect) use view::kept;

pub use load::{FormCache, LoadedForm, load};
pub use model::{ChoiceOf, Compiled, Finding, KeptFinding, Question, SaveTo, Settings};
pub use publish::{publish, set_state};
pub use read::{
    Attachment, AttachmentRef, CheckView, Difference, Package, QuestionChange, attachment, diff, get, handed_out, list,
    package, source, versions, xform,
};
pub use shipped::install as install_shipped;
pub use view::{FormDetail, FormView, Media, Version, VersionItem, is_asked, takes_answers};

use linli_domain::{Permit, RecordId};
use linli_store::{ReadTx, tables::Form};
use md5::{Digest, Md5};

use crate::{Problem, ProblemKind};

/// MD5 in hexadecimal: what OpenRosa clients compare.
pub fn md5_of(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// A form in reach, or the same answer whether it does not exist or is out of reach.
pub(crate) fn form_of(tx: &mut ReadTx<'_>, permit: &Permit, id: RecordId) -> Result<Form, Problem> {
    tx.form(permit, id)?.ok_or_else(no_form)
}

/// No such form.
pub fn no_form() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "form.not_found",
        "没有找到这份表单,或它不在您的区域内。",
        "There is no such form, or it is not for your area.",
    )
}

/// No such version.
pub(crate) fn no_version(version: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "form.no_version",
        format!("这份表单没有版本“{version}”。"),
        format!("This form has no version `{version}`."),
    )
}
