//! What a person does and has: education, work, party, insurance, phone, by age, sex and era.

use jiff::civil::Date;
use linli_domain::check::Sex;

use super::{dice::Dice, family::age_on};

/// A synthetic resident. Codes are those of the lists in `packs/people/codes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Index of the household, if any.
    pub household: Option<usize>,
    /// Index of the area the record hangs on, among the plan's places.
    pub place: usize,
    /// Name.
    pub name: String,
    /// Identity number; empty when the register lacks it.
    pub identity: String,
    /// Sex.
    pub sex: Sex,
    /// Day of birth.
    pub birth: Date,
    /// Nationality by GB/T 3304.
    pub nation: &'static str,
    /// Relation to the head by GB/T 4761.
    pub relation: &'static str,
    /// Marital status by GB/T 2261.2.
    pub marriage: &'static str,
    /// Phone, empty when none is known.
    pub phone: String,
    /// Code of `residence_kind`.
    pub residence: &'static str,
    /// Current address as registered, possibly stale.
    pub address: String,
    /// Registered residence (户籍地址).
    pub registered_residence: String,
    /// Native place.
    pub native_place: &'static str,
    /// Where someone of the floating population came from.
    pub origin: &'static str,
    /// Code of `stay_reason`, for the floating population.
    pub stay_reason: &'static str,
    /// Day of moving in.
    pub moved_in: Date,
    /// Education by GB/T 4658.
    pub education: &'static str,
    /// Political status by GB/T 4762.
    pub political: &'static str,
    /// Day of joining the party.
    pub party_joined: Option<Date>,
    /// Code of `employment`.
    pub employment: &'static str,
    /// Occupation.
    pub occupation: &'static str,
    /// Employer.
    pub employer: &'static str,
    /// Code of `pension_insurance`.
    pub pension: &'static str,
    /// Code of `medical_insurance`.
    pub medical: &'static str,
    /// Codes of `care_tag`, sorted.
    pub care: Vec<&'static str>,
    /// Kind and level of disability.
    pub disability: Option<(&'static str, &'static str)>,
    /// Someone to call: name, relation, phone.
    pub contact: Option<(String, &'static str, String)>,
    /// Whether the registers hold the person; those of the left-out estate come in with the sample ledger.
    pub held: bool,
}

impl Person {
    /// Age on `day`.
    pub fn age(&self, day: Date) -> i32 {
        age_on(self.birth, day)
    }
}

/// Draws the education that people of this age have.
pub fn education(dice: &mut Dice, age: i32) -> &'static str {
    match age {
        ..6 => "",
        6..12 => "80",
        12..15 => "70",
        15..18 => dice.weighted(&[("60", 80), ("40", 20)]),
        18..23 => dice.weighted(&[("20", 46), ("30", 34), ("60", 14), ("40", 6)]),
        23..36 => dice.weighted(&[("14", 9), ("11", 1), ("21", 38), ("31", 27), ("41", 6), ("61", 8), ("71", 11)]),
        36..50 => dice.weighted(&[("14", 4), ("21", 24), ("31", 23), ("41", 12), ("61", 14), ("71", 23)]),
        50..62 => dice.weighted(&[("14", 1), ("21", 10), ("31", 15), ("41", 12), ("61", 24), ("71", 36), ("81", 2)]),
        62..75 => dice.weighted(&[("21", 6), ("31", 8), ("41", 10), ("61", 16), ("71", 44), ("81", 15), ("90", 1)]),
        _ => dice.weighted(&[("21", 5), ("31", 4), ("41", 8), ("61", 8), ("71", 30), ("81", 36), ("90", 9)]),
    }
}

/// Draws what someone does for a living, a code of `employment`.
pub fn employment(dice: &mut Dice, sex: Sex, age: i32) -> &'static str {
    let retires = if sex == Sex::Male { 60 } else { 53 };
    match age {
        ..6 => "preschool",
        6..18 => "student",
        18..23 => dice.weighted(&[("student", 72), ("employed", 18), ("self_employed", 6), ("unemployed", 4)]),
        72.. => dice.weighted(&[("retired", 93), ("homemaker", 4), ("unable", 3)]),
        _ if age >= retires => dice.weighted(&[("retired", 91), ("homemaker", 3), ("unable", 3), ("self_employed", 3)]),
        45.. => dice.weighted(&[
            ("employed", 52),
            ("self_employed", 24),
            ("unemployed", 12),
            ("retired", 6),
            ("homemaker", 6),
        ]),
        _ => dice.weighted(&[("employed", 68), ("self_employed", 18), ("unemployed", 8), ("homemaker", 6)]),
    }
}

const PROFESSIONS: [&str; 10] =
    ["教师", "医生", "护士", "工程师", "会计", "公务员", "银行职员", "软件开发人员", "编辑", "律师"];
const CLERKS: [&str; 9] =
    ["行政人员", "销售人员", "出纳", "客服人员", "仓库管理员", "药剂师", "技术员", "幼儿教师", "社区工作者"];
const TRADES: [&str; 12] = [
    "公交车司机",
    "出租车司机",
    "保安员",
    "保洁员",
    "厨师",
    "售货员",
    "电工",
    "水暖工",
    "焊工",
    "快递员",
    "家政服务员",
    "装配工",
];
const OWN_TRADES: [&str; 8] =
    ["个体经营", "网约车司机", "外卖骑手", "早餐摊主", "理发师", "网店经营", "装修工", "汽车维修"];

