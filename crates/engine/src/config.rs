//! What an installation may configure: `linli.toml` in the data folder, and environment variables over it.

use std::path::Path;

use linli_domain::{Label, calendar::OfficeHours, quiet::Quiet};
use linli_store::CipherSuite;
use serde::{Deserialize, Serialize};

/// Configuration of an installation. Everything has a default: no file is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The door.
    pub server: ServerConfig,
    /// Sign-in through the city's own identity provider.
    pub oidc: Option<OidcConfig>,
    /// Sessions and passwords.
    pub access: AccessConfig,
    /// Who counts as a worker, and how many households one should have.
    pub workers: WorkersConfig,
    /// What counts as asked twice, how long a question takes, when people are reminded.
    pub burden: BurdenConfig,
    /// Office hours, and what is done about a year without a holiday table.
    pub calendar: CalendarConfig,
    /// Notices, and what leaves the house.
    pub notify: NotifyConfig,
    /// The one window: when it is open for appointments.
    pub service: ServiceConfig,
    /// What lies under the event map.
    pub map: MapConfig,
    /// Open311: who may report through civic applications, and for where.
    pub open311: Open311Config,
    /// Algorithms for sensitive fields and the audit chain, chosen before the first start: `aes_sha` or `sm4_sm3`.
    pub cipher: CipherSuite,
}

/// The door.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address people type, `https://linli.example.gov.cn`. With `https` the session cookie is `Secure`.
    pub public_url: Option<String>,
    /// Whether a proxy in front sets `X-Forwarded-For`; only then is that header believed.
    pub behind_proxy: bool,
}

impl ServerConfig {
    /// Whether cookies may only travel over TLS.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// An OpenID Connect provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Issuer; `/.well-known/openid-configuration` is read below it.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Client secret; better in `LINLI_OIDC_CLIENT_SECRET`.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What the button says.
    pub label: Label,
    /// Claim that holds the login of an account that was not linked yet. Without it accounts are matched by subject only.
    #[serde(default)]
    pub login_claim: Option<String>,
    /// Scopes asked for beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// Sessions and passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessConfig {
    /// Hours without a request after which a session ends.
    pub idle_hours: u32,
    /// Days after which a session ends in any case.
    pub absolute_days: u32,
    /// Failures in a row before an account is locked.
    pub failures: u32,
    /// Minutes of the first lock; it doubles with each further one, up to a day.
    pub lock_minutes: u32,
    /// Least number of characters of a password.
    pub password_length: u32,
}

impl Default for AccessConfig {
    fn default() -> Self {
        Self { idle_hours: 12, absolute_days: 7, failures: 5, lock_minutes: 15, password_length: 10 }
    }
}

/// Who counts as a community worker, and how many households one should have (300–400 by the State Council's opinion).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkersConfig {
    /// Roles whose accounts count as workers.
    pub roles: Vec<String>,
    /// Least households a worker.
    pub fewest: u32,
    /// Most households a worker.
    pub most: u32,
    /// Above this a community is overburdened.
    pub overburdened: u32,
}

impl Default for WorkersConfig {
    fn default() -> Self {
        let roles = ["network/grid", "network/community"].map(str::to_owned).to_vec();
        Self { roles, fewest: 300, most: 400, overburdened: 500 }
    }
}

/// The burden that requests put on workers and residents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BurdenConfig {
    /// From this coverage on (percent of the records) a question asks what is held already, and needs a stated reason.
    pub held_percent: u32,
    /// Seconds a question takes where nobody measured it.
    pub question_seconds: u32,
    /// Days before a deadline on which workers find a reminder on their home page.
    pub remind_days: u32,
    /// Days a household counts as confirmed after a visit.
    pub confirmed_days: u32,
}

impl Default for BurdenConfig {
    fn default() -> Self {
        Self { held_percent: 80, question_seconds: 15, remind_days: 2, confirmed_days: 180 }
    }
}

