//! Areas of the demo: the statistics' extract for Harbin, counts for the rest of the city, and the street's own places.

use std::{collections::BTreeMap, io::Read};

use linli_domain::{
    Area, AreaPath,
    area::{CommunitySort, community_sort},
};

use crate::area::initials;

use super::{
    dice::Dice,
    plan::{FULL_STREET, Plan},
};

/// Statistical division codes of 2023 for Harbin, with the province's own row: `code,parent,level,name`.
const EXTRACT: &[u8] = include_bytes!("../../data/regions-2301.csv.gz");

/// The extract as a CSV text.
pub fn extract() -> String {
    let mut text = String::new();
    match flate2::read::GzDecoder::new(EXTRACT).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

/// Codes and names of the communities of the full street.
pub fn communities(extract: &str) -> Vec<(String, String)> {
    extract
        .lines()
        .filter_map(|line| Some((line.split(',').next()?, line.rsplit(',').next()?)))
        .filter(|(code, _)| code.starts_with(&FULL_STREET[..9]) && !code.ends_with("000"))
        .map(|(code, name)| (code.to_owned(), name.to_owned()))
        .collect()
}

/// Households and residents counted in a community whose records the demo does not hold: plausible for its sort, and the
/// same every time. Only communities carry counts, so that sums over a subtree count nobody twice.
pub fn counts(dice: &Dice, code: &str) -> (i64, i64) {
    let mut dice = dice.fork(code);
    let (households, persons_per_thousand) = match community_sort(code) {
        CommunitySort::Residents => {
            (1_150 + dice.between(0, 1_300) + dice.between(0, 1_300), dice.between(2_150, 2_600))
        }
        CommunitySort::Village => (240 + dice.between(0, 260) + dice.between(0, 420), dice.between(2_350, 2_950)),
        CommunitySort::Quasi | CommunitySort::Other => (20 + dice.between(0, 180), dice.between(1_900, 2_700)),
    };
    (i64::from(households), i64::from(households) * i64::from(persons_per_thousand) / 1_000)
}

/// The places of the plan as areas below their communities, whose paths are given by code.
pub fn below(plan: &Plan, communities: &BTreeMap<String, AreaPath>) -> Vec<Area> {
    let mut paths = communities.clone();
    let mut areas = Vec::with_capacity(plan.places.len());
    for place in &plan.places {
        let Some(path) = paths.get(&place.parent).and_then(|parent| parent.child(&place.segment).ok()) else {
            continue;
        };
        paths.insert(place.code.clone(), path.clone());
        areas.push(Area {
            code: place.code.clone(),
            path,
            parent: Some(place.parent.clone()),
            kind: place.kind.to_owned(),
            name: place.name.clone(),
            initials: initials(&place.name),
            home: place.community.clone(),
            valid_from: None,
            valid_to: None,
            counted_households: None,
            counted_residents: None,
        });
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::plan::CodeDigits;

    #[test]
    fn the_extract_has_harbin_and_the_street() {
        let text = extract();
        assert_eq!(text.lines().count(), 3_507);
        assert!(text.contains("230103013000,230103000000,4,七政街道"));
        assert_eq!(communities(&text).len(), 6);
    }

    #[test]
    fn the_rest_of_the_city_has_a_plausible_size() {
        let (dice, text) = (Dice::new(2301), extract());
        let codes =
            text.lines().skip(1).filter_map(|line| line.split(',').next()).filter(|code| !code.ends_with("000"));
        let (households, residents) = codes.map(|code| counts(&dice, code)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        assert!((3_000_000..5_500_000).contains(&households), "{households}");
        assert!((7_500_000..12_500_000).contains(&residents), "{residents}");
        assert_eq!(counts(&dice, "230102001001"), counts(&dice, "230102001001"));
    }

    #[test]
    fn every_place_hangs_below_its_community() {
        let plan = Plan::new(&Dice::new(1), CodeDigits::default());
        let roots: BTreeMap<String, AreaPath> = communities(&extract())
            .into_iter()
            .map(|(code, _)| (code.clone(), format!("23/01/03/013/{}", &code[9..]).parse().unwrap()))
            .collect();
        let areas = below(&plan, &roots);
        assert_eq!(areas.len(), plan.places.len());
        assert!(areas.iter().all(|area| roots[&area.home].covers(&area.path) && area.path != roots[&area.home]));
        assert_eq!(areas[0].path.to_string(), "23/01/03/013/001/0001");
    }
}
