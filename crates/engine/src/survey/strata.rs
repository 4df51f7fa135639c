//! Variables that residents are told apart by, and how many the register holds of each.

use jiff::civil::Date;
use linli_domain::{Actor, AreaPath, Entity, FieldKind, Record, Value, record::ListQuery};
use linli_store::ReadTx;

use crate::{Engine, Problem, home::people::People};

/// The pack's list of age bands.
const BANDS: &str = "survey/age_band";
/// Oldest age told apart.
const OLDEST: i32 = 150;

/// A variable of residents with its categories.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub name: String,
    /// Codes, in order.
    pub codes: Vec<String>,
    field: String,
    /// Ages of each category, where the field is a birth date.
    bands: Option<Vec<(i32, i32)>>,
}

impl Variable {
    /// Number of the category of a value of the field on a day.
    pub fn category(&self, value: &Value, day: Date) -> Option<usize> {
        match (&self.bands, value) {
            (Some(bands), Value::Date(birth)) => {
                let age = age(*birth, day);
                bands.iter().position(|(from, to)| (*from..=*to).contains(&age))
            }
            (None, Value::Text(code)) => self.codes.iter().position(|known| known == code),
            _ => None,
        }
    }

    /// Number of the category of a resident.
    pub fn of(&self, resident: &Record, day: Date) -> Option<usize> {
        self.category(resident.value(&self.field), day)
    }
}

/// Whole years on a day.
fn age(birth: Date, day: Date) -> i32 {
    let before = (day.month(), day.day()) < (birth.month(), birth.day());
    i32::from(day.year()) - i32::from(birth.year()) - i32::from(before)
}

/// The register of residents.
pub(super) fn residents(engine: &Engine, actor: &Actor) -> Result<(Entity, linli_domain::Permit), Problem> {
    let found = People::of(engine, actor).residents;
    let register = found.ok_or_else(|| {
        Problem::new(
            crate::ProblemKind::Denied,
            "survey.no_register",
            "没有可读的居民登记册,无法按人口抽样或加权。请联系管理员授权。",
            "There is no register of residents one may read, so nobody can be drawn or weighted. Ask for the grant.",
        )
    })?;
    Ok((register.entity, register.permit))
}

/// The variable `name` with the categories `codes`; without codes those of the register's own list, or the pack's age bands.
pub(super) fn variable(engine: &Engine, name: &str, codes: &[String]) -> Result<Variable, Problem> {
    let catalogue = engine.catalogue();
    let person = catalogue.entities.values().find(|entity| entity.person.is_some());
    let entity = person.ok_or_else(|| unknown(name))?;
    let fields = entity.person.as_ref().ok_or_else(|| unknown(name))?;
    let listed = |list: &str| -> Vec<String> {
        catalogue
            .code_lists
            .get(list)
            .map(|list| list.codes.iter().map(|code| code.code.clone()).collect())
            .unwrap_or_default()
    };
    let given = |otherwise: Vec<String>| if codes.is_empty() { otherwise } else { codes.to_vec() };
    if name == "age_band" {
        let (field, codes) = (fields.birth.clone().ok_or_else(|| unknown(name))?, given(listed(BANDS)));
        let bands: Option<Vec<(i32, i32)>> = codes.iter().map(|code| band(code)).collect();
        let bands = bands.filter(|bands| !bands.is_empty()).ok_or_else(|| no_bands(&codes))?;
        return Ok(Variable { name: name.into(), codes, field, bands: Some(bands) });
    }
    let field = match (&fields.sex, name) {
        (Some(sex), "sex") => entity.field(sex),
        _ => entity.field(name),
    };
    let field = field.ok_or_else(|| unknown(name))?;
    let FieldKind::Code { list } = &field.kind else { return Err(unknown(name)) };
    Ok(Variable { name: name.into(), codes: given(listed(list)), field: field.name.clone(), bands: None })
}

/// Ages of a band as its code says: `18_34`, `60_over`, `under_18`.
fn band(code: &str) -> Option<(i32, i32)> {
    let numbers: Vec<i32> = code
        .split(|sign: char| !sign.is_ascii_digit())
        .filter(|text| !text.is_empty())
        .map_while(|text| text.parse().ok())
        .collect();
    let under = code.starts_with("under") || code.starts_with("below");
    match numbers[..] {
        [from, to] if from <= to => Some((from, to)),
        [to] if under => Some((0, to - 1)),
        [from] => Some((from, OLDEST)),
        _ => None,
    }
}

