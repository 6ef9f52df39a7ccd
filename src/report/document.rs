//! A report as a plain value: what stands in it, and nothing of how it looks.
//! Pages are made of it, and tests read it.

use serde::Serialize;

use super::drawing::Drawing;
use super::player::PlayerParts;

/// A report.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// What made it; a file that says so may be made anew by the same.
    pub generator: &'static str,
    pub title: String,
    /// Why the experiment exists; empty where nobody said.
    pub about: String,
    /// What a reader should take away; none where that is left to the reader.
    pub findings: Vec<Remark>,
    pub sections: Vec<Section>,
    /// What the run's events need to be played.
    #[serde(skip)]
    pub player: Option<PlayerParts>,
    /// How the report came to be.
    pub made: String,
}

/// A part of a report, with a place to link to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    pub id: String,
    pub heading: String,
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Block {
    Prose(String),
    Remarks(Vec<Remark>),
    Table(Table),
    Figure(Box<Figure>),
    Code(Code),
    /// The report's player; there is only one.
    Player,
    /// A section of its own, one level down.
    Part(Section),
    /// Detail that is shown when asked for.
    Folded(Section),
    /// A heading, and below it room for the reader's own words.
    Own(Own),
}

/// A paragraph that a person writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Own {
    pub heading: String,
    /// The comments around it, by which it is left alone.
    pub begin: String,
    pub end: String,
}

/// A sentence and what it means for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    pub tone: Tone,
    pub text: String,
}

/// What a remark means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// All is as it should be.
    Good,
    /// Something that was found out.
    Finding,
    /// To be looked at before anything is believed.
    Warning,
    /// What cannot be known.
    Unknown,
}

/// A table; the first cell of each row is its heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    /// Each as long as `columns`; `?` is what cannot be known.
    pub rows: Vec<Vec<String>>,
    /// What explains its words; empty where none need it.
    pub note: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// With the unit.
    pub heading: String,
    /// Numbers stand to the right.
    pub is_number: bool,
}

/// A chart and what is to be seen on it. Its words stand in the page, not in the
/// picture, so that they are as large as the page's own on any screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Unique within the report, of letters, digits and `-`.
    pub id: String,
    /// Named as the figure.
    #[serde(skip)]
    pub drawing: Drawing,
    /// What is found in it.
    pub heading: String,
    /// Of what it is, and how it is read.
    pub about: String,
    /// What is read off it; empty where the heading has it all.
    pub caption: String,
}

/// Lines as they stand in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    pub caption: String,
    pub text: String,
}

impl Remark {
    pub fn good(text: impl Into<String>) -> Remark {
        Remark { tone: Tone::Good, text: text.into() }
    }

    pub fn finding(text: impl Into<String>) -> Remark {
        Remark { tone: Tone::Finding, text: text.into() }
    }

    pub fn warning(text: impl Into<String>) -> Remark {
        Remark { tone: Tone::Warning, text: text.into() }
    }

    pub fn unknown(text: impl Into<String>) -> Remark {
        Remark { tone: Tone::Unknown, text: text.into() }
    }
}

impl Table {
    /// A table with these headings; `#` before one marks a column of numbers.
    pub fn new<H: AsRef<str>>(caption: impl Into<String>, headings: &[H]) -> Table {
        let column = |heading: &H| Column {
            heading: heading.as_ref().trim_start_matches('#').to_owned(),
            is_number: heading.as_ref().starts_with('#'),
        };
        Table {
            caption: caption.into(),
            columns: headings.iter().map(column).collect(),
            rows: Vec::new(),
            note: String::new(),
        }
    }

    pub fn with(self, rows: impl IntoIterator<Item = Vec<String>>) -> Table {
        Table { rows: rows.into_iter().collect(), ..self }
    }

    pub fn noted(self, note: impl Into<String>) -> Table {
        Table { note: note.into(), ..self }
    }
}

impl Figure {
    /// A chart below `place`, an id.
    pub fn new(place: &str, drawing: &Drawing, caption: String) -> Figure {
        let mut drawing = drawing.clone();
        let Drawing { wide, narrow } = &mut drawing;
        let name = wide.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let (heading, about) = (wide.title.clone(), wide.description.clone());
        wide.name = format!("{place}-{name}");
        narrow.name = format!("{place}-{name}-narrow");
        Figure { id: wide.name.clone(), drawing, heading, about, caption }
    }
}

impl Document {
    /// All charts, in their order.
    pub fn figures(&self) -> Vec<&Figure> {
        fn collect<'a>(blocks: &'a [Block], found: &mut Vec<&'a Figure>) {
            for block in blocks {
                match block {
                    Block::Figure(figure) => found.push(figure),
                    Block::Part(section) | Block::Folded(section) => collect(&section.blocks, found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        self.sections.iter().for_each(|section| collect(&section.blocks, &mut found));
        found
    }
}

impl Section {
    pub fn new(id: impl Into<String>, heading: impl Into<String>, blocks: Vec<Block>) -> Section {
        Section { id: id.into(), heading: heading.into(), blocks }
    }
}
