//! Notices: who is told what, once, when it may disturb, and what leaves the house.
//!
//! An event is heard in the transaction that causes it ([`crate::events::emit`]). [`tell_due`] takes what was heard, and in
//! one transaction writes the notices and the outbox that follow; then it wakes the pages that listen ([`Hub`]). What waits
//! in the outbox is taken by whoever can send (`server::outbound`), which tells what came of it.
//!
//! | file | what for |
//! |---|---|
//! | `tell` | events → notices and outbox |
//! | `story` | what an event says, to whom; `story_task`, `story_import`, `story_case`, `story_survey` by sort of event |
//! | `look` | one's own notices |
//! | `preference` | quiet hours and address of an account |
//! | `channel` | channels of an area |
//! | `outbox` | what leaves, as people see it |
//! | `sending` | taking from the outbox, and what came of it |
//! | `wire` | bodies and signatures of webhooks and group robots |
//! | `hub` | waking the pages that listen |

mod channel;
mod hub;
mod look;
mod outbox;
mod preference;
mod sending;
mod story;
mod story_case;
mod story_import;
mod story_survey;
mod story_task;
mod tell;
mod wire;

pub use channel::{
    ChannelChange, ChannelItems, ChannelView, NewChannel, change as change_channel, create as create_channel,
    list as channels, remove as remove_channel, test as test_channel,
};
pub use hub::{Hub, Listener, Wake};
pub use look::{NoticePage, NoticeView, ReadNotices, list, live, read};
pub use outbox::{OutboxCount, OutboxFilter, OutboxPage, OutgoingView, list as outbox, retry};
pub use preference::{QuietHours, Wishes, change as change_wishes, get as wishes};
pub use sending::{Delivery, Outcome, Parcel, settle, take};
pub use tell::tell_due;

/// Events that somebody may be told of.
pub const HEARD: &[&str] = &[
    "case.opened",
    "case.moved",
    "clock.reminder",
    "clock.overdue",
    "task.submitted",
    "task.decided",
    "task.reminded",
    "import.applied",
    "survey.invited",
];
