//! The pictures of the view.
