//! The one catalogue of problems: everything that can be refused, with a stable code and both languages.
//!
//! A command answers `Err(Problem)`; `server` turns it into problem+json, `app` into a line and an exit status.

use std::fmt;

use linli_domain::{Label, Lang, RecordId, actor::Denied};
use linli_store::{StoreError, WriteError};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// Sort of problem; `server` maps each to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The request cannot be read (400).
    Malformed,
    /// Nobody is signed in, or the sign-in failed (401).
    Unauthenticated,
    /// Not permitted (403).
    Denied,
    /// Does not exist, or lies outside the scope of whoever asks (404).
    NotFound,
    /// Was there and is over, or used up (410).
    Gone,
    /// Contradicts what is held (409).
    Conflict,
    /// Made on the basis of an older version (409).
    Stale,
    /// A condition is required and was not given (428).
    Precondition,
    /// Too large (413).
    TooLarge,
    /// Readable, but not acceptable (422).
    Invalid,
    /// Locked for a while (429).
    Locked,
    /// The write queue is full; try again (503).
    Busy,
    /// No room on the disk (507).
    Full,
    /// Another server that is needed does not answer properly (502).
    Upstream,
    /// A fault of ours (500).
    Internal,
}

impl ProblemKind {
    /// Short title.
    pub fn title(self) -> Label {
        let (zh, en) = match self {
            Self::Malformed => ("请求无法识别", "The request cannot be read"),
            Self::Unauthenticated => ("请先登录", "Please sign in"),
            Self::Denied => ("没有权限", "Not permitted"),
            Self::NotFound => ("没有找到", "Not found"),
            Self::Gone => ("已经结束", "Over"),
            Self::Conflict => ("与已有信息冲突", "In conflict with what is held"),
            Self::Stale => ("内容已被他人更新", "Changed by somebody else meanwhile"),
            Self::Precondition => ("缺少版本条件", "A version condition is required"),
            Self::TooLarge => ("内容过大", "Too large"),
            Self::Invalid => ("内容不符合要求", "Not acceptable"),
            Self::Locked => ("暂时锁定", "Locked for a while"),
            Self::Busy => ("系统繁忙", "Busy"),
            Self::Full => ("磁盘空间不足", "The disk is full"),
            Self::Upstream => ("外部系统没有正常应答", "Another system did not answer properly"),
            Self::Internal => ("系统内部错误", "Internal error"),
        };
        Label::new(zh, en)
    }
}

/// Something wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Field, as in the request.
    pub field: String,
    /// Stable code, `required`.
    pub code: String,
    /// What is wrong and what to write instead.
    pub message: Label,
}

impl FieldProblem {
    /// A field problem from its parts.
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: Label) -> Self {
        Self { field: field.into(), code: code.into(), message }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Stable code, `record.stale`.
    pub code: &'static str,
    /// Sort.
    pub kind: ProblemKind,
    /// What is wrong and what to do.
    pub message: Label,
    /// Per field.
    pub fields: Vec<FieldProblem>,
    /// More members of the answer (an object, or null): `retry_after`, `current`, `missing` …
    pub extra: Json,
}

