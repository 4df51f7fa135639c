//! Where each row belongs, which dwelling and household it speaks of, and which known record it surely is.

use std::collections::HashMap;

use linli_domain::{Field, RecordId, Value, Values, catalogue::AreaLevel};

use super::{
    cols::{Cols, join_key, text},
    compare::Setting,
    homes::{self, Home, Homes, Whereabouts},
    ids::RowIds,
    ledger::{Ledger, LedgerRow},
    plan::{Finding, Given},
    register::{Known, Register},
};
use crate::sheet::{
    known as names,
    places::{Found, Places, address_parts},
};

/// Kinds of area at and above the community.
const WIDE: [&str; 4] = ["province", "city", "district", "street"];

/// Everything that is found out about the rows before they are compared.
pub struct Settled {
    /// One for each row.
    pub settings: Vec<Setting>,
    /// Dwellings and households.
    pub homes: Vec<Home>,
    /// Area names that are not in the tree: (kind, name) → rows.
    pub unknown: std::collections::BTreeMap<(String, String), usize>,
}

/// Settles rows one after another; households run on from row to row.
pub struct Settler<'a, 'c> {
    ledger: &'a Ledger<'c>,
    places: &'a Places,
    registers: &'a [Register],
    given: &'a Given,
    ids: RowIds,
    cols: Cols,
    /// Homes by what rows say of them, word for word: most rows repeat the one above.
    dwelt: HashMap<String, Option<usize>>,
    housed: HashMap<String, usize>,
    dwelling: Option<usize>,
    household: Option<usize>,
    homes: Homes,
    located: HashMap<String, (Found, usize)>,
    running: Running,
}

/// The household the rows above belong to.
#[derive(Debug, Clone, Default)]
struct Running {
    head: Option<String>,
    dwelling: Option<usize>,
    home: Option<usize>,
}

impl<'a, 'c> Settler<'a, 'c> {
    /// A settler over a ledger; `relation` is the field for the relation to the head.
    pub fn new(
        ledger: &'a Ledger<'c>,
        places: &'a Places,
        registers: &'a [Register],
        given: &'a Given,
        ids: RowIds,
        relation: Option<&Field>,
    ) -> Self {
        let part = |is: fn(&linli_domain::Entity) -> bool| {
            (1..ledger.parts.list.len()).find(|part| is(ledger.parts.list[*part].entity))
        };
        let mut settler = Self {
            cols: Cols::of(ledger, relation),
            dwelt: HashMap::new(),
            housed: HashMap::new(),
            dwelling: part(names::is_dwelling),
            household: part(names::is_household),
            homes: Homes::new(ledger.parts.list.len()),
            located: HashMap::new(),
            running: Running::default(),
            ledger,
            places,
            registers,
            given,
            ids,
        };
        settler.index_known();
        settler
    }

    /// Settles all rows.
    pub fn all(mut self, levels: &[AreaLevel]) -> Settled {
        let mut unknown = std::collections::BTreeMap::new();
        let mut settings = Vec::with_capacity(self.ledger.rows.len());
        for at in 0..self.ledger.rows.len() {
            let (setting, misses) = self.row(at, levels);
            for (kind, name, _) in misses {
                *unknown.entry((kind, name)).or_insert(0) += 1;
            }
            settings.push(setting);
        }
        Settled { settings, homes: self.homes.list, unknown }
    }

    fn row(&mut self, at: usize, levels: &[AreaLevel]) -> (Setting, Vec<(String, String, bool)>) {
        let ledger = self.ledger;
        let row = &ledger.rows[at];
        let (found, area) = self.locate(row);
        let mut setting = Setting {
            area,
            stated: found.area != 0,
            homes: vec![None; ledger.parts.list.len()].into_boxed_slice(),
            refs: Vec::new(),
            wrong: self.wrong_place(area, &found, levels),
            known: self.surely(row, area),
        };
        if setting.wrong.is_none() {
            // A row that cannot be taken still tells whose household those below it are.
            let dwelling = self.dwelling(at, row, area);
            let household = self.household(at, row, area, dwelling, setting.known);
            for (part, home) in [(self.dwelling, dwelling), (self.household, household)] {
                if let Some(part) = part {
                    setting.homes[part] = home;
                }
            }
            self.refer(&mut setting);
        }
        (setting, found.misses)
    }

