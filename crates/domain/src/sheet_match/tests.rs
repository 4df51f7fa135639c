use proptest::prelude::*;

use super::*;

fn candidate(key: &str, label: &str, synonyms: &[&str], kind: ValueKind) -> Candidate {
    Candidate {
        key: key.into(),
        labels: vec![label.into(), key.replace('_', " ")],
        synonyms: synonyms.iter().map(|s| (*s).to_owned()).collect(),
        kind,
        distance: 0,
    }
}

fn sexes() -> ValueKind {
    ValueKind::Code { options: vec![ChoiceOption::new("1", "男性"), ChoiceOption::new("2", "女性")] }
}

fn register() -> Vec<Candidate> {
    vec![
        candidate("name", "姓名", &["居民姓名"], ValueKind::PersonName),
        candidate("identity", "身份证号", &["证件号"], ValueKind::IdentityNumber),
        candidate("sex", "性别", &[], sexes()),
        candidate("birth", "出生日期", &["出生年月"], ValueKind::Date),
        candidate("phone", "联系电话", &["手机"], ValueKind::Phone),
        candidate("head_name", "户主姓名", &["户主"], ValueKind::PersonName),
        candidate("relation", "与户主关系", &["关系"], ValueKind::Text),
        candidate("address", "现住址", &["地址"], ValueKind::Address),
        candidate("area", "建筑面积", &["面积(平方米)"], ValueKind::Decimal),
        candidate("moved_in", "迁入日期", &[], ValueKind::Date),
        candidate("note", "备注", &[], ValueKind::Text),
        candidate("alias", "曾用名/别名", &[], ValueKind::Text),
    ]
}

const IDS: [&str; 3] = ["11010519491231002X", "110105 19491231 002x", "1.10105E+17"];
const PHONES: [&str; 3] = ["13812345678", "0451-82345678", "139 8765 4321"];
const NAMES: [&str; 3] = ["张三", "李四（户主）", "买买提·艾力"];

fn run(columns: &[ColumnSeen]) -> Vec<String> {
    match_columns(columns, &register(), &HashMap::new()).iter().map(|found| show(&found.outcome)).collect()
}

fn show(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Matched { key, .. } => key.clone(),
        Outcome::Sequence => "#".into(),
        Outcome::Ambiguous { keys } => format!("? {}", keys.join(" ")),
        Outcome::Conflict { key, with } => format!("! {key} {with:?}"),
        Outcome::Unmatched => "-".into(),
    }
}

fn alone(label: &str) -> String {
    run(&[ColumnSeen::new(label, &[])]).remove(0)
}

fn below(path: &[&str], label: &str) -> String {
    let path = path.iter().map(|s| (*s).to_owned()).collect();
    run(&[ColumnSeen { path, ..ColumnSeen::new(label, &[]) }]).remove(0)
}

#[test]
fn noise_in_headings_does_not_matter() {
    for label in [
        "姓名",
        "姓 名",
        "姓\n名",
        "*姓名",
        "姓名（必填）",
        "姓名：",
        "1.姓名",
        "一、姓名",
        "【姓名】",
        "姓名*",
        "　姓　名　",
    ] {
        assert_eq!(alone(label), "name", "{label:?}");
    }
    for label in ["面积", "建筑面积(㎡)", "面积（平方米）", "建筑面积", "房屋面积"] {
        assert_eq!(alone(label), "area", "{label}");
    }
}

#[test]
fn identity_numbers_have_many_names() {
    for label in ["身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证", "居民身份证号码", "身份证号（18位）"]
    {
        assert_eq!(alone(label), "identity", "{label}");
    }
}

#[test]
fn similar_headings_match_and_opposite_ones_do_not() {
    for (label, key) in [
        ("本人姓名", "name"),
        ("出生年月日", "birth"),
        ("别名", "alias"),
        ("现居住地址", "address"),
        ("迁入时间", "moved_in"),
        ("迁出日期", "-"),
        ("别名字", "-"),
        ("联系地址", "-"),
        ("政治面貌", "-"),
    ] {
        assert_eq!(alone(label), key, "{label}");
    }
}

