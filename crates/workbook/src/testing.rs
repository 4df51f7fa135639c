//! (testing)
