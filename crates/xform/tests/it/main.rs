//! The crate as its users meet it.

mod canonical;
mod conformance;
mod xlsform_fixtures;
mod xlsform_robust;
mod xlsform_validate;
