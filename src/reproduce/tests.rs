//! Tests of claims and pages as a whole.
