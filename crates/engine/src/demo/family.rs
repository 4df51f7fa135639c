//! Who lives together: households of one to six with coherent relations and ages, as a north-eastern city has them.

use jiff::{ToSpan, civil::Date};
use linli_domain::check::Sex;

use super::dice::Dice;

/// Whose surname and nationality someone has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// The head's.
    #[default]
    Head,
    /// The head's spouse's.
    Spouse,
    /// The child's spouse's.
    ChildSpouse,
    /// Nobody else's.
    Own,
}

/// Someone in a household, before they have a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Relation to the head by GB/T 4761.
    pub relation: &'static str,
    /// Sex.
    pub sex: Sex,
    /// Day of birth.
    pub birth: Date,
    /// Marital status by GB/T 2261.2.
    pub marriage: &'static str,
    /// Whose surname and nationality.
    pub line: Line,
}

/// Sorts of household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Shape {
    /// Someone of 60 or more, alone.
    #[default]
    ElderAlone,
    /// Someone younger, alone.
    AdultAlone,
    /// A couple of 60 or more.
    ElderCouple,
    /// A couple whose children left.
    MidCouple,
    /// A young couple.
    YoungCouple,
    /// One parent and a child.
    SingleParent,
    /// A widowed elder and a grown child.
    ElderAndChild,
    /// A grandparent who looks after a grandchild.
    ElderAndGrandchild,
    /// A couple and a child.
    CoupleChild,
    /// A couple and a parent.
    CoupleParent,
    /// One parent, a child, and a grandparent.
    SingleParentThree,
    /// A couple and two children.
    CoupleTwoChildren,
    /// A couple, a child and a parent.
    CoupleChildParent,
    /// A couple, a child and both parents of one of them.
    CoupleChildParents,
    /// An elderly couple, their child with spouse, and a grandchild.
    ThreeGenerations,
    /// A couple, two children and two parents.
    CoupleChildrenParents,
}

/// Shapes and weights of households of elderly people.
const ELDER_SHAPES: [(Shape, u32); 5] = [
    (Shape::ElderAlone, 335),
    (Shape::ElderCouple, 465),
    (Shape::ElderAndChild, 110),
    (Shape::ElderAndGrandchild, 12),
    (Shape::ThreeGenerations, 78),
];

/// Shapes and weights of the other households.
const OTHER_SHAPES: [(Shape, u32); 11] = [
    (Shape::AdultAlone, 190),
    (Shape::MidCouple, 140),
    (Shape::YoungCouple, 75),
    (Shape::SingleParent, 75),
    (Shape::CoupleChild, 320),
    (Shape::CoupleParent, 30),
    (Shape::SingleParentThree, 18),
    (Shape::CoupleTwoChildren, 52),
    (Shape::CoupleChildParent, 55),
    (Shape::CoupleChildParents, 30),
    (Shape::CoupleChildrenParents, 10),
];

/// Shapes and weights of tenants from elsewhere.
const FLOATING_SHAPES: [(Shape, u32); 6] = [
    (Shape::AdultAlone, 430),
    (Shape::YoungCouple, 230),
    (Shape::CoupleChild, 210),
    (Shape::CoupleTwoChildren, 55),
    (Shape::MidCouple, 45),
    (Shape::SingleParent, 30),
];

/// Draws the shape of a household; `elders` of 1,000 settled ones are of elderly people.
pub fn shape(dice: &mut Dice, elders: u32, floating: bool) -> Shape {
    if floating {
        return dice.weighted(&FLOATING_SHAPES);
    }
    if dice.chance(elders) { dice.weighted(&ELDER_SHAPES) } else { dice.weighted(&OTHER_SHAPES) }
}

