//! A report as a form.

use linli_engine::{Problem, open311::Report};

fn not_utf8() -> Problem {
    Problem::malformed("内容不是 UTF-8 文字。", "The content is not UTF-8 text.")
}

/// Most parameters of a form.
const PAIRS: usize = 200;

/// Names and values of a form.
pub fn decoded(body: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let form = std::str::from_utf8(body).map_err(|_| not_utf8())?;
    let text = |part: &str| {
        let spaced = part.replace('+', " ");
        let read = percent_encoding::percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned);
        read.map_err(|_| not_utf8())
    };
    let pairs = form.split('&').filter(|pair| !pair.is_empty()).take(PAIRS + 1);
    let pairs: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((text(name)?, text(value)?))
        })
        .collect::<Result<_, Problem>>()?;
    if pairs.len() > PAIRS {
        return Err(Problem::malformed("参数过多。", "Too many parameters."));
    }
    Ok(pairs)
}

/// The last value that was sent under a name.
pub fn last(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().rev().find(|(held, _)| held == name).map(|(_, value)| value.clone())
}

/// The report that a form holds; attributes are `attribute[code]`, or `attribute[code][]` for several of a list.
pub fn report_of(pairs: &[(String, String)]) -> Report {
    let of = |name: &str| last(pairs, name);
    let mut report = Report {
        service_code: of("service_code"),
        lat: of("lat"),
        long: of("long"),
        address_string: of("address_string").filter(|text| !text.trim().is_empty()),
        address_id: of("address_id").filter(|text| !text.trim().is_empty()),
        description: of("description"),
        first_name: of("first_name"),
        last_name: of("last_name"),
        phone: of("phone"),
        media_url: of("media_url"),
        attributes: Default::default(),
    };
    for (name, value) in pairs {
        let attribute = name.strip_prefix("attribute[").and_then(|rest| rest.split_once(']'));
        if let Some((attribute, "" | "[]")) = attribute {
            report.attributes.entry(attribute.to_owned()).or_default().push(value.clone());
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded_and_lists_gather() {
        let pairs =
            decoded("attribute[a][]=1&attribute[a][]=2&attribute[b]=x+y&description=%E4%BA%95".as_bytes()).unwrap();
        let report = report_of(&pairs);
        assert_eq!(report.attributes["a"], ["1", "2"]);
        assert_eq!((report.attributes["b"][0].as_str(), report.description.as_deref()), ("x y", Some("井")));
        assert!(
            decoded(b"a=%ff").is_err() && decoded(&[0xff]).is_err() && decoded(b"a=1&".repeat(201).as_slice()).is_err()
        );
    }
}