impl Problem {
    /// A problem of `kind` with a stable code and a message in both languages.
    pub fn new(kind: ProblemKind, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, kind, message: Label::new(zh, en), fields: Vec::new(), extra: Json::Null }
    }

    /// With one more member in the answer.
    #[must_use]
    pub fn with(mut self, name: &str, value: Json) -> Self {
        if !self.extra.is_object() {
            self.extra = Json::Object(Map::new());
        }
        if let Json::Object(members) = &mut self.extra {
            members.insert(name.to_owned(), value);
        }
        self
    }

    /// With what is wrong with each field.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldProblem>) -> Self {
        self.fields = fields;
        self
    }

    /// The message in `lang`.
    pub fn text(&self, lang: Lang) -> &str {
        self.message.text(lang)
    }

    // ---- requests ----------------------------------------------------------------------------------------------

    /// The request as a whole cannot be read.
    pub fn malformed(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ProblemKind::Malformed, "request.malformed", zh, en)
    }

    /// One parameter of the request is not acceptable.
    pub fn parameter(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en) = (zh.into(), en.into());
        let field = FieldProblem::new(name, "parameter", Label::new(zh.clone(), en.clone()));
        Self::new(ProblemKind::Invalid, "request.parameter", zh, en).with_fields(vec![field])
    }

    /// A cursor that no page gave out.
    pub fn bad_cursor() -> Self {
        Self::parameter(
            "after",
            "分页位置(after)无效,请从第一页重新开始。",
            "The page cursor (after) is not valid; start again from the first page.",
        )
    }

    /// Something larger than its limit.
    pub fn too_large(what: &Label, limit: &str) -> Self {
        Self::new(
            ProblemKind::TooLarge,
            "request.too_large",
            format!("{}超过了上限 {limit}。请拆分后再试。", what.zh),
            format!("{} is larger than the limit of {limit}. Please split it.", what.en),
        )
        .with("limit", json!(limit))
    }

    /// The same idempotency key came with another body.
    pub fn idempotency_other_content() -> Self {
        Self::new(
            ProblemKind::Invalid,
            "idempotency.other_content",
            "同一个 Idempotency-Key 已用于另一份内容。请换一个新的键。",
            "This Idempotency-Key was used with other content. Use a new key.",
        )
    }

    // ---- who ---------------------------------------------------------------------------------------------------

    /// Nobody is signed in, or the session has ended.
    pub fn not_signed_in() -> Self {
        Self::new(
            ProblemKind::Unauthenticated,
            "auth.required",
            "尚未登录或登录已过期,请重新登录。",
            "You are not signed in, or the session has expired. Please sign in.",
        )
    }

    /// Wrong login or password: never says which.
    pub fn wrong_login() -> Self {
        Self::new(
            ProblemKind::Unauthenticated,
            "auth.wrong",
            "账号或密码不正确。",
            "The login or the password is wrong.",
        )
    }

    /// What is missing for `denied`.
    pub fn denied(denied: &Denied) -> Self {
        let message = Label::new(denied.message(Lang::Zh), denied.message(Lang::En));
        let missing = json!({
            "verb": denied.verb,
            "subject": denied.subject.name(),
            "roles": denied.roles_that_could,
        });
        Self { message, ..Self::new(ProblemKind::Denied, "auth.denied", "", "") }.with("missing", missing)
    }

    /// Permitted in general, but not in this area.
    pub fn outside_scope(area: &str) -> Self {
        Self::new(
            ProblemKind::Denied,
            "auth.outside_scope",
            format!("区域 {area} 不在您的管理范围内。请联系上级账号管理员授权该区域。"),
            format!(
                "The area {area} is outside your scope. Ask an account administrator of a level above to grant it."
            ),
        )
        .with("missing", json!({ "area": area }))
    }

    // ---- what --------------------------------------------------------------------------------------------------

    /// No such register.
    pub fn no_entity(name: &str) -> Self {
        Self::new(
            ProblemKind::NotFound,
            "entity.not_found",
            format!("没有名为“{name}”的登记簿。"),
            format!("There is no register called `{name}`."),
        )
    }

    /// No such field.
    pub fn no_field(entity: &str, field: &str) -> Self {
        Self::parameter(
            field,
            format!("登记簿“{entity}”没有字段“{field}”。"),
            format!("The register `{entity}` has no field `{field}`."),
        )
    }

    /// No such record in the scope of whoever asks. The same answer whether it does not exist or is out of reach.
    pub fn no_record() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "record.not_found",
            "没有找到这条记录,或它不在您的管理范围内。",
            "There is no such record, or it is outside your scope.",
        )
    }

    /// No such area in the scope of whoever asks.
    pub fn no_area(code: &str) -> Self {
        Self::new(
            ProblemKind::NotFound,
            "area.not_found",
            format!("没有找到区域 {code},或它不在您的管理范围内。"),
            format!("There is no area {code}, or it is outside your scope."),
        )
    }

    /// No such account in the scope of whoever asks.
    pub fn no_account() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "account.not_found",
            "没有找到这个账号,或它不在您的管理范围内。",
            "There is no such account, or it is outside your scope.",
        )
    }

    /// The record was changed meanwhile; `register` adds `current` and `yours`.
    pub fn stale() -> Self {
        Self::new(
            ProblemKind::Stale,
            "record.stale",
            "这条记录在您编辑期间已被他人更新。请对照两个版本后再保存。",
            "Somebody else changed this record while you were editing. Compare both versions, then save again.",
        )
    }

    /// A unique value is held by another living record: `holder` when that lies within the scope.
    pub fn taken(field: &str, holder: Option<RecordId>) -> Self {
        let message = match holder {
            Some(_) => Label::new("已有另一条记录使用这个值。", "Another record has this value already."),
            None => Label::new(
                "您管理范围以外的一条记录已使用这个值。请核对;如确属同一人,请联系上级处理。",
                "A record outside your scope has this value. Check it; if it is the same person, ask the level above.",
            ),
        };
        let problem = Self::new(ProblemKind::Conflict, "record.taken", message.zh.clone(), message.en.clone())
            .with_fields(vec![FieldProblem::new(field, "taken", message)]);
        match holder {
            Some(id) => problem.with("holder", json!(id)),
            None => problem,
        }
    }

    /// The content breaks rules of its fields.
    pub fn invalid(code: &'static str, fields: Vec<FieldProblem>) -> Self {
        let join =
            |pick: fn(&Label) -> &str| fields.iter().map(|field| pick(&field.message)).collect::<Vec<_>>().join(" ");
        let (zh, en) = (join(|label| &label.zh), join(|label| &label.en));
        Self::new(ProblemKind::Invalid, code, zh, en).with_fields(fields)
    }

    /// A fault of ours: the reason goes to the log, not to the page.
    pub fn internal(reason: impl fmt::Display) -> Self {
        tracing::error!(%reason, "internal problem");
        Self::new(
            ProblemKind::Internal,
            "internal",
            "系统内部错误,您的内容没有保存。请稍后再试;若再次出现,请把发生时间告诉系统管理员。",
            "Something went wrong on our side and nothing was saved. Try again; if it happens again, tell the administrator the time.",
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message.en)
    }
}

