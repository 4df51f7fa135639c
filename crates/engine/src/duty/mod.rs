//! Responsibility lists beyond the registers themselves: "is this certificate needed?" for workers and residents.

mod certificates;

pub use certificates::{CertificateItem, CertificateItems, list as certificates};