    /// The area out of the row's area columns, then out of building and unit, then out of the written address; and the area
    /// its record may hang on.
    fn locate(&mut self, row: &LedgerRow) -> (Found, usize) {
        let cols = &self.cols;
        let (building, unit) = (text(row, cols.building), text(row, cols.unit));
        let address = text(row, cols.address).filter(|_| building.is_none() || unit.is_none());
        let mut key = String::new();
        join_key(&mut key, &[building, unit, address]);
        for (column, _) in &cols.areas {
            join_key(&mut key, &[text(row, Some(*column))]);
        }
        if let Some(found) = self.located.get(&key) {
            return found.clone();
        }
        let mut named: Vec<(&str, String)> = Vec::new();
        for (column, kind) in &cols.areas {
            named.extend(text(row, Some(*column)).map(|name| (kind.as_str(), name.to_owned())));
        }
        let written = address.map(address_parts).unwrap_or_default();
        for (kind, said, written) in [("building", building, written.building), ("unit", unit, written.unit)] {
            let name = said.map(str::to_owned).or(written);
            if let Some(name) = name.filter(|_| named.iter().all(|(known, _)| *known != kind)) {
                named.push((kind, name));
            }
        }
        let found = self.places.locate(named.iter().map(|(kind, name)| (*kind, name.as_str())));
        let area = self.allowed(found.area);
        self.located.insert(key, (found.clone(), area));
        (found, area)
    }

    /// The area itself, or the nearest above it that the register's records may hang on.
    fn allowed(&self, area: usize) -> usize {
        let kinds = &self.ledger.parts.main().area_kinds;
        let mut here = area;
        while let Some(place) = self.places.area(here) {
            if kinds.is_empty() || kinds.contains(&place.kind) {
                return here;
            }
            match place.path.parent().and_then(|path| self.places.at(&path)) {
                Some(above) => here = above,
                None => break,
            }
        }
        area
    }

    fn wrong_place(&self, area: usize, found: &Found, levels: &[AreaLevel]) -> Option<Finding> {
        let label = |kind: &str| levels.iter().find(|level| level.kind == kind).map(|level| level.label.clone());
        let wide = |kind: &str| WIDE.contains(&kind) || kind == "community";
        if let Some((kind, name, several)) = found.misses.iter().find(|(kind, _, _)| wide(kind)) {
            let label = label(kind).unwrap_or_default();
            let (zh, en) = if *several {
                ("有多个同名", "several are called so")
            } else {
                ("不在本次导入的区域内", "is not within the area of this import")
            };
            return Some(Finding::row(
                "import.area_outside",
                format!("{}“{name}”{zh}", label.zh),
                format!("{} \"{name}\" {en}", label.en),
            ));
        }
        let kind = &self.places.area(area)?.kind;
        WIDE.contains(&kind.as_str()).then(|| {
            Finding::row(
                "import.area_too_wide",
                "看不出属于哪个社区。请增加“社区”一列，或选择社区后导入",
                "the row does not say which community it belongs to; add a column for it, or import into a community",
            )
        })
    }

    /// The known record by unique value, by what the same file became before, or by what recognises a home.
    fn surely(&self, row: &LedgerRow, area: usize) -> Option<usize> {
        let main = self.ledger.parts.main();
        let register = &self.registers[0];
        let mut unique = self.cols.unique.iter();
        let unique = unique.find_map(|(column, field)| register.holder(field, text(row, Some(*column))?));
        let before = || self.given.before.get(&row.row).and_then(|id| register.find(*id));
        let home = || {
            if !names::is_dwelling(main) && !names::is_household(main) {
                return None;
            }
            let keys = self.keys(0, &self.ledger.part_values(row, 0), None, area);
            self.homes.find(0, &keys)
        };
        unique.or_else(before).or_else(home)
    }

