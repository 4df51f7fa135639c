//! The page and the Markdown.

use linli_document::{to_html, to_html_fragment, to_markdown};

use crate::sample::document;

#[test]
fn markdown_holds_every_word_and_every_value() {
    insta::assert_snapshot!(to_markdown(&document()));
}

#[test]
fn a_figure_in_the_page_says_what_it_is_and_where() {
    let page = to_html_fragment(&document());
    let link = "<a class=\"figure\" href=\"#ind-party-coverage\" data-indicator=\"party/coverage\" data-area=\"230102\">63.9%</a>";
    assert!(page.contains(link), "{page}");
    assert!(page.contains("<tr id=\"ind-party-coverage\">"), "{page}");
    assert_eq!(page.matches("<svg").count(), 4);
    assert!(page.contains("<h2 id=\"h-5\">二、存在的问题</h2>"), "{page}");
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = to_html(&document());
    for outside in ["<script", "<link", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}
