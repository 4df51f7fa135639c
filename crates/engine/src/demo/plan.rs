//! The street's plan: communities → estates → grids → buildings → units → dwellings, out of `data/street.csv`.
//!
//! The street and its communities are real (names and codes of the National Bureau of Statistics), the roads too; estates,
//! house numbers and everything below are invented.

use linli_domain::catalogue::AreaLevel;

use super::{
    areas::{communities, extract},
    dice::Dice,
};

const STREET: &str = include_str!("../../data/street.csv");

/// Code of the street that is held in full: 七政街道 of 南岗区.
pub const FULL_STREET: &str = "230103013000";

/// Code of 焊接社区, where the tour's community worker works.
pub const TOUR_COMMUNITY: &str = "230103013010";

/// The estate whose people are mostly left out of the registers: the sample ledger brings them in.
pub const LEFT_OUT_ESTATE: &str = "焊接厂散楼";

/// Digits that a child's code adds, by kind (from `levels.toml`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeDigits {
    /// Of an estate.
    pub estate: usize,
    /// Of a grid.
    pub grid: usize,
    /// Of a building.
    pub building: usize,
    /// Of a unit.
    pub unit: usize,
}

impl Default for CodeDigits {
    fn default() -> Self {
        Self { estate: 4, grid: 3, building: 3, unit: 2 }
    }
}

impl CodeDigits {
    /// As the Catalogue's levels say.
    pub fn of(levels: &[AreaLevel]) -> Self {
        let standard = Self::default();
        let digits = |kind: &str, otherwise: usize| {
            levels.iter().find(|level| level.kind == kind).map_or(otherwise, |level| usize::from(level.code_digits))
        };
        Self {
            estate: digits("estate", standard.estate),
            grid: digits("grid", standard.grid),
            building: digits("building", standard.building),
            unit: digits("unit", standard.unit),
        }
    }
}

/// An area of the demo below the community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Code.
    pub code: String,
    /// Code of its parent.
    pub parent: String,
    /// Kind by the glossary.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// The digits it adds: its segment of the path.
    pub segment: String,
    /// Code of its community.
    pub community: String,
}

/// A dwelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dwelling {
    /// Index of its unit among [`Plan::places`].
    pub unit: usize,
    /// Index of its estate among [`Plan::estates`].
    pub estate: usize,
    /// Address in full.
    pub address: String,
    /// `3号楼`
    pub building_no: String,
    /// `2单元`
    pub unit_no: String,
    /// `501`
    pub room_no: String,
    /// Floor.
    pub floor: i64,
    /// Hundredths of a square metre.
    pub area_m2: i64,
    /// Rooms.
    pub rooms: i64,
}

/// An estate as `data/street.csv` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estate {
    /// Code of its community.
    pub community: &'static str,
    /// Name.
    pub name: &'static str,
    /// Real road.
    pub road: &'static str,
    /// Invented house number.
    pub number: &'static str,
    /// Year it was built.
    pub built: i64,
    /// Buildings.
    pub buildings: usize,
    /// Floors of each.
    pub floors: usize,
    /// Units of each.
    pub units: usize,
    /// Dwellings on each floor of a unit.
    pub per_floor: usize,
    /// Grids it is divided into.
    pub grids: usize,
    /// Whether it has lifts.
    pub lift: bool,
    /// Code of the list `tenure` most of its dwellings have.
    pub tenure: &'static str,
    /// How many of 1,000 households are of elderly people.
    pub elders: u32,
}

impl Estate {
    /// The community's name without `社区居委会`.
    fn short_community<'a>(&self, names: &'a [(String, String)]) -> &'a str {
        let name = names.iter().find(|(code, _)| code == self.community).map_or("", |(_, name)| name);
        name.trim_end_matches("社区居委会")
    }
}

/// The street below its communities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Estates.
    pub estates: Vec<Estate>,
    /// Areas, parents first.
    pub places: Vec<Place>,
    /// Dwellings in the order of the areas.
    pub dwellings: Vec<Dwelling>,
}

impl Plan {
    /// The plan; only sizes of dwellings are drawn from `dice`.
    pub fn new(dice: &Dice, digits: CodeDigits) -> Self {
        let mut plan = Self { estates: read_estates(), ..Self::default() };
        let mut sizes = dice.fork("sizes");
        let names = communities(&extract());
        let mut of_community = (String::new(), 0, 0);
        for (index, estate) in plan.estates.clone().iter().enumerate() {
            if of_community.0 != estate.community {
                of_community = (estate.community.to_owned(), 0, 0);
            }
            of_community.1 += 1;
            let code =
                plan.place(estate.community, digits.estate, of_community.1, "estate", estate.name.to_owned(), estate);
            for grid in 0..estate.grids {
                of_community.2 += 1;
                let name = format!("{}第{}网格", estate.short_community(&names), of_community.2);
                let grid_code = plan.place(&code, digits.grid, grid + 1, "grid", name, estate);
                let (first, last) =
                    (grid * estate.buildings / estate.grids, (grid + 1) * estate.buildings / estate.grids);
                for building in first + 1..=last {
                    plan.building(index, &grid_code, building, digits, &mut sizes);
                }
            }
        }
        plan
    }