/// The members of a household of `shape` on the day `today`, head first.
pub fn members(dice: &mut Dice, shape: Shape, today: Date) -> Vec<Member> {
    let mut family = Family { dice, today, members: Vec::new() };
    match shape {
        Shape::ElderAlone => family.alone(elder_age, 60, 95),
        Shape::AdultAlone => family.alone(|dice| dice.between(22, 59), 20, 59),
        Shape::ElderCouple => family.couple(elder_couple_age),
        Shape::MidCouple => family.couple(|dice| dice.between(44, 59)),
        Shape::YoungCouple => family.couple(|dice| dice.between(25, 38)),
        Shape::SingleParent => {
            family.single_parent();
            family.child();
        }
        Shape::ElderAndChild => family.elder_and_child(),
        Shape::ElderAndGrandchild => family.elder_and_grandchild(),
        Shape::CoupleChild => {
            family.couple(parent_age);
            family.child();
        }
        Shape::CoupleParent => {
            family.couple(|dice| dice.between(36, 60));
            family.parents(1);
        }
        Shape::SingleParentThree => {
            family.single_parent();
            family.child();
            family.parents(1);
        }
        Shape::CoupleTwoChildren => family.couple_with_children(),
        Shape::CoupleChildParent | Shape::CoupleChildParents => {
            family.couple(|dice| 38 + dice.bell(10));
            family.child();
            family.parents(if shape == Shape::CoupleChildParent { 1 } else { 2 });
        }
        Shape::ThreeGenerations => family.three_generations(),
        Shape::CoupleChildrenParents => {
            family.couple_with_children();
            family.parents(2);
        }
    }
    family.members
}

fn elder_age(dice: &mut Dice) -> i32 {
    60 + dice.between(0, 18) + dice.between(0, 16)
}

fn elder_couple_age(dice: &mut Dice) -> i32 {
    60 + dice.between(0, 14) + dice.between(0, 12)
}

fn parent_age(dice: &mut Dice) -> i32 {
    45 + dice.bell(19)
}

struct Family<'a> {
    dice: &'a mut Dice,
    today: Date,
    members: Vec<Member>,
}