    fn whereabouts(&self, area: usize) -> (String, Option<String>) {
        let Some(place) = self.places.area(area) else { return (String::new(), None) };
        let estate = self.places.above(&place.path, "estate").map(|estate| estate.path.to_string());
        (place.home.clone(), estate)
    }

    fn keys(&self, part: usize, values: &Values, dwelling: Option<RecordId>, area: usize) -> Vec<String> {
        let (home, estate) = self.whereabouts(area);
        let at = Whereabouts { home: &home, estate: estate.as_deref() };
        if names::is_dwelling(self.ledger.parts.list[part].entity) {
            homes::dwelling_keys(values, at)
        } else {
            homes::household_keys(values, dwelling, at)
        }
    }

    fn dwelling(&mut self, at: usize, row: &LedgerRow, area: usize) -> Option<usize> {
        let part = self.dwelling?;
        let cols = &self.cols;
        let address = text(row, cols.address);
        let mut key = area.to_string();
        join_key(&mut key, &[text(row, cols.building), text(row, cols.unit), text(row, cols.room), address]);
        if let Some(home) = self.dwelt.get(&key).filter(|_| !cols.more[part]) {
            return *home;
        }
        let mut said = self.ledger.part_values(row, part);
        homes::complete(self.ledger.parts.list[part].entity, &mut said, address, None);
        let keys = self.keys(part, &said, None, area);
        let home = (!keys.is_empty()).then(|| self.homes.take(part, self.ids.id(row.row, part), at, said, keys, area));
        self.dwelt.insert(key, home);
        home
    }

    fn household(
        &mut self,
        at: usize,
        row: &LedgerRow,
        area: usize,
        dwelling: Option<usize>,
        known: Option<usize>,
    ) -> Option<usize> {
        let part = self.household?;
        let cols = &self.cols;
        let (number, named, name) = (text(row, cols.number), text(row, cols.head), text(row, cols.title));
        let relation = text(row, cols.relation);
        let head = named.or_else(|| name.filter(|_| relation.is_some_and(names::is_head)));
        let follows = head.is_none() && relation.is_some() && (dwelling.is_none() || dwelling == self.running.dwelling);
        if follows && number.is_none() && self.running.home.is_some() {
            return self.joined(self.running.home);
        }
        let address = text(row, cols.address);
        let mut key = format!("{area}/{dwelling:?}");
        join_key(&mut key, &[number, head, address.filter(|_| dwelling.is_none())]);
        let sure = known.is_none() && !cols.more[part] && (number.is_some() || (head.is_some() && dwelling.is_some()));
        if let Some(home) = self.housed.get(&key).copied().filter(|_| sure) {
            self.running = Running { head: head.map(str::to_owned), dwelling, home: Some(home) };
            return self.joined(Some(home));
        }
        let home = self.new_household(at, row, area, dwelling, known, head)?;
        self.running = Running { head: head.map(str::to_owned), dwelling, home: Some(home) };
        if sure {
            self.housed.insert(key, home);
        }
        self.joined(Some(home))
    }

    fn new_household(
        &mut self,
        at: usize,
        row: &LedgerRow,
        area: usize,
        dwelling: Option<usize>,
        known: Option<usize>,
        head: Option<&str>,
    ) -> Option<usize> {
        let part = self.household?;
        let mut said = self.ledger.part_values(row, part);
        if let Some(head) = head {
            said.insert(names::HEAD_NAME.into(), Value::text(head));
        }
        let address = text(row, self.cols.address);
        let entity = self.ledger.parts.list[part].entity;
        homes::complete(entity, &mut said, address, None);
        let dwelling_id = dwelling.map(|home| self.homes.list[home].id);
        let mut keys = self.keys(part, &said, dwelling_id, area);
        let kept = self.household_of(part, known, &said);
        if keys.is_empty() && kept.is_none() {
            keys = self.loose_keys(at, part, &said, area, dwelling_id, address);
        }
        let home = match kept {
            Some(known) => self.homes.take_known(part, known, at, said, keys),
            None if keys.is_empty() => return None,
            None => self.homes.take(part, self.ids.id(row.row, part), at, said, keys, area),
        };
        self.link(home, part, dwelling);
        let one = &mut self.homes.list[home];
        if one.known.is_none() && !one.values.contains_key(names::HEAD_NAME) {
            homes::complete(entity, &mut one.values, None, text(row, self.cols.title));
            one.guessed = true;
        }
        Some(home)
    }

