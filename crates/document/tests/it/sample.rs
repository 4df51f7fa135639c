//! A document with one of everything.

use linli_domain::{
    Lang,
    document::{Block, Chart, ChartKind, Column, Document, Heading, Row, Run, Series, Table, Target},
};

pub fn heading(level: u8, text: &str, anchor: &str) -> Block {
    Block::Heading(Heading { level, text: text.to_owned(), numbered: true, anchor: anchor.to_owned() })
}

pub fn chart(kind: ChartKind) -> Chart {
    Chart {
        caption: "各社区党组织覆盖率".to_owned(),
        kind,
        categories: ["兆麟社区", "地段社区", "安静社区", "经纬社区"].map(str::to_owned).to_vec(),
        series: vec![Series { name: "覆盖率".to_owned(), values: vec![Some(92.5), Some(61.0), None, Some(40.25)] }],
        unit: "%".to_owned(),
        decimals: 1,
        target: Some(("目标值".to_owned(), 80.0)),
        source: Some("应建党组织单位台账，截至2020年7月31日".to_owned()),
    }
}

pub fn document() -> Document {
    let figure = |text: &str| Run::Link {
        text: text.to_owned(),
        to: Target::Figure {
            anchor: "ind-party-coverage".to_owned(),
            indicator: "party/coverage".to_owned(),
            area: "230102".to_owned(),
        },
    };
    let row = |anchor: Option<&str>, cells: [&str; 3]| Row {
        anchor: anchor.map(str::to_owned),
        cells: cells.into_iter().map(|cell| vec![Run::text(cell)]).collect(),
    };
    let page = "https://example.org/a?b=1&c=2";
    Document {
        lang: Lang::Zh,
        title: "社区治理情况调研报告".to_owned(),
        subtitle: Some("（道里区　截至2020年7月31日）".to_owned()),
        blocks: vec![
            Block::Contents,
            heading(1, "总体情况", "h-1"),
            Block::Paragraph {
                runs: vec![
                    Run::text("应建党组织的单位中，已覆盖的占"),
                    figure("63.9%"),
                    Run::Note { text: "按应建单位台账计算 <& 不含注销单位>。".to_owned() },
                    Run::text("，“真空区”集中在物业服务企业；"),
                    Run::Strong { text: "需要逐户摸清".to_owned() },
                    Run::text("，详见"),
                    Run::Link { text: "说明".to_owned(), to: Target::Url { url: page.to_owned() } },
                    Run::text("。").to_owned(),
                ],
            },
            heading(2, "党建引领", "h-2"),
            heading(3, "组织覆盖", "h-3"),
            heading(4, "物业行业", "h-4"),
            Block::Chart(chart(ChartKind::Bar)),
            heading(1, "存在的问题", "h-5"),
            Block::Chart(chart(ChartKind::Column)),
            Block::Chart(chart(ChartKind::Line)),
            Block::Chart(chart(ChartKind::Ring)),
            Block::PageBreak,
            Block::Heading(Heading {
                level: 1,
                text: "附录　指标口径".to_owned(),
                numbered: false,
                anchor: "h-6".to_owned(),
            }),
            Block::Table(Table {
                caption: Some("指标口径".to_owned()),
                columns: vec![Column::words("指标", 2), Column::numbers("数值", 1), Column::words("定义 | 口径", 4)],
                rows: vec![
                    row(Some("ind-party-coverage"), ["党组织覆盖率", "63.9%", "已覆盖单位占应建单位的比例"]),
                    row(None, ["社区社会组织", "暂无数据", "没有登记任何社会组织"]),
                ],
                source: Some("登记册".to_owned()),
            }),
        ],
    }
}