/// Employers are invented and say so (`示例` means sample).
const EMPLOYERS: [&str; 12] = [
    "哈尔滨示例机械有限公司",
    "冰城示例商业集团",
    "示例焊接技术研究所",
    "松江示例药业有限公司",
    "南岗示例学校",
    "示例综合医院",
    "示例公共交通公司",
    "示例物业服务公司",
    "示例通信分公司",
    "龙江示例银行",
    "示例街道办事处",
    "北国示例食品厂",
];

/// Draws occupation and employer.
pub fn work(dice: &mut Dice, employment: &str, education: &str) -> (&'static str, &'static str) {
    match (employment, education) {
        ("employed", "11" | "14" | "21") => (dice.pick(&PROFESSIONS), dice.pick(&EMPLOYERS)),
        ("employed", "31" | "41") => (dice.pick(&CLERKS), dice.pick(&EMPLOYERS)),
        ("employed", _) => (dice.pick(&TRADES), dice.pick(&EMPLOYERS)),
        ("self_employed", _) => (dice.pick(&OWN_TRADES), ""),
        ("student", _) => ("学生", ""),
        _ => ("", ""),
    }
}

/// Draws the political status, a code of GB/T 4762.
pub fn political(dice: &mut Dice, age: i32, employment: &str, education: &str) -> &'static str {
    let schooled = matches!(education, "11" | "14" | "21" | "31" | "20");
    if (14..28).contains(&age) && dice.chance(if schooled || employment == "student" { 420 } else { 130 }) {
        return "03";
    }
    let member = match (employment, schooled) {
        _ if age < 20 => 0,
        ("retired", true) => 330,
        ("retired", false) => 120,
        (_, true) => 150,
        _ => 40,
    };
    if dice.chance(member) {
        dice.weighted(&[("01", 97), ("02", 3)])
    } else if age >= 30 && dice.chance(6) {
        dice.weighted(&[("05", 4), ("10", 4), ("07", 2), ("04", 2), ("08", 1)])
    } else {
        "13"
    }
}

/// Draws pension and medical insurance.
pub fn insurance(dice: &mut Dice, age: i32, employment: &str) -> (&'static str, &'static str) {
    let pension = match employment {
        "employed" => dice.weighted(&[("employee", 84), ("institution", 14), ("none", 2)]),
        "retired" => dice.weighted(&[("employee", 82), ("institution", 14), ("resident", 4)]),
        "self_employed" => dice.weighted(&[("employee", 52), ("resident", 24), ("none", 24)]),
        _ if age < 16 => "",
        "student" => "none",
        _ => dice.weighted(&[("resident", 46), ("employee", 24), ("none", 30)]),
    };
    let medical = match employment {
        "employed" | "retired" => dice.weighted(&[("employee", 93), ("resident", 5), ("none", 2)]),
        "self_employed" => dice.weighted(&[("employee", 48), ("resident", 44), ("none", 8)]),
        _ => dice.weighted(&[("resident", 94), ("none", 6)]),
    };
    (pension, medical)
}

/// Draws whether someone is disabled: kind and level by GB/T 26341.
pub fn disability(dice: &mut Dice, age: i32) -> Option<(&'static str, &'static str)> {
    let per_mille = match age {
        ..18 => 5,
        18..45 => 11,
        45..65 => 28,
        _ => 52,
    };
    dice.chance(per_mille).then(|| {
        let kind = dice.weighted(&[("4", 46), ("1", 14), ("2", 16), ("3", 3), ("5", 8), ("6", 9), ("7", 4)]);
        (kind, dice.weighted(&[("1", 14), ("2", 26), ("3", 32), ("4", 28)]))
    })
}

/// Places people of Harbin come from, with the six digits their identity numbers begin with.
pub const ORIGINS: [(&str, &str, u32); 20] = [
    ("黑龙江省哈尔滨市南岗区", "230103", 300),
    ("黑龙江省哈尔滨市道里区", "230102", 90),
    ("黑龙江省哈尔滨市道外区", "230104", 90),
    ("黑龙江省哈尔滨市香坊区", "230110", 80),
    ("黑龙江省哈尔滨市平房区", "230108", 20),
    ("黑龙江省哈尔滨市呼兰区", "230111", 30),
    ("黑龙江省哈尔滨市阿城区", "230112", 30),
    ("黑龙江省哈尔滨市双城区", "230113", 35),
    ("黑龙江省五常市", "230184", 30),
    ("黑龙江省尚志市", "230183", 25),
    ("黑龙江省宾县", "230125", 25),
    ("黑龙江省巴彦县", "230126", 20),
    ("黑龙江省依兰县", "230123", 15),
    ("黑龙江省肇东市", "231282", 20),
    ("黑龙江省海伦市", "231283", 15),
    ("黑龙江省齐齐哈尔市龙沙区", "230202", 15),
    ("黑龙江省牡丹江市爱民区", "231004", 12),
    ("黑龙江省佳木斯市向阳区", "230803", 12),
    ("吉林省榆树市", "220182", 10),
    ("山东省莱西市", "370285", 6),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_fits_age() {
        let mut dice = Dice::new(5);
        for age in 0..100 {
            let employment = employment(&mut dice, Sex::Female, age);
            let education = education(&mut dice, age);
            let (occupation, _) = work(&mut dice, employment, education);
            assert_eq!(employment == "student", occupation == "学生", "{age}");
            assert!(age >= 6 || (employment, education) == ("preschool", ""));
            assert!(political(&mut dice, age, employment, education) == "13" || age >= 14);
        }
    }
}
