//! The one window (一窗受理): what a person may apply for, what need not be handed in, the desk.
//!
//! | file | what for |
//! |---|---|
//! | `person` | one person as items look at them: the resident's file and the household's |
//! | `items` | the catalogue of items, judged for a person, filled in from the registers |
//! | `applicant` | who applies |
//! | `apply` | an application comes in: at the counter, by proxy, from a phone |
//! | `receipt` | what the applicant takes along: a page with a QR code |
//! | `queue`, `appointments`, `desk` | the counter's day |
//! | `public` | for residents without an account: items, applications, status and rating by number and code |
//! | `office` | where the community is, its phone, its grid worker |
//! | `ratings` | what was said, never by whom |

mod applicant;
mod apply;
mod appointments;
mod desk;
mod items;
mod office;
mod person;
pub mod public;
mod queue;
mod ratings;
mod receipt;
mod values;

pub(crate) use apply::take_in;
pub use apply::{Applied, NewApplication, PersonInput, ProxyInput, apply};
pub use appointments::{
    AppointmentView, DaySlots, NewAppointment, SlotView, book, cancel as cancel_appointment, settle, slots,
};
pub use desk::{DeskView, desk};
pub use items::{
    ConditionView, ItemDetail, ItemView, Items, MaterialView, Prefill, form as item_form, get, list, public_items,
};
pub use office::{OfficeCard, OfficeWorker, office};
pub use queue::{NewWaiting, QueueStep, WaitingView, step as queue_step, take as take_number};
pub use ratings::{RatingItems, RatingView, ratings};
pub use receipt::{Receipt, receipt};
pub(crate) use values::normal_text;

use linli_domain::Subject;

/// The flow of applications.
pub const FLOW: &str = "service/application";

/// Applications as a subject of permissions.
pub(crate) fn subject() -> Subject {
    Subject::Flow(FLOW.into())
}