/// Notices, and what leaves the house: mail, webhooks, group robots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotifyConfig {
    /// Hours in which only urgent notices disturb, `22:00-07:00`; accounts may choose their own.
    pub quiet: Quiet,
    /// Whether receivers may have private addresses (an office's own network); without it only public `https` is spoken to.
    pub allow_private: bool,
    /// How often a message is tried before it is given up; between tries 1, 2, 4 … minutes.
    pub attempts: u32,
    /// Seconds a receiver may take.
    pub timeout_seconds: u32,
    /// Messages under way at once; at most two of them to one receiver.
    pub at_once: u32,
    /// Days notices and the outbox are kept.
    pub keep_days: u32,
    /// The mail server; without it no mail is sent.
    pub smtp: Option<SmtpConfig>,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            quiet: Quiet::default(),
            allow_private: false,
            attempts: 8,
            timeout_seconds: 10,
            at_once: 8,
            keep_days: 180,
            smtp: None,
        }
    }
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Host name.
    pub host: String,
    /// Port; 465 for `implicit`, 587 for `starttls`, 25 for `none` when absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// `implicit` (TLS from the start), `starttls`, or `none` (only with `allow_private`).
    #[serde(default)]
    pub tls: SmtpTls,
    /// User, when the server asks for one.
    #[serde(default)]
    pub user: Option<String>,
    /// Password; better in `LINLI_SMTP_PASSWORD`.
    #[serde(default)]
    pub password: Option<String>,
    /// Sender, `邻里 <linli@example.gov.cn>`.
    pub from: String,
}

/// How mail is protected on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// TLS from the start.
    #[default]
    Implicit,
    /// TLS after `STARTTLS`, which must be offered.
    Starttls,
    /// None: a relay on the same network.
    None,
}

/// How working time is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarConfig {
    /// Office hours of a working day, `["08:30-12:00", "13:30-17:30"]`.
    pub hours: Hours,
    /// Whether a year without a holiday table is counted by weekdays, and its limits are said to be estimated. Otherwise what
    /// needs such a year is refused.
    pub estimate: bool,
}

impl Default for CalendarConfig {
    fn default() -> Self {
        Self { hours: Hours::default(), estimate: true }
    }
}

/// Office hours as they are written in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Hours(pub OfficeHours);

impl TryFrom<Vec<String>> for Hours {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        let wrong = || "office hours are written in order, as [\"08:30-12:00\", \"13:30-17:30\"]".to_owned();
        OfficeHours::parse(&texts).map(Self).ok_or_else(wrong)
    }
}

impl From<Hours> for Vec<String> {
    fn from(hours: Hours) -> Self {
        hours.0.texts()
    }
}

/// The one window's appointments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceConfig {
    /// When desks are open, `08:30-11:30`; slots begin within.
    pub hours: Vec<String>,
    /// Minutes of a slot.
    pub slot_minutes: u32,
    /// People a slot has room for at one desk.
    pub seats: u32,
    /// Days ahead that can be booked.
    pub days_ahead: u32,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        let hours = ["08:30-11:30", "13:30-16:30"].map(str::to_owned).to_vec();
        Self { hours, slot_minutes: 30, seats: 2, days_ahead: 14 }
    }
}

/// The event map. Without `tiles` it shows the areas' own outlines, or a schematic, and asks nobody else for anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MapConfig {
    /// Raster tiles in Web Mercator, `https://tiles.example.gov.cn/{z}/{x}/{y}.png`. Browsers ask that server directly.
    pub tiles: Option<TileUrl>,
    /// Who must be named on the map.
    pub attribution: String,
}

/// Address of tiles: its server is named to browsers as allowed, so it must be a plain one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TileUrl(String);

impl TileUrl {
    /// The whole address with `{z}`, `{x}`, `{y}`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `https://host:port`, as a Content Security Policy names it.
    pub fn origin(&self) -> &str {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0[host..].find('/').map_or(self.0.len(), |at| host + at);
        &self.0[..end]
    }
}

impl TryFrom<String> for TileUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Self(text);
        let host = url.origin().strip_prefix("https://").or_else(|| url.origin().strip_prefix("http://"));
        let plain = host.is_some_and(|host| {
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte))
        });
        let whole = ["{z}", "{x}", "{y}"].iter().all(|part| url.0.contains(part));
        if plain && whole {
            Ok(url)
        } else {
            Err("tiles are written as \"https://tiles.example.gov.cn/{z}/{x}/{y}.png\"".to_owned())
        }
    }
}

impl From<TileUrl> for String {
    fn from(url: TileUrl) -> Self {
        url.0
    }
}

/// Open311 GeoReport v2. Without an `area` the interface answers questions about services only and takes no reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Open311Config {
    /// Domain name of the jurisdiction, `harbin.example.gov.cn`; requests that name another one are refused.
    pub jurisdiction: Option<String>,
    /// Code of the area that reports belong to when no outline says more.
    pub area: Option<String>,
    /// How to reach whoever runs it; shown in the discovery document.
    pub contact: String,
    /// Whether reports are handled for real; else clients are told it is a test.
    pub production: bool,
    /// Clients that may report.
    pub keys: Vec<ApiKey>,
}

