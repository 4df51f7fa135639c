//! Collection: forms, answers, phones. Answers change registers by the same rules as people do, in the transaction that
//! keeps them.
//!
//! | module | what for |
//! |---|---|
//! | [`form`] | the studio: upload, check, link, publish, versions, packages |
//! | [`held`] | how much of what a form asks is held already, by area |
//! | [`lists`] | registers as entity lists of forms |
//! | [`receive`] | an answer arrives: checked, kept once, applied |
//! | [`answer`] | what is kept beside an answer: flags, entity changes |
//! | [`answers`] | answers as people work with them: list, tree, review, correction, summary, files out |
//! | [`public`] | public links and answers without an account |
//! | [`conflict`] | two people changed the same field: the queue |
//! | [`openrosa`] | forms and answers as ODK Collect speaks of them |
//! | [`phone`] | tokens and settings of phones with ODK Collect |
//! | [`values`] | texts of forms ↔ values of registers |

pub mod answer;
pub mod answers;
pub mod conflict;
pub mod form;
pub mod held;
pub mod lists;
pub mod openrosa;
pub mod phone;
pub mod public;
pub mod receive;
pub(crate) mod values;
