//! Making a new part known: relationships, content types, and the sheet's mention of its drawing.

use crate::error::BookError;
use crate::fill::Changes;
use crate::fill::grow::wrap_tail;
use crate::fill::tokens::{Token, get_attr, rewrite, tokens};
use crate::package::Package;
use crate::xlsx::rels_part;
use crate::xml::escaped;

const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = "[Content_Types].xml";

/// Adds a relationship from `part` to `target` and returns its id.
pub(super) fn add_rel(
    package: &mut Package<'_>,
    part: &str,
    kind: &str,
    target: &str,
    changes: &mut Changes,
) -> Result<String, BookError> {
    let rels = rels_part(part);
    let stored = package.find(&rels).map_or(rels, str::to_owned);
    let known = package.find(&stored).is_some() || changes.parts.contains_key(&stored);
    let xml = if known {
        changes.text(package, &stored)?
    } else {
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>".to_owned()
    };
    let id = format!("rIdLinli{}", 1 + xml.matches("rIdLinli").count());
    let rel = format!("Relationship Id=\"{id}\" Type=\"{RELS}/{kind}\" Target=\"/{}\"/>", escaped(target));
    changes.set(package, &stored, append(&stored, &xml, "Relationships", &rel)?);
    Ok(id)
}

/// States the content type of a part.
pub(super) fn add_override(
    package: &mut Package<'_>,
    part: &str,
    kind: &str,
    changes: &mut Changes,
) -> Result<(), BookError> {
    let xml = changes.text(package, TYPES)?;
    let element = format!("Override PartName=\"/{}\" ContentType=\"{kind}\"/>", escaped(part));
    changes.set(package, TYPES, append(TYPES, &xml, "Types", &element)?);
    Ok(())
}

/// States the content type of an extension, when it is not stated yet.
pub(super) fn add_default(
    package: &mut Package<'_>,
    extension: &str,
    kind: &str,
    changes: &mut Changes,
) -> Result<(), BookError> {
    let xml = changes.text(package, TYPES)?;
    let mut known = false;
    tokens(TYPES, &xml, |token, _| {
        if let Token::Start { name: "Default", raw, .. } = token {
            known |= get_attr(raw, "Extension").is_some_and(|e| e.eq_ignore_ascii_case(extension));
        }
        Ok(())
    })?;
    if !known {
        let element = format!("Default Extension=\"{extension}\" ContentType=\"{kind}\"/>");
        changes.set(package, TYPES, append(TYPES, &xml, "Types", &element)?);
    }
    Ok(())
}

/// Adds an element (without its `<` and prefix) at the end of the root called `root`.
fn append(part: &str, xml: &str, root: &str, element: &str) -> Result<String, BookError> {
    let prefix = |raw: &str| {
        let tag = raw.trim_start_matches(['<', '/']);
        tag[..tag.find(root).unwrap_or(0)].to_owned()
    };
    rewrite(part, xml, |token| {
        Ok(match token {
            Token::End { name, raw } if *name == root => Some(format!("<{}{element}{raw}", prefix(raw))),
            Token::Start { name, raw, empty: true } if *name == root => {
                let p = prefix(raw);
                Some(format!("{}><{p}{element}</{p}{root}>", raw.trim_end_matches("/>")))
            }
            _ => None,
        })
    })
}

/// The relationship id of the drawing that a sheet's tail names for its comments.
pub(super) fn legacy_drawing(tail: &str) -> Option<String> {
    let at = tail.match_indices("legacyDrawing").map(|(at, _)| at).find(|at| {
        let after = tail[at + "legacyDrawing".len()..].chars().next();
        let before = tail[..*at].chars().next_back();
        after.is_some_and(|c| c.is_whitespace()) && matches!(before, Some('<' | ':'))
    })?;
    let from = tail[..at].rfind('<')?;
    let tag = &tail[from..from + tail[from..].find('>')? + 1];
    tag.split_whitespace().filter_map(|a| a.split_once(":id=")).map(|(_, v)| v).find_map(|v| {
        let quote = v.chars().next()?;
        v[1..].split(quote).next().map(str::to_owned)
    })
}

/// Names the drawing in a sheet's tail, where the order of elements (ECMA-376 Part 1, 18.3.1.99) wants it.
pub(super) fn name_drawing(part: &str, tail: &str, id: &str) -> Result<String, BookError> {
    const LATER: [&str; 9] = [
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    ];
    let (wrapped, added) = wrap_tail(tail);
    let (mut depth, mut place, mut prefix) = (0_i32, None, String::new());
    tokens(part, &wrapped, |token, span| {
        match token {
            Token::Start { name, raw, empty } => {
                if depth == 0 {
                    let tag = raw.trim_start_matches('<');
                    prefix = tag[..tag.find(name).unwrap_or(0)].to_owned();
                }
                if depth == 1 && span.start >= added && LATER.contains(&name) {
                    place.get_or_insert(span.start);
                }
                depth += i32::from(!empty);
            }
            Token::End { .. } => {
                depth -= 1;
                if depth == 0 {
                    place.get_or_insert(span.start);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    let place = place.unwrap_or(wrapped.len()).max(added);
    let element = format!("<{prefix}legacyDrawing xmlns:r=\"{RELS}\" r:id=\"{id}\"/>");
    Ok(format!("{}{element}{}", &wrapped[added..place], &wrapped[place..]))
}
