//! Figures and to-do of the staff home page.
