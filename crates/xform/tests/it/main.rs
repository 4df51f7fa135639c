//! The crate as its users meet it.

mod canonical;
mod conformance;
mod form_model;
mod forms_corpus;
mod submissions;
mod support;
mod xlsform_fixtures;
mod xlsform_robust;
mod xlsform_validate;
mod xpath_cases;
mod xpath_properties;
