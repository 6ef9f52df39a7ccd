//! Charts: from metrics and series to SVG and PNG. The one door to plotters.
