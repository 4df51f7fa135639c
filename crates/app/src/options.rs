//! The command line: names that scripts rely on.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use linli_domain::Lang;

/// Linli (邻里): collect once, use everywhere. 一次采集,处处可用。
#[derive(Debug, Parser)]
#[command(name = "linli", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Language of messages (默认中文).
    #[arg(long, global = true, value_enum, env = "LINLI_LANG", default_value = "zh")]
    pub lang: LangOption,
    /// Answer as JSON on standard output, for programs.
    #[arg(long, global = true)]
    pub json: bool,
}

/// Languages of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LangOption {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

impl From<LangOption> for Lang {
    fn from(option: LangOption) -> Self {
        match option {
            LangOption::Zh => Self::Zh,
            LangOption::En => Self::En,
        }
    }
}

/// Where the installation lives.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Data folder: database, keys, uploads, packs.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// PostgreSQL instead of the SQLite file in the data folder.
    #[arg(long, value_name = "postgres://…", env = "LINLI_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the demo city (Harbin, synthetic people) in an empty data folder. 建立演示城市。
    #[command(after_help = "Example:\n  linli demo --data demo-data")]
    Demo {
        #[command(flatten)]
        place: Place,
    },
    /// Serve the page and the API. 启动服务。
    #[command(after_help = "Example:\n  linli serve --data demo-data --listen 127.0.0.1:8080")]
    Serve {
        #[command(flatten)]
        place: Place,
        /// Address and port to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Administer accounts. 账号管理。
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// The area tree. 行政区划。
    Area {
        #[command(subcommand)]
        command: AreaCommand,
    },
    /// Bring an office's ledger in. 导入台账。
    #[command(
        after_help = "Example:\n  linli import --data demo-data --entity resident --area 230102001001 台账.xlsx --dry-run"
    )]
    Import {
        #[command(flatten)]
        place: Place,
        /// Register: `resident` or `people/resident`.
        #[arg(long)]
        entity: String,
        /// Code of the area whose ledger it is.
        #[arg(long, value_name = "CODE")]
        area: String,
        /// Workbook: .xlsx, .xls or .csv.
        file: PathBuf,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// Where to put the workbook with the rejected cells marked (default: beside FILE).
        #[arg(long, value_name = "FILE")]
        errors: Option<PathBuf>,
    },
    /// Fill a department's template from what is known. 填充部门表格。
    #[command(
        after_help = "Example:\n  linli fill --data demo-data --area 230102001001 老年人花名册.xlsx --out 已填.xlsx"
    )]
    Fill {
        #[command(flatten)]
        place: Place,
        /// Code of the area to fill it for.
        #[arg(long, value_name = "CODE")]
        area: String,
        /// The department's template (.xlsx).
        template: PathBuf,
        /// Where to write the filled workbook.
        #[arg(long, value_name = "FILE.xlsx")]
        out: PathBuf,
        /// Purpose noted in the audit log for writing sensitive cells in clear (default: the template's name).
        #[arg(long)]
        purpose: Option<String>,
        /// Mask sensitive cells instead.
        #[arg(long)]
        mask: bool,
    },
    /// Write a report from what is known. 写报告。
    #[command(
        after_help = "Example:\n  linli report survey --data demo-data --area 230102 --as-of 2026-11-23 --out 调研报告.docx"
    )]
    Report {
        #[command(flatten)]
        place: Place,
        /// Report: `survey` or `survey/survey`.
        name: String,
        /// Code of the area that it is about.
        #[arg(long, value_name = "CODE")]
        area: String,
        /// The day that it is about (default: today).
        #[arg(long, value_name = "DATE")]
        as_of: Option<jiff::civil::Date>,
        /// The earlier day that it is compared with: what changed.
        #[arg(long, value_name = "DATE")]
        against: Option<jiff::civil::Date>,
        /// Words of the report and parameters of the indicators, NAME=VALUE; may be repeated.
        #[arg(long = "param", value_name = "NAME=VALUE")]
        params: Vec<String>,
        /// Address of the indicators' page, to which the definitions link.
        #[arg(long, value_name = "URL")]
        pages: Option<String>,
        /// Where it goes: .docx, .html or .md.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Forms: XLSForm to XForm. 表单。
    Form {
        #[command(subcommand)]
        command: FormCommand,
    },
    /// Packs: the governance regimes as data. 业务包。
    Pack {
        #[command(subcommand)]
        command: PackCommand,
    },
    /// Bring the database to what the packs say. 数据结构迁移。
    #[command(after_help = "Example:\n  linli migrate --data demo-data --plan")]
    Migrate {
        #[command(flatten)]
        place: Place,
        /// Only show the SQL, its class and the rows it touches.
        #[arg(long)]
        plan: bool,
        /// Also run steps that destroy data (removed fields).
        #[arg(long)]
        allow_destructive: bool,
    },
    /// Back everything up into one file while the server runs. 备份。
    #[command(after_help = "Example:\n  linli backup --data demo-data linli-backup.zip")]
    Backup {
        #[command(flatten)]
        place: Place,
        /// The file to write.
        file: PathBuf,
        /// Put the encryption keys inside as well (then guard the file like the keys).
        #[arg(long)]
        with_keys: bool,
    },
    /// Restore a backup into an empty data folder. 恢复。
    #[command(after_help = "Example:\n  linli restore --data new-data linli-backup.zip")]
    Restore {
        #[command(flatten)]
        place: Place,
        /// A file that `linli backup` wrote.
        file: PathBuf,
    },
    /// Check the audit chain and the data's invariants. 校验。
    #[command(after_help = "Example:\n  linli verify --data demo-data")]
    Verify {
        #[command(flatten)]
        place: Place,
    },
}