    fn joined(&mut self, home: Option<usize>) -> Option<usize> {
        if let Some(home) = home {
            self.homes.list[home].rows += 1;
        }
        home
    }

    /// Keys when there is neither a number nor a head with a place: the one household of the dwelling, or the head alone for
    /// as long as rows follow each other. None when several households live there.
    fn loose_keys(
        &self,
        at: usize,
        part: usize,
        said: &Values,
        area: usize,
        dwelling: Option<RecordId>,
        address: Option<&str>,
    ) -> Vec<String> {
        if let Some(dwelling) = dwelling {
            let key = homes::sole_key(dwelling);
            return if self.homes.several(part, &key) { Vec::new() } else { vec![key] };
        }
        let (home, _) = self.whereabouts(area);
        let head = said.get(names::HEAD_NAME).and_then(Value::as_text);
        match (head, address) {
            (Some(head), _) => {
                let runs_on = self.running.head.as_deref() == Some(head);
                let run = self.running.home.filter(|_| runs_on).map_or(at, |home| self.homes.list[home].first);
                vec![homes::head_key(head, &home), format!("run/{run}/{head}")]
            }
            (None, Some(address)) => vec![format!("p/{home}/{}", homes::compact(address))],
            (None, None) => Vec::new(),
        }
    }

    /// The household a known person belongs to, unless the row says another.
    fn household_of(&self, part: usize, known: Option<usize>, said: &Values) -> Option<usize> {
        let field = homes::reference(&self.ledger.parts, 0, part)?;
        let Value::Ref(id) = self.registers[0].records.get(known?)?.value(&field) else { return None };
        let at = self.registers[part].find(*id)?;
        let household = &self.registers[part].records[at];
        let agrees = |field: &str| match (household.text(field), said.get(field).and_then(Value::as_text)) {
            (Some(held), Some(said)) => held == said,
            _ => true,
        };
        (agrees(names::HEAD_NAME) && agrees(names::HOUSEHOLD_NUMBER)).then_some(at)
    }

    /// References of the row's own record to its carried records.
    fn refer(&self, setting: &mut Setting) {
        for (part, home) in setting.homes.iter().enumerate() {
            if let (Some(home), Some(field)) = (home, homes::reference(&self.ledger.parts, 0, part)) {
                setting.refs.push((field, self.homes.list[*home].id));
            }
        }
    }

    /// A household lives in its dwelling, and the dwelling's one household is found by it.
    fn link(&mut self, home: usize, part: usize, dwelling: Option<usize>) {
        let Some((dwelling, to)) = dwelling.zip(self.dwelling) else { return };
        let id = self.homes.list[dwelling].id;
        if let Some(field) = homes::reference(&self.ledger.parts, part, to) {
            self.homes.list[home].values.entry(field).or_insert(Value::Ref(id));
        }
        self.homes.answer(part, home, homes::sole_key(id));
    }

    /// Known dwellings and households become homes of the plan, so that rows find them.
    fn index_known(&mut self) {
        for part in 0..self.ledger.parts.list.len() {
            let entity = self.ledger.parts.list[part].entity;
            if !names::is_dwelling(entity) && !names::is_household(entity) {
                continue;
            }
            let whereabouts = |known: &Known| {
                let estate = self.places.above(&known.path, "estate").map(|estate| estate.path.to_string());
                (known.home.clone(), estate)
            };
            let keys = homes::index_known(part, &self.ledger.parts, &self.registers[part], whereabouts);
            for (known, keys) in keys {
                let record = &self.registers[part].records[known];
                self.homes.know(part, known, record, self.places.at(&record.path).unwrap_or(0), keys);
            }
        }
    }
}