impl std::error::Error for Problem {}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::denied(&denied)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::new(
                ProblemKind::Busy,
                "store.busy",
                "系统繁忙,写入排队已满。您的内容没有保存,请稍后重试。",
                "Too many writes are waiting. Nothing was saved; please try again in a moment.",
            )
            .with("retry_after", json!(1)),
            StoreError::Full => Self::new(
                ProblemKind::Full,
                "store.full",
                "磁盘空间不足,您的内容没有保存。请联系系统管理员清理磁盘。",
                "The disk is full; nothing was saved. Ask the administrator to make room.",
            ),
            StoreError::Io(reason) => {
                tracing::error!(%reason, "the disk does not take writes or answer reads");
                Self::new(
                    ProblemKind::Busy,
                    "store.disk",
                    "磁盘读写失败(空间、配额、权限或硬件问题),您的内容没有保存。请联系系统管理员检查磁盘后重试。",
                    "The disk could not be read or written (space, quota, permission or hardware); nothing was saved. \
                     Ask the administrator to check the disk, then try again.",
                )
                .with("retry_after", json!(30))
            }
            StoreError::Closed | StoreError::Unavailable(_) | StoreError::Conflict => Self::new(
                ProblemKind::Busy,
                "store.unavailable",
                "数据库暂时无法使用,请稍后重试。",
                "The database cannot be used at the moment. Please try again.",
            )
            .with("retry_after", json!(5)),
            StoreError::Query(reason) => Self::new(
                ProblemKind::Invalid,
                "query.invalid",
                format!("查询条件不正确:{reason}"),
                format!("The query is not acceptable: {reason}"),
            ),
            StoreError::Exists(what) => Self::new(
                ProblemKind::Conflict,
                "store.exists",
                format!("已经存在:{what}"),
                format!("It exists already: {what}"),
            ),
            other => Self::internal(other),
        }
    }
}

impl From<WriteError> for Problem {
    /// Stale and taken records are told in full by `register`, which knows the Catalogue; this is their short form.
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound => Self::no_record(),
            WriteError::OutOfScope => Self::new(
                ProblemKind::Denied,
                "auth.outside_scope",
                "目标区域不在您的管理范围内。请联系上级账号管理员授权该区域。",
                "The area is outside your scope. Ask an account administrator of a level above to grant it.",
            ),
            WriteError::Stale { .. } => Self::stale(),
            WriteError::Taken { field, .. } => Self::taken(&field, None),
            WriteError::Exists(_) => Self::new(
                ProblemKind::Conflict,
                "record.exists",
                "已存在编号相同的记录。",
                "There is a record with this id already.",
            ),
            WriteError::Ended => Self::new(
                ProblemKind::Conflict,
                "record.ended",
                "这条记录已注销(或尚未注销),不能这样操作。请刷新后再试。",
                "The record has ended (or has not), so this cannot be done. Reload and try again.",
            ),
            WriteError::Store(error) => error.into(),
        }
    }
}
