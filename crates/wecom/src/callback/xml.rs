//! As much XML as callbacks need: elements and text, whatever their order, CDATA or not.
//!
//! No document type, no entities but the five of XML itself, no processing instructions, and
//! bounds on depth and number of elements: what an attacker could use is not understood at all.

use quick_xml::{
    Reader,
    events::{BytesRef, Event},
};

use super::Refusal;

const MAX_DEPTH: usize = 12;
const MAX_ELEMENTS: usize = 10_000;

/// An element with the text directly in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The text of the first child of that name; `None` when it is absent or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let text = self.children_named(name).next()?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The texts of the `Item`s in the child of that name, empty ones left out.
    pub(super) fn items(&self, name: &str) -> Vec<String> {
        let items = self.children_named(name).flat_map(|list| list.children_named("Item"));
        items.map(|item| item.text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    fn children_named(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Reads a document into its root element.
pub(super) fn read(text: &str) -> Result<Element, Refusal> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    let mut n_elements = 0;
    loop {
        let event = reader.read_event().map_err(|_| Refusal::Malformed("no well-formed XML"))?;
        let innermost = open.last_mut().expect("the document itself is never closed");
        match event {
            Event::Start(start) => {
                n_elements += 1;
                open.push(Element { name: start.name().0.to_owned(), ..Element::default() });
            }
            Event::Empty(start) => {
                n_elements += 1;
                let name = start.name().0.to_owned();
                innermost.children.push(Element { name, ..Element::default() });
            }
            Event::End(_) => {
                let closed = open.pop().expect("the reader matches ends to starts");
                open.last_mut().expect("the reader matches ends to starts").children.push(closed);
            }
            Event::Text(text) => innermost.text.push_str(&text.xml10_content()),
            Event::CData(text) => innermost.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => innermost.text.push(resolve(&reference)?),
            Event::Decl(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err(Refusal::Malformed("a document type")),
            Event::PI(_) => return Err(Refusal::Malformed("a processing instruction")),
            Event::Eof => break,
        }
        if open.len() > MAX_DEPTH || n_elements > MAX_ELEMENTS {
            return Err(Refusal::TooLarge);
        }
    }
    let document = open.pop().filter(|document| open.is_empty() && document.text.trim().is_empty());
    match document.map(|document| <[Element; 1]>::try_from(document.children)) {
        Some(Ok([root])) if root.name == "xml" => Ok(root),
        _ => Err(Refusal::Malformed("not one element xml")),
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, Refusal> {
    match &*reference.xml10_content() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => reference
            .resolve_char_ref()
            .ok()
            .flatten()
            .filter(|char| *char != '\0')
            .ok_or(Refusal::Malformed("an entity")),
    }
}