/// `linli area …`.
#[derive(Debug, Subcommand)]
pub enum AreaCommand {
    /// Load areas from CSV (code,parent,level,name), also gzipped; loading again changes nothing. 导入区划。
    #[command(after_help = "Example:\n  linli area import --data demo-data regions.csv.gz")]
    Import {
        #[command(flatten)]
        place: Place,
        /// CSV or CSV.gz with the columns code,parent,level,name.
        file: PathBuf,
        /// First day the file's names and codes hold (default: today).
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<jiff::civil::Date>,
    },
    /// Load outlines of areas from GeoJSON (properties.code, WGS 84); without any the map is schematic. 导入区划轮廓。
    #[command(after_help = "Example:\n  linli area outlines --data demo-data grids.geojson")]
    Outlines {
        #[command(flatten)]
        place: Place,
        /// GeoJSON FeatureCollection of Polygons and MultiPolygons.
        file: PathBuf,
    },
}

/// `linli user …`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; the password is read from standard input. 新建账号。
    #[command(
        after_help = "Example:\n  echo 'a-long-password' | linli user add --data DIR --role network/street --area 230102001000 wang 王芳"
    )]
    Add {
        #[command(flatten)]
        place: Place,
        /// Role from a pack.
        #[arg(long)]
        role: String,
        /// Code of the area the role is granted for.
        #[arg(long, value_name = "CODE")]
        area: String,
        /// Sign-in name.
        login: String,
        /// Person's name.
        name: String,
    },
}

/// `linli pack …`.
#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Check packs as a whole and run their tests; all findings at once. 检查业务包。
    #[command(after_help = "Example:\n  linli pack check packs")]
    Check {
        /// Folder of packs; the shipped ones when absent.
        dir: Option<PathBuf>,
    },
}

/// `linli form …`.
#[derive(Debug, Subcommand)]
pub enum FormCommand {
    /// Compile an XLSForm (.xlsx, .xls, .csv, .md); findings by sheet, row and column. Exit 0 compiled, 1 errors, 2 unreadable.
    /// 编译表单。
    #[command(after_help = "Example:\n  linli form compile census.xlsx -o census.xml")]
    Compile {
        /// The form.
        file: PathBuf,
        /// Where the XForm goes; standard output when absent.
        #[arg(short, long)]
        out: Option<PathBuf>,
    },
}