fn unknown(name: &str) -> Problem {
    Problem::parameter(
        "strata",
        format!("居民登记册中没有可用于分层的“{name}”。可用:性别 sex、年龄段 age_band,或登记册的代码字段。"),
        format!(
            "The register of residents has no `{name}` to tell people apart by: use sex, age_band or a field with codes."
        ),
    )
}

fn no_bands(codes: &[String]) -> Problem {
    Problem::parameter(
        "strata",
        format!("看不懂年龄段“{}”。请写成 18_34、35_59、60_over。", codes.join("、")),
        format!("The age bands `{}` cannot be read: write 18_34, 35_59, 60_over.", codes.join(", ")),
    )
}

/// How many residents of an area are in each category of the variables' product (the last varies fastest). Who is in none, as
/// a child where bands begin at 18, is not counted.
pub(super) fn people(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    area: &AreaPath,
    variables: &[Variable],
    day: Date,
) -> Result<Vec<u64>, Problem> {
    let (entity, permit) = residents(engine, actor)?;
    let query = ListQuery { area: Some(area.clone()), ..ListQuery::of(&entity.name) };
    let fields: Vec<&str> = variables.iter().map(|one| one.field.as_str()).collect();
    let mut counts = vec![0; variables.iter().map(|one| one.codes.len()).product()];
    for (values, _, count) in tx.count_by(&permit, &query, &fields, None)? {
        let parts = variables.iter().zip(&values).map(|(one, value)| one.category(value, day));
        if let Some(at) = cell(variables, parts) {
            counts[at] += count;
        }
    }
    Ok(counts)
}

/// What the categories of a variable are called.
pub(super) fn labels(engine: &Engine, of: &Variable) -> Vec<String> {
    let catalogue = engine.catalogue();
    let listed =
        catalogue.entities.values().find(|entity| entity.person.is_some()).and_then(|entity| entity.field(&of.field));
    let list = match listed.map(|field| &field.kind) {
        Some(FieldKind::Code { list }) => list.as_str(),
        _ => BANDS,
    };
    let list = catalogue.code_lists.get(list);
    let named = |code: &String| {
        let known = list.and_then(|list| list.get(code));
        known.map_or_else(|| code.clone(), |known| known.label.text(engine.lang).to_owned())
    };
    of.codes.iter().map(named).collect()
}

/// Number of a cell of the variables' product.
pub(super) fn cell(variables: &[Variable], parts: impl Iterator<Item = Option<usize>>) -> Option<usize> {
    parts.zip(variables).try_fold(0, |at, (part, one)| Some(at * one.codes.len() + part?))
}

/// Category of each variable of a cell.
pub(super) fn parts(variables: &[Variable], mut cell: usize) -> Vec<usize> {
    let mut parts = vec![0; variables.len()];
    for (part, one) in parts.iter_mut().zip(variables).rev() {
        *part = cell % one.codes.len();
        cell /= one.codes.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_read_as_their_codes_say() {
        assert_eq!(band("18_34"), Some((18, 34)));
        assert_eq!(band("60_over"), Some((60, OLDEST)));
        assert_eq!(band("under_18"), Some((0, 17)));
        assert_eq!((band("old"), band("40_20")), (None, None));
    }

    #[test]
    fn people_grow_older_on_their_birthday() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(age(day("1960-06-15"), day("2020-06-14")), 59);
        assert_eq!(age(day("1960-06-15"), day("2020-06-15")), 60);
    }

    #[test]
    fn a_cell_is_found_and_taken_apart_again() {
        let variable = |codes: usize| Variable {
            name: String::new(),
            codes: vec![String::new(); codes],
            field: String::new(),
            bands: None,
        };
        let both = [variable(2), variable(3)];
        assert_eq!(cell(&both, [Some(1), Some(2)].into_iter()), Some(5));
        assert_eq!(parts(&both, 5), [1, 2]);
        assert_eq!(cell(&both, [Some(1), None].into_iter()), None);
    }
}