#[test]
fn a_heading_about_somebody_else_is_not_the_persons() {
    assert_eq!(alone("户主姓名"), "head_name");
    assert_eq!(alone("户主"), "head_name");
    assert_eq!(below(&["户主信息"], "姓名"), "head_name");
    assert_eq!(below(&["某社区居民台账", "基本信息"], "姓名"), "name");
    assert_eq!(alone("与户主关系"), "relation");
    for label in ["配偶姓名", "监护人姓名", "户主电话", "监护人联系电话", "姓名（配偶）", "户主身份证号码"]
    {
        assert_eq!(alone(label), "-", "{label}");
    }
    assert_eq!(below(&["配偶"], "身份证号"), "-");
    assert_eq!(below(&["监护人"], "联系电话"), "-");
    let values = ColumnSeen::new("户主身份证号", &IDS);
    assert_eq!(run(&[values]), ["-"]);
}

#[test]
fn values_alone_can_match_a_column_without_heading() {
    let columns = [
        ColumnSeen::new("", &["1", "2", "3"]),
        ColumnSeen::new("", &NAMES),
        ColumnSeen::new("", &IDS),
        ColumnSeen::new("", &PHONES),
        ColumnSeen::new("", &["", "", ""]),
    ];
    assert_eq!(run(&columns), ["#", "name", "identity", "phone", "-"]);
}

#[test]
fn values_veto_a_wrong_heading_with_a_warning() {
    let found = match_columns(&[ColumnSeen::new("联系电话", &IDS)], &register(), &HashMap::new()).remove(0);
    assert_ne!(show(&found.outcome), "phone");
    assert!(matches!(found.warning, Some(MatchReason::ValuesContradict(_, ValueKindTag::IdentityNumber))), "{found:?}");
    assert!(found.warning.unwrap().message(Lang::Zh).contains("更像身份证号"));
    let fine = match_columns(&[ColumnSeen::new("联系电话", &PHONES)], &register(), &HashMap::new()).remove(0);
    assert_eq!((show(&fine.outcome).as_str(), fine.warning), ("phone", None));
}

#[test]
fn numbers_of_rows_are_a_sequence() {
    let counting = ["1", "2", "3", "4"];
    for label in ["序号", "序 号", "No.", "编号"] {
        assert_eq!(run(&[ColumnSeen::new(label, &counting)]), ["#"], "{label}");
    }
    assert_eq!(run(&[ColumnSeen::new("编号", &["A-17", "B-3", "C-9"])]), ["-"]);
    assert_eq!(run(&[ColumnSeen::new("序号", &["1", "1", "2", "2"])]), ["#"]);
}

#[test]
fn two_columns_never_claim_one_element() {
    let twice = [ColumnSeen::new("姓名", &NAMES), ColumnSeen::new("姓名", &NAMES)];
    assert_eq!(run(&twice), ["! name [1]", "! name [0]"]);
    let label_and_synonym = [ColumnSeen::new("手机", &PHONES), ColumnSeen::new("联系电话", &PHONES)];
    assert_eq!(run(&label_and_synonym), ["! phone [1]", "phone"]);
}

#[test]
fn two_elements_as_good_are_reported_and_the_nearer_wins() {
    let mut candidates =
        vec![candidate("a", "登记时间", &[], ValueKind::Text), candidate("b", "登记时间", &[], ValueKind::Text)];
    let columns = [ColumnSeen::new("登记时间", &[])];
    let outcome = |candidates: &[Candidate]| show(&match_columns(&columns, candidates, &HashMap::new())[0].outcome);
    assert_eq!(outcome(&candidates), "? a b");
    candidates[0].distance = 1;
    assert_eq!(outcome(&candidates), "b");
}

#[test]
fn what_was_chosen_before_is_chosen_again() {
    let column = ColumnSeen { path: vec!["户主".into()], ..ColumnSeen::new("称谓 ", &[]) };
    let remembered = HashMap::from([(remember_key(&column), "note".to_owned())]);
    assert_eq!(remember_key(&column), "户主称谓");
    let found = match_columns(&[column], &register(), &remembered).remove(0);
    assert_eq!((show(&found.outcome).as_str(), &found.ranked[0].reasons[0]), ("note", &MatchReason::Remembered));
}