/// A client's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Key, at least 16 characters.
    pub key: String,
    /// Who the client is.
    pub name: String,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there but cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(String, std::io::Error),
    /// The file is not what it should be; the message names line and column.
    #[error("{0}: {1}")]
    Wrong(String, toml::de::Error),
}

impl Config {
    /// Reads `linli.toml` in the data folder (no file: all defaults), then the environment variables
    /// `LINLI_PUBLIC_URL`, `LINLI_OIDC_ISSUER`, `LINLI_OIDC_CLIENT_ID`, `LINLI_OIDC_CLIENT_SECRET`,
    /// `LINLI_OIDC_LOGIN_CLAIM`, `LINLI_SMTP_PASSWORD` that `variable` answers.
    pub fn load(data: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let file = data.join("linli.toml");
        let mut config = match std::fs::read_to_string(&file) {
            Ok(text) => Self::parse(&text).map_err(|error| ConfigError::Wrong(file.display().to_string(), error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(ConfigError::Unreadable(file.display().to_string(), error)),
        };
        config.overlay(variable);
        Ok(config)
    }

    /// Reads the text of a configuration file.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    fn overlay(&mut self, variable: impl Fn(&str) -> Option<String>) {
        if let Some(url) = variable("LINLI_PUBLIC_URL") {
            self.server.public_url = Some(url);
        }
        if let (Some(issuer), Some(client_id)) = (variable("LINLI_OIDC_ISSUER"), variable("LINLI_OIDC_CLIENT_ID")) {
            self.oidc = Some(OidcConfig {
                issuer,
                client_id,
                client_secret: None,
                label: Label::new("统一身份认证登录", "Sign in with single sign-on"),
                login_claim: variable("LINLI_OIDC_LOGIN_CLAIM"),
                scopes: vec!["profile".into()],
            });
        }
        if let (Some(oidc), Some(secret)) = (&mut self.oidc, variable("LINLI_OIDC_CLIENT_SECRET")) {
            oidc.client_secret = Some(secret);
        }
        if let (Some(smtp), Some(password)) = (&mut self.notify.smtp, variable("LINLI_SMTP_PASSWORD")) {
            smtp.password = Some(password);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_means_defaults_and_variables_go_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Config::load(folder.path(), |_| None).unwrap(), Config::default());
        std::fs::write(
            folder.path().join("linli.toml"),
            "[server]\npublic_url = \"http://a\"\n[oidc]\nissuer = \"https://id\"\nclient_id = \"linli\"\n\
             label = { zh = \"市统一认证\", en = \"City ID\" }\n",
        )
        .unwrap();
        let secret = |name: &str| (name == "LINLI_OIDC_CLIENT_SECRET").then(|| "s".to_owned());
        let config = Config::load(folder.path(), secret).unwrap();
        assert!(!config.server.secure_cookies());
        assert_eq!(config.oidc.unwrap().client_secret.as_deref(), Some("s"));
    }

    #[test]
    fn office_hours_are_read_and_must_be_in_order() {
        let config =
            Config::parse("[calendar]\nhours = [\"09:00-12:00\", \"13:00-17:00\"]\nestimate = false\n").unwrap();
        let hours: Vec<String> = config.calendar.hours.into();
        assert_eq!(hours, ["09:00-12:00", "13:00-17:00"]);
        assert!(Config::parse("[calendar]\nhours = [\"13:00-12:00\"]\n").is_err());
    }

    #[test]
    fn tiles_name_a_plain_server_and_the_three_numbers() {
        let read = |url: &str| Config::parse(&format!("[map]\ntiles = \"{url}\"\nattribution = \"天地图\"\n"));
        let tiles = read("https://t0.example.gov.cn:8443/v/{z}/{x}/{y}.png").unwrap().map.tiles.unwrap();
        assert_eq!(tiles.origin(), "https://t0.example.gov.cn:8443");
        for wrong in [
            "https://t.example.cn/{z}/{x}.png",
            "ftp://t.example.cn/{z}/{x}/{y}",
            "https://a; script-src *;/{z}/{x}/{y}",
            "{z}/{x}/{y}",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_setting_is_refused_with_its_place() {
        let error = Config::parse("[server]\nport = 1\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("port"), "{error}");
    }
}
