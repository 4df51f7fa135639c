//! Flows: what is asked of someone has an owner, a clock, a basis, a trace and an evaluation.
//!
//! A [`Flow`] is read from a pack: states, actions, parties, clocks. A case is an instance of it; its [`CaseState`] is the sum
//! of its events. [`decide`] says what an act comes to, as an [`Event`] that carries everything it changes, due moments
//! included; [`apply`] adds an event up. So a case replays from its history to the same state whatever the calendar, the areas
//! and the flow's file say today.
//!
//! | file | what for |
//! |---|---|
//! | `model`, `kinds` | a flow as the pack says it |
//! | `case` | the state of a case |
//! | `event` | its events, [`apply`] and [`replay`] |
//! | `act` | what somebody wants to do, who they are to the case, why it is refused |
//! | `open`, `decide` | beginning a case; everything done to it afterwards |
//! | `clocks` | what a change of state does to the clocks; what a clock does when its time has come |
//! | `parties` | who is called, who has reported, who has left |
//! | `offer` | which actions somebody can take now, and what keeps them from the others |
//! | `values` | fields of a flow: checking them, and their JSON form |
//! | `builtin` | actions that every flow has |
//! | `check` | what is wrong with a flow: unreachable states, dead ends, actions nobody may take |
//! | `migrate` | moving a case to another version of its flow |

mod act;
mod builtin;
mod case;
pub mod check;
mod clocks;
mod decide;
mod event;
mod kinds;
mod migrate;
mod model;
mod offer;
mod open;
mod parties;
mod values;

#[cfg(test)]
mod tests;

pub use act::{Act, Opening, Refusal, Standing};
pub use case::{CaseClock, CaseCore, CaseParty, CaseState, ClockState, Mark, MarkKind, PartyKey, PartyState};
pub use clocks::{Fired, fire};
pub use decide::decide;
pub use event::{ClockChange, Effects, Event, PartyChange, Place, apply, replay};
pub use kinds::{ActionKind, Ask, By, Joint, PartyKind, Phase};
pub use migrate::{migrate, unmapped};
pub use model::{Action, ClockLimit, ClockRule, Duplicates, Escalation, Evaluation, Flow, Opens, Party, State};
pub use offer::{Offer, offers};
pub use open::open;
pub use parties::{due_of, is_due, key_of, next_due};
pub use values::{RESERVED, guard_scope, normal, values_from_json, values_to_json};
