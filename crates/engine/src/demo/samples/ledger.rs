//! The rows of a community's own ledger, with its documented defects.

use jiff::civil::Date;

use super::{
    super::{
        dice::Dice,
        identity::with_checksum,
        person::Person,
        plan::LEFT_OUT_ESTATE,
        street::{Street, sex_word},
    },
    Words,
};

/// A cell of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A real date of Excel.
    Date(Date),
    /// A number, as Excel takes an identity number for one.
    Number(f64),
}

/// A row of the ledger: somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index among the street's persons.
    pub person: usize,
    /// Building, unit, room, head: the same for the whole household, merged in the workbook.
    pub household: [String; 4],
    /// The other cells, in the order of [`COLUMNS`] from the name on.
    pub cells: Vec<Cell>,
}

/// Columns: group (the upper row of the header) and heading. Where both are the same, the two rows are merged.
pub const COLUMNS: [(&str, &str); 18] = [
    ("序号", "序号"),
    ("住址", "楼号"),
    ("住址", "单元"),
    ("住址", "房号"),
    ("户主姓名", "户主姓名"),
    ("居民基本信息", "姓名"),
    ("居民基本信息", "与户主关系"),
    ("居民基本信息", "性别"),
    ("居民基本信息", "民族"),
    ("居民基本信息", "出生年月"),
    ("居民基本信息", "身份证号码"),
    ("联系电话", "联系电话"),
    ("居住情况", "人口类别"),
    ("居住情况", "户籍所在地"),
    ("文化程度", "文化程度"),
    ("政治面貌", "政治面貌"),
    ("就业状况", "就业状况"),
    ("人员情况", "人员情况"),
];

/// What is wrong with the ledger, on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Defects {
    /// Rows.
    pub rows: usize,
    /// Households.
    pub households: usize,
    /// Rows (from 0) whose identity number Excel rounded.
    pub damaged: Vec<usize>,
    /// Rows of people whom the registers hold under a number with one other digit.
    pub wrong_digit: Vec<usize>,
    /// Rows of people whom the registers hold with another phone.
    pub new_phone: Vec<usize>,
    /// Rows of people whom the registers hold otherwise.
    pub known: usize,
    /// Cells with full-width digits.
    pub full_width: usize,
    /// Cells with birth dates, by the way they are written.
    pub date_forms: [usize; 5],
}

/// The ledger.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Rows.
    pub rows: Vec<Row>,
    /// Defects.
    pub defects: Defects,
}

/// How many identity numbers are damaged.
const DAMAGED: usize = 2;
/// How many known people have a wrong digit.
const WRONG_DIGIT: usize = 3;
/// How many known people have a new phone.
const NEW_PHONE: usize = 5;

/// The ledger of the estate that was left out.
pub fn make(street: &Street, words: &Words, seed: u64, today: Date) -> Ledger {
    let mut dice = Dice::new(seed).fork("ledger");
    let mut ledger = Ledger::default();
    for household in &street.households {
        let Some(dwelling) = household.dwelling.and_then(|at| street.plan.dwellings.get(at)) else { continue };
        if street.plan.estates.get(dwelling.estate).is_none_or(|estate| estate.name != LEFT_OUT_ESTATE) {
            continue;
        }
        let head = household.members.first().and_then(|at| street.persons.get(*at));
        let same = [
            dwelling.building_no.clone(),
            dwelling.unit_no.clone(),
            dwelling.room_no.clone(),
            head.map(|head| head.name.clone()).unwrap_or_default(),
        ];
        ledger.defects.households += 1;
        for at in &household.members {
            let Some(person) = street.persons.get(*at) else { continue };
            let cells = cells(person, words, &mut dice, today, &mut ledger.defects);
            ledger.rows.push(Row { person: *at, household: same.clone(), cells });
        }
    }
    ledger.defects.rows = ledger.rows.len();
    spoil(&mut ledger, street, &mut dice);
    ledger
}

/// Positions in [`Row::cells`].
const BIRTH: usize = 4;
const IDENTITY: usize = 5;
const PHONE: usize = 6;