#[test]
fn a_whole_ledger_is_matched() {
    let columns = [
        ColumnSeen::new("序号", &["1", "2", "3"]),
        ColumnSeen::new("居民\n姓名", &NAMES),
        ColumnSeen::new("性别", &["男", "女", "男"]),
        ColumnSeen::new("公民身份号码", &IDS),
        ColumnSeen::new("出生年月", &["1949.12", "1980年5月", "198005"]),
        ColumnSeen::new("联系方式", &PHONES),
        ColumnSeen::new("家庭住址", &["中山路1号", "中山路2号3单元", "中山路"]),
        ColumnSeen::new("户主姓名", &NAMES),
        ColumnSeen::new("备注", &["", "已迁出", ""]),
        ColumnSeen::new("养老保险", &["是", "否", "是"]),
    ];
    let expected = ["#", "name", "sex", "identity", "birth", "phone", "address", "head_name", "note", "-"];
    assert_eq!(run(&columns), expected);
}

#[test]
fn looks_like_names_the_kind() {
    let look = |samples: &[&str]| {
        let samples: Vec<String> = samples.iter().map(|s| (*s).to_owned()).collect();
        looks_like(&samples).first().map(|(tag, _)| *tag)
    };
    for (samples, tag) in [
        (&IDS[..], Some(ValueKindTag::IdentityNumber)),
        (&PHONES[..], Some(ValueKindTag::Phone)),
        (&NAMES[..], Some(ValueKindTag::PersonName)),
        (&["91350100M000100Y43"][..], Some(ValueKindTag::CreditCode)),
        (&["1980-05-01", "1980.5", "19800501"][..], Some(ValueKindTag::Date)),
        (&["是", "否", "√"][..], Some(ValueKindTag::YesNo)),
        (&["12", "7", "30"][..], Some(ValueKindTag::Integer)),
        (&["12.5", "7", "36.25"][..], Some(ValueKindTag::Decimal)),
        (&["中山路12号3单元501室"][..], Some(ValueKindTag::Address)),
        (&["汉族", "满族"][..], Some(ValueKindTag::Text)),
        (&["", "/"][..], None),
    ] {
        assert_eq!(look(samples), tag, "{samples:?}");
    }
}

#[test]
fn a_hostile_sheet_is_matched_in_bounded_time() {
    let columns: Vec<ColumnSeen> = (0..5000).map(|n| ColumnSeen::new(format!("列{n}姓名电话住址"), &["x"])).collect();
    assert_eq!(match_columns(&columns, &register(), &HashMap::new()).len(), 5000);
}

proptest! {
    #[test]
    fn no_element_is_given_twice(
        labels in prop::collection::vec(
            prop::sample::select(vec!["姓名", "户主姓名", "手机", "电话", "联系电话", "身份证", "证件号码", "", "地址", "关系", "编号"]),
            0..12,
        )
    ) {
        let columns: Vec<ColumnSeen> = labels.iter().map(|label| ColumnSeen::new(*label, &["甲"])).collect();
        let found = match_columns(&columns, &register(), &HashMap::new());
        let mut keys: Vec<String> = found
            .iter()
            .filter_map(|found| match &found.outcome {
                Outcome::Matched { key, .. } => Some(key.clone()),
                _ => None,
            })
            .collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
    }

    #[test]
    fn no_heading_or_value_panics(label in "\\PC{0,20}", above in "\\PC{0,12}", values in prop::collection::vec("\\PC{0,12}", 0..6)) {
        let column = ColumnSeen { path: vec![above], samples: values, ..ColumnSeen::new(label, &[]) };
        let found = match_columns(&[column], &register(), &HashMap::new());
        for ranked in &found[0].ranked {
            prop_assert!((0.0..=1.0).contains(&ranked.confidence));
        }
    }
}
