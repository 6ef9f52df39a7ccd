//! From a chart's SVG to PNG, with no font but the embedded one.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};

use super::font::FACES;
use crate::charts::ChartError;

/// The picture of an SVG as the bytes of a PNG file, of so many pixels.
pub(in crate::charts) fn encode(svg: &str, (width, height): (u32, u32)) -> Result<Vec<u8>, ChartError> {
    let options = Options { fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| ChartError::Picture(error.to_string()))?;
    let mut pixels =
        Pixmap::new(width, height).ok_or_else(|| ChartError::Picture("no room for its pixels".to_owned()))?;
    let size = tree.size();
    let transform = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| ChartError::Picture(error.to_string()))
}

/// The embedded font, read once.
pub(in crate::charts) fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let read = || {
        let mut fonts = Database::new();
        for face in FACES {
            fonts.load_font_source(Source::Binary(Arc::new(face())));
        }
        Arc::new(fonts)
    };
    FONTS.get_or_init(read).clone()
}
