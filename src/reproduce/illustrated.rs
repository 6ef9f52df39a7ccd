//! The page of a reproduction with its charts: which there are, and what is said
//! of each.

use super::page::{self, Making, PageChart};
use super::{Replicates, Reproduction, picture};
use crate::charts::{Chart, Format, PageError};

/// The format of a page's charts.
pub const FORMAT: Format = Format::Png;

/// A page and the charts beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Illustrated {
    /// Markdown, which names the charts' files.
    pub page: String,
    pub charts: Vec<Chart>,
}

/// Draws the charts, and writes the page about them.
pub fn illustrated(
    of: &Reproduction<'_>,
    replicates: &Replicates<'_>,
    making: &Making,
) -> Result<Illustrated, PageError> {
    let mut charts = Vec::new();
    let mut on_page = Vec::new();
    for order in &of.claims.charts {
        let chart = picture::over_axis(order, replicates)?;
        let alt = format!("{} over {}", order.metric.label, order.axis);
        let says = if order.says.is_empty() { alt.clone() } else { order.says.clone() };
        on_page.push(PageChart { file: file(&chart), alt, says });
        charts.push(chart);
    }
    for chart in picture::side_by_side(of, replicates)? {
        let alt = chart.title.clone();
        on_page.push(PageChart { file: file(&chart), alt, says: String::new() });
        charts.push(chart);
    }
    charts.extend(picture::distributions(of)?);
    let named = |metric: &str| {
        let name = picture::distributions_name(metric);
        charts.iter().find(|chart| chart.name == name).map(file)
    };
    let page = page::write(of, making, &on_page, named)?;
    Ok(Illustrated { page, charts })
}

fn file(chart: &Chart) -> String {
    format!("{}.{}", chart.name, FORMAT.extension())
}