    /// Index of the place with `code`.
    pub fn place_index(&self, code: &str) -> Option<usize> {
        self.places.iter().position(|place| place.code == code)
    }

    /// Code of the place of `kind` at or above the place at `index`.
    pub fn above(&self, index: usize, kind: &str) -> Option<&Place> {
        let mut place = self.places.get(index)?;
        while place.kind != kind {
            place = self.places.iter().find(|other| other.code == place.parent)?;
        }
        Some(place)
    }

    fn building(&mut self, estate: usize, grid: &str, number: usize, digits: CodeDigits, sizes: &mut Dice) {
        let Some(about) = self.estates.get(estate).cloned() else { return };
        let code = self.place(grid, digits.building, number, "building", format!("{number}号楼"), &about);
        for unit in 1..=about.units {
            let name = format!("{unit}单元");
            self.place(&code, digits.unit, unit, "unit", name, &about);
            let at = self.places.len() - 1;
            for floor in 1..=about.floors {
                for door in 1..=about.per_floor {
                    let dwelling = dwelling(&about, estate, at, [number, unit, floor, door], sizes);
                    self.dwellings.push(dwelling);
                }
            }
        }
    }

    fn place(
        &mut self,
        parent: &str,
        digits: usize,
        number: usize,
        kind: &'static str,
        name: String,
        estate: &Estate,
    ) -> String {
        let segment = format!("{number:0digits$}");
        let code = format!("{parent}{segment}");
        let community = estate.community.to_owned();
        self.places.push(Place { code: code.clone(), parent: parent.to_owned(), kind, name, segment, community });
        code
    }
}

fn dwelling(about: &Estate, estate: usize, unit: usize, numbers: [usize; 4], sizes: &mut Dice) -> Dwelling {
    let [building, unit_no, floor, door] = numbers;
    let room_no = format!("{floor}{door:02}");
    let rooms = if about.built < 1990 { sizes.between(1, 2) } else { sizes.between(1, 3) };
    let base = if about.built < 1990 { 2_600 } else { 3_400 };
    let area_m2 = i64::from(base + (rooms - 1) * 2_150 + sizes.between(0, 1_400));
    Dwelling {
        unit,
        estate,
        address: format!(
            "哈尔滨市南岗区七政街道{}{}号{}{building}号楼{unit_no}单元{room_no}室",
            about.road, about.number, about.name
        ),
        building_no: format!("{building}号楼"),
        unit_no: format!("{unit_no}单元"),
        room_no,
        floor: i64::try_from(floor).unwrap_or(0),
        area_m2,
        rooms: i64::from(rooms),
    }
}

fn read_estates() -> Vec<Estate> {
    STREET.lines().skip(1).filter_map(read_estate).collect()
}

fn read_estate(line: &'static str) -> Option<Estate> {
    let cells: Vec<&str> = line.split(',').collect();
    let [community, name, road, number, built, buildings, floors, units, per_floor, grids, lift, tenure, elders] =
        cells.try_into().ok()?;
    Some(Estate {
        community,
        name,
        road,
        number,
        built: built.parse().ok()?,
        buildings: buildings.parse().ok()?,
        floors: floors.parse().ok()?,
        units: units.parse().ok()?,
        per_floor: per_floor.parse().ok()?,
        grids: grids.parse().ok()?,
        lift: lift == "yes",
        tenure,
        elders: elders.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_plan_has_the_street_in_full() {
        let plan = Plan::new(&Dice::new(1), CodeDigits::default());
        assert_eq!(plan.estates.len(), 17);
        let count = |kind: &str| plan.places.iter().filter(|place| place.kind == kind).count();
        assert_eq!((count("estate"), count("grid"), count("building"), count("unit")), (17, 18, 113, 417));
        assert_eq!(plan.dwellings.len(), 10_238);
    }

    #[test]
    fn codes_are_unique_and_extend_their_parents() {
        let plan = Plan::new(&Dice::new(1), CodeDigits::default());
        let codes: BTreeSet<&str> = plan.places.iter().map(|place| place.code.as_str()).collect();
        assert_eq!(codes.len(), plan.places.len());
        for (at, place) in plan.places.iter().enumerate() {
            assert_eq!(place.code, format!("{}{}", place.parent, place.segment));
            assert_eq!(plan.above(at, "estate").map(|estate| estate.parent.as_str()), Some(place.community.as_str()));
        }
    }
}
