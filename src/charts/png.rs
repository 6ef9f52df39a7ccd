//! From a chart's SVG to PNG, with no font but the embedded one.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};

use super::{ChartError, style};

/// The picture as the bytes of a PNG file, one pixel for each of the page.
pub(super) fn encode(svg: &str) -> Result<Vec<u8>, ChartError> {
    let options = Options { fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| ChartError::Picture(error.to_string()))?;
    let mut pixels = Pixmap::new(style::WIDTH, style::HEIGHT)
        .ok_or_else(|| ChartError::Picture("no room for its pixels".to_owned()))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| ChartError::Picture(error.to_string()))
}

/// The embedded font, read once.
pub(super) fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let read = || {
        let mut fonts = Database::new();
        for bytes in [dejavu::sans::regular(), dejavu::sans::bold()] {
            fonts.load_font_source(Source::Binary(Arc::new(bytes)));
        }
        Arc::new(fonts)
    };
    FONTS.get_or_init(read).clone()
}
