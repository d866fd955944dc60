//! Where in an SOP's steps something is wrong, and what.

use std::fmt;

/// What is wrong with what a step is to send. For people it reads `step 2: item 1: …`; who knows where the
/// steps stand in a request makes a path of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentRefusal {
    /// The step, counted from 1 as it was given.
    pub step: usize,
    /// The item in the step, from 1; nothing when it is the step as a whole.
    pub item: Option<usize>,
    /// The part of the item; nothing when it is the item as a whole.
    pub field: Option<Field>,
    /// What is wrong, naming the limit.
    pub what: String,
}

/// A part of a content item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The text of a text.
    Text,
    /// The title of a card.
    Title,
    /// Where a link leads.
    Url,
    /// The text of a card.
    Summary,
    /// The picture of a card.
    Cover,
    /// The picture, video or file itself.
    File,
    /// The mini program.
    AppId,
    /// The page inside the mini program.
    Page,
}

impl fmt::Display for ContentRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: ", self.step)?;
        if let Some(item) = self.item {
            write!(f, "item {item}: ")?;
        }
        f.write_str(&self.what)
    }
}