fn cells(person: &Person, words: &Words, dice: &mut Dice, today: Date, defects: &mut Defects) -> Vec<Cell> {
    let phone = if person.phone.is_empty() {
        String::new()
    } else if dice.chance(70) {
        defects.full_width += 1;
        full_width(&person.phone)
    } else if dice.chance(60) {
        format!("{} {} {}", &person.phone[..3], &person.phone[3..7], &person.phone[7..])
    } else {
        person.phone.clone()
    };
    let tags: Vec<String> = person.care.iter().map(|tag| words.casual(dice, "care_tag", tag)).collect();
    let name = match person.name.chars().count() {
        // Two-character names are spaced out to line up with the others.
        2 if dice.chance(600) => person.name.chars().map(String::from).collect::<Vec<_>>().join("  "),
        _ => person.name.clone(),
    };
    let relation = words.casual(dice, "relation", person.relation);
    let texts = [
        name,
        relation,
        sex_word(person.sex).to_owned(),
        words.casual(dice, "ethnicity", person.nation),
        String::new(),
        person.identity.clone(),
        phone,
        words.label("residence_kind", person.residence),
        person.registered_residence.clone(),
        if person.education.is_empty() { String::new() } else { words.casual(dice, "education", person.education) },
        if person.age(today) < 14 { String::new() } else { words.label("political_status", person.political) },
        words.label("employment", person.employment),
        tags.join("、"),
    ];
    let mut cells: Vec<Cell> = texts.into_iter().map(Cell::Text).collect();
    if let Some(cell) = cells.get_mut(BIRTH) {
        *cell = birth(person.birth, dice, defects);
    }
    cells
}

/// A birth date in one of the ways that one ledger mixes.
fn birth(day: Date, dice: &mut Dice, defects: &mut Defects) -> Cell {
    let form = dice.weighted(&[(0, 40), (1, 20), (2, 15), (3, 15), (4, 10)]);
    if let Some(count) = defects.date_forms.get_mut(form) {
        *count += 1;
    }
    let (year, month, date) = (day.year(), day.month(), day.day());
    match form {
        0 => Cell::Date(day),
        1 => Cell::Text(format!("{year}.{month}.{date}")),
        2 => Cell::Text(format!("{year}年{month}月{date}日")),
        3 => Cell::Text(format!("{year}{month:02}{date:02}")),
        _ => Cell::Text(format!("{year}-{month:02}-{date:02}")),
    }
}

/// Puts in the defects that are counted.
fn spoil(ledger: &mut Ledger, street: &Street, dice: &mut Dice) {
    let (mut known, mut new): (Vec<usize>, Vec<usize>) = (0..ledger.rows.len()).partition(|at| {
        ledger.rows.get(*at).and_then(|row| street.persons.get(row.person)).is_some_and(|person| person.held)
    });
    dice.shuffle(&mut known);
    dice.shuffle(&mut new);
    let person_of =
        |ledger: &Ledger, at: usize| ledger.rows.get(at).and_then(|row| street.persons.get(row.person)).cloned();
    let mut defects = std::mem::take(&mut ledger.defects);
    defects.known = known.len();
    for at in known {
        let Some(person) = person_of(ledger, at) else { continue };
        let reachable = person.phone.len() == 11;
        if reachable && defects.wrong_digit.len() < WRONG_DIGIT {
            set(ledger, at, IDENTITY, Cell::Text(one_digit_off(&person.identity, street)));
            set(ledger, at, PHONE, Cell::Text(person.phone.clone()));
            defects.wrong_digit.push(at);
        } else if reachable && defects.new_phone.len() < NEW_PHONE {
            set(ledger, at, PHONE, Cell::Text(format!("15402{:06}", dice.below(1_000_000))));
            defects.new_phone.push(at);
        }
    }
    defects.known -= defects.wrong_digit.len() + defects.new_phone.len();
    for at in new.into_iter().take(DAMAGED) {
        let Some(person) = person_of(ledger, at) else { continue };
        // Excel keeps fifteen digits of a number.
        let rounded = person.identity.get(..15).and_then(|digits| digits.parse::<f64>().ok()).unwrap_or_default();
        set(ledger, at, IDENTITY, Cell::Number(rounded * 1_000.0));
        defects.damaged.push(at);
    }
    defects.full_width = ledger.rows.iter().flat_map(|row| &row.cells).filter(|cell| has_full_width(cell)).count();
    for list in [&mut defects.damaged, &mut defects.wrong_digit, &mut defects.new_phone] {
        list.sort_unstable();
    }
    ledger.defects = defects;
}

fn set(ledger: &mut Ledger, row: usize, column: usize, cell: Cell) {
    if let Some(place) = ledger.rows.get_mut(row).and_then(|row| row.cells.get_mut(column)) {
        *place = cell;
    }
}

/// The number with one digit of its order code another and the check character that then fits: valid, and nobody's.
fn one_digit_off(number: &str, street: &Street) -> String {
    let (Some(head), Some(order)) = (number.get(..16), number.get(16..17).and_then(|digit| digit.parse::<u8>().ok()))
    else {
        return number.to_owned();
    };
    let others = [2, 4, 6, 8].map(|step| with_checksum(&format!("{head}{}", (order + step) % 10)));
    let free = others.into_iter().find(|other| !street.persons.iter().any(|person| person.identity == *other));
    free.unwrap_or_else(|| number.to_owned())
}

fn full_width(digits: &str) -> String {
    digits.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap_or(digit)).collect()
}

fn has_full_width(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if text.chars().any(|c| ('０'..='９').contains(&c)))
}
