use super::*;

fn read(xml: &str) -> Tree {
    Tree::parse(xml, Limits::default()).unwrap()
}

#[test]
fn what_is_read_is_written_back() {
    for xml in [
        r#"<data id="f" version="1"><名称>张 &amp; 李</名称><g><a/><a>2</a></g></data>"#,
        r#"<label>Hello <output value="/data/a"/>, you</label>"#,
        r#"<a xmlns:orx="http://openrosa.org/xforms"><orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></a>"#,
    ] {
        assert_eq!(read(xml).fragment(read(xml).root()), xml);
        assert_eq!(read(&read(xml).to_xml()).to_xml(), read(xml).to_xml());
    }
}

#[test]
fn positions_count_among_the_same_name() {
    let tree = read("<d><r/><x/><r/><r/><y/><x/></d>");
    let nth: Vec<(String, u32)> =
        tree.children(tree.root()).map(|id| (tree.name(id).to_owned(), tree.nth(id))).collect();
    let expected = [("r", 1), ("x", 1), ("r", 2), ("r", 3), ("y", 1), ("x", 2)];
    assert_eq!(nth, expected.map(|(name, nth)| (name.to_owned(), nth)));
}

#[test]
fn positions_hold_in_wide_parents_too() {
    let body: String = (0..200).map(|i| format!("<q{i}/><r/>")).collect();
    let tree = read(&format!("<d>{body}</d>"));
    let r: Vec<u32> = tree.children(tree.root()).filter(|&id| tree.name(id) == "r").map(|id| tree.nth(id)).collect();
    assert_eq!(r, (1..=200).collect::<Vec<u32>>());
}

#[test]
fn hostile_documents_are_refused_with_a_place() {
    let deep = format!("{}{}", "<a>".repeat(300), "</a>".repeat(300));
    let cases = [
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "xml.doctype"),
        ("<a>&x;</a>", "xml.entity"),
        ("<a b=\"&x;\"/>", "xml.entity"),
        ("<a><b>", "xml.truncated"),
        ("<a></b>", "xml.malformed"),
        ("<a/><b/>", "xml.malformed"),
        ("<a/>text", "xml.malformed"),
        ("", "xml.truncated"),
        ("<a x='1' x='2'/>", "xml.malformed"),
        (&*deep, "xml.depth"),
    ];
    for (xml, code) in cases {
        assert_eq!(Tree::parse(xml, Limits::default()).map(|_| ()).map_err(|e| e.code), Err(code), "{xml:.40}");
    }
    let many = format!("<d>{}</d>", "<r/>".repeat(100));
    let limits = Limits { nodes: 50, ..Limits::default() };
    assert_eq!(Tree::parse(&many, limits).map(|_| ()).map_err(|e| e.code), Err("xml.nodes"));
    let limits = Limits { bytes: 50, ..Limits::default() };
    assert_eq!(Tree::parse(&many, limits).map(|_| ()).map_err(|e| e.code), Err("xml.too_large"));
    assert_eq!(Tree::parse("<a>\n  <b></c></a>", Limits::default()).map(|_| ()).map_err(|e| e.line), Err(2));
    assert_eq!(
        Tree::parse_bytes(b"<a>\xff</a>", Limits::default()).map(|_| ()).map_err(|e| e.code),
        Err("xml.encoding")
    );
}

#[test]
fn ten_thousand_repeats_are_read() {
    let body: String = (0..10_000).map(|i| format!("<m><name>居民{i}</name><age>{}</age></m>", i % 100)).collect();
    let tree = read(&format!("<data>{body}</data>"));
    assert_eq!(tree.children(tree.root()).count(), 10_000);
    assert_eq!(tree.nth(tree.children(tree.root()).last().unwrap()), 10_000);
}