impl Family<'_> {
    fn push(&mut self, relation: &'static str, sex: Sex, birth: Date, marriage: &'static str, line: Line) {
        self.members.push(Member { relation, sex, birth, marriage, line });
    }

    /// A birth date of someone who is `age` today.
    fn born(&mut self, age: i32) -> Date {
        let days = self.dice.between(0, 364);
        let birthday = self.today.saturating_sub(age.clamp(0, 104).years());
        birthday.saturating_sub(days.days())
    }

    fn sex(&mut self, male_per_mille: u32) -> Sex {
        if self.dice.chance(male_per_mille) { Sex::Male } else { Sex::Female }
    }

    fn alone(&mut self, age: fn(&mut Dice) -> i32, least: i32, most: i32) {
        let age = age(self.dice).clamp(least, most);
        let sex = self.sex(if age >= 60 { 360 } else { 540 });
        let marriage = match age {
            75.. => self.dice.weighted(&[("30", 82), ("40", 8), ("10", 3), ("20", 7)]),
            60.. => self.dice.weighted(&[("30", 52), ("40", 27), ("10", 7), ("20", 14)]),
            40.. => self.dice.weighted(&[("40", 48), ("10", 24), ("20", 22), ("30", 6)]),
            30.. => self.dice.weighted(&[("10", 55), ("40", 27), ("20", 18)]),
            _ => self.dice.weighted(&[("10", 94), ("20", 4), ("40", 2)]),
        };
        let marriage = if marriage != "10" && age < 23 { "10" } else { marriage };
        let birth = self.born(age);
        self.push("02", sex, birth, marriage, Line::Head);
    }

    /// Head and spouse.
    fn couple(&mut self, age: fn(&mut Dice) -> i32) {
        let husband_age = age(self.dice).max(25);
        let apart = 2 + self.dice.bell(6);
        let wife_age = (husband_age - apart).max(23);
        let marriage = if self.dice.chance(920) { "20" } else { "22" };
        let (husband, wife) = (self.born(husband_age), self.born(wife_age));
        if self.dice.chance(690) {
            self.push("02", Sex::Male, husband, marriage, Line::Head);
            self.push("12", Sex::Female, wife, marriage, Line::Spouse);
        } else {
            self.push("02", Sex::Female, wife, marriage, Line::Head);
            self.push("11", Sex::Male, husband, marriage, Line::Spouse);
        }
    }

    fn single_parent(&mut self) {
        let age = self.dice.between(30, 58);
        let (sex, birth) = (self.sex(330), self.born(age));
        let marriage = if self.dice.chance(760) { "40" } else { "30" };
        self.push("02", sex, birth, marriage, Line::Head);
    }

    fn couple_with_children(&mut self) {
        self.couple(|dice| 38 + dice.bell(9));
        let mother = self.mother_birth();
        let first_gap = self.gap(mother, 3);
        let elder = self.years_after(mother, first_gap);
        let room = self.today.year() - elder.year();
        let between = self.dice.between(2, 7).min(i32::from(room)).max(1);
        let younger = self.years_after(elder, between);
        let first = self.sex(512);
        let second = self.sex(520);
        let (a, b) = match (first, second) {
            (Sex::Male, Sex::Male) => ("22", "23"),
            (Sex::Female, Sex::Female) => ("32", "33"),
            (Sex::Male, Sex::Female) => ("20", "30"),
            (Sex::Female, Sex::Male) => ("30", "20"),
        };
        let line = self.fathers_line();
        self.push(a, first, elder, "10", line);
        self.push(b, second, younger, "10", line);
    }

    /// An only child that lives at home; its age fits the mother's.
    fn child(&mut self) {
        let mother = self.mother_birth();
        let gap = self.gap(mother, 0);
        let birth = self.years_after(mother, gap);
        let sex = self.sex(512);
        let relation = match (sex, self.dice.chance(700)) {
            (Sex::Male, true) => "21",
            (Sex::Female, true) => "31",
            (Sex::Male, false) => "20",
            (Sex::Female, false) => "30",
        };
        let age = self.age(birth);
        let marriage = if age >= 32 && self.dice.chance(300) { "40" } else { "10" };
        let line = self.fathers_line();
        self.push(relation, sex, birth, marriage, line);
    }

    /// Parents of the head or of the spouse, who live with their child.
    fn parents(&mut self, count: usize) {
        let of_spouse =
            self.members.iter().any(|member| matches!(member.relation, "11" | "12")) && self.dice.chance(350);
        let of = usize::from(of_spouse);
        let (Some(child), Some(head)) = (self.members.get(of).cloned(), self.members.first().cloned()) else { return };
        let mother_gap = 25 + self.dice.bell(6);
        let mother = self.years_before(child.birth, mother_gap);
        let older = 2 + self.dice.bell(5);
        let father = self.years_before(mother, older.max(-2));
        let (father_code, mother_code) = match (of_spouse, head.sex) {
            (false, _) => ("51", "52"),
            (true, Sex::Male) => ("55", "56"),
            (true, Sex::Female) => ("53", "54"),
        };
        let only_mother = count == 1 && self.dice.chance(720);
        let marriage = if count == 2 { "20" } else { "30" };
        if !only_mother {
            self.push(father_code, Sex::Male, father, marriage, child.line);
        }
        if count == 2 || only_mother {
            self.push(mother_code, Sex::Female, mother, marriage, Line::Own);
        }
    }

    fn elder_and_child(&mut self) {
        let age = 66 + self.dice.between(0, 14) + self.dice.between(0, 12);
        let (sex, birth) = (self.sex(300), self.born(age));
        self.push("02", sex, birth, "30", Line::Head);
        let gap = 26 + self.dice.bell(6);
        let child = self.years_after(birth, gap);
        let child_sex = self.sex(580);
        let marriage = self.dice.weighted(&[("40", 48), ("10", 40), ("20", 12)]);
        let relation = if child_sex == Sex::Male { "20" } else { "30" };
        let line = if sex == Sex::Male { Line::Head } else { Line::Own };
        self.push(relation, child_sex, child, marriage, line);
    }

    fn elder_and_grandchild(&mut self) {
        let age = self.dice.between(60, 74);
        let (sex, birth) = (self.sex(300), self.born(age));
        self.push("02", sex, birth, "30", Line::Head);
        let child_age = self.dice.between(6, 16);
        let (child_sex, child) = (self.sex(515), self.born(child_age));
        let relation = if child_sex == Sex::Male { "43" } else { "44" };
        self.push(relation, child_sex, child, "10", Line::Own);
    }

    /// An elderly couple, their son or daughter with spouse, and a grandchild.
    fn three_generations(&mut self) {
        self.couple(|dice| dice.between(60, 72));
        let mother = self.mother_birth();
        let gap = 26 + self.dice.bell(4);
        let child = self.years_after(mother, gap);
        let son = self.dice.chance(680);
        let line = self.fathers_line();
        let apart = self.dice.bell(4);
        let partner = self.years_before(child, apart);
        let codes = if son { ("20", "38", "41", "42") } else { ("30", "28", "43", "44") };
        let sexes = if son { (Sex::Male, Sex::Female) } else { (Sex::Female, Sex::Male) };
        self.push(codes.0, sexes.0, child, "20", line);
        self.push(codes.1, sexes.1, partner, "20", Line::ChildSpouse);
        let younger = child.max(partner);
        let room = self.age(younger) - 1;
        let grand_gap = (25 + self.dice.bell(4)).min(room).max(19);
        let grandchild = self.years_after(younger, grand_gap);
        let grandchild_sex = self.sex(512);
        let relation = if grandchild_sex == Sex::Male { codes.2 } else { codes.3 };
        self.push(relation, grandchild_sex, grandchild, "10", if son { line } else { Line::ChildSpouse });
    }

    /// The mother's birth date, or the father's when there is no mother in the household.
    fn mother_birth(&self) -> Date {
        let couple = self.members.iter().filter(|member| matches!(member.relation, "02" | "11" | "12"));
        let youngest = couple.map(|member| member.birth).max();
        youngest.unwrap_or(self.today)
    }

    fn fathers_line(&mut self) -> Line {
        let head = self.members.first().map_or(Sex::Male, |head| head.sex);
        let couple = self.members.len() > 1;
        match (head, couple) {
            (Sex::Male, _) => Line::Head,
            (Sex::Female, true) => Line::Spouse,
            // A divorced or widowed mother's child mostly keeps the father's surname.
            (Sex::Female, false) => {
                if self.dice.chance(250) {
                    Line::Head
                } else {
                    Line::Own
                }
            }
        }
    }

    /// Years between a parent born on `birth` and a child who is at least `least_age` years old today.
    fn gap(&mut self, birth: Date, least_age: i32) -> i32 {
        let room = self.age(birth) - 1 - least_age;
        (27 + self.dice.bell(7)).min(room).max(20)
    }

    fn age(&self, birth: Date) -> i32 {
        age_on(birth, self.today)
    }

    fn years_after(&mut self, date: Date, years: i32) -> Date {
        let days = self.dice.between(0, 360);
        date.saturating_add(years.years()).saturating_add(days.days()).min(self.today.saturating_sub(3.days()))
    }

    fn years_before(&mut self, date: Date, years: i32) -> Date {
        let days = self.dice.between(0, 360);
        date.saturating_sub(years.years()).saturating_sub(days.days())
    }
}

