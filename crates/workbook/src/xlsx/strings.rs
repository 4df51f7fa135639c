//! The table of shared strings.

use std::sync::Arc;

use quick_xml::events::Event;

use super::Outline;
use crate::error::BookError;
use crate::package::Package;
use crate::xml::{decode_xstring, push_text, walk};

/// Most bytes of text that are kept: twenty million short words, far beyond what the cells of a workbook may be.
const TEXT: usize = 256 << 20;

/// Reads the shared strings; runs of rich text are joined, phonetic guides left out.
pub(super) fn read_shared(package: &mut Package<'_>, outline: &Outline) -> Result<Vec<Arc<str>>, BookError> {
    let Some(part) = outline.related("sharedStrings").filter(|p| package.find(p).is_some()) else {
        return Ok(Vec::new());
    };
    let part = part.to_owned();
    let mut strings: Vec<Arc<str>> = Vec::new();
    let mut text = String::new();
    let (mut in_text, mut in_phonetic, mut kept) = (false, false, 0_usize);
    package.stream(&part, |input| {
        walk(&part, input, |event, empty| {
            match event {
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "si" if empty => strings.push(Arc::from("")),
                    "si" => text.clear(),
                    "t" => in_text = !empty && !in_phonetic,
                    "rPh" => in_phonetic = !empty,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().into_inner() {
                    "si" => {
                        kept += text.len();
                        strings.push(Arc::from(decode_xstring(&text).as_ref()));
                    }
                    "t" => in_text = false,
                    "rPh" => in_phonetic = false,
                    _ => {}
                },
                event if in_text => {
                    push_text(&part, event, &mut text)?;
                    if kept + text.len() > TEXT {
                        return Err(BookError::ZipBomb { part: part.clone() });
                    }
                }
                Event::GeneralRef(_) => {
                    push_text(&part, event, &mut String::new())?;
                }
                _ => {}
            }
            Ok(())
        })
    })?;
    Ok(strings)
}