/// Full years between `birth` and `day`.
pub fn age_on(birth: Date, day: Date) -> i32 {
    let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
    i32::from(day.year()) - i32::from(birth.year()) - i32::from(before_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 1);

    /// Whether a code of GB/T 4761 stands for the head's generation (0), their children's (-1), and so on.
    fn generation(relation: &str) -> i32 {
        match &relation[..1] {
            "0" | "1" => 0,
            "2" | "3" => -1,
            "4" => -2,
            "5" => 1,
            other => panic!("{other}"),
        }
    }

    proptest! {
        #[test]
        fn ages_and_relations_in_a_household_fit(seed in 0_u64..20_000, elders in 0_u32..1000, floating: bool) {
            let mut dice = Dice::new(seed);
            let shape = shape(&mut dice, elders, floating);
            let family = members(&mut dice, shape, TODAY);
            prop_assert_eq!(family.iter().filter(|member| member.relation == "02").count(), 1);
            prop_assert!((1..=6).contains(&family.len()));
            let head = &family[0];
            for member in &family {
                let age = age_on(member.birth, TODAY);
                prop_assert!((0..=105).contains(&age), "{shape:?} {age}");
                let least = if member.sex == Sex::Male { 22 } else { 20 };
                prop_assert!(member.marriage == "10" || age >= least, "{shape:?} {member:?}");
                if matches!(member.relation, "11" | "12") {
                    prop_assert!((age - age_on(head.birth, TODAY)).abs() <= 12);
                    prop_assert!(member.sex != head.sex);
                }
            }
            for (a, b) in family.iter().flat_map(|a| family.iter().map(move |b| (a, b))) {
                let steps = generation(a.relation) - generation(b.relation);
                if steps > 0 {
                    let apart = age_on(a.birth, b.birth);
                    let parents_of_other = a.relation.starts_with('5') && generation(b.relation) == 0;
                    let least = if parents_of_other { 10 } else if steps == 1 { 15 } else { 17 * steps };
                    prop_assert!(apart >= least, "{shape:?} {a:?} {b:?} {apart}");
                }
            }
        }
    }
}
