//! The audit log.

use axum::Json;
use linli_domain::{RecordId, Timestamp};
use linli_engine::{
    Problem,
    audit::{self, AuditFilter, AuditPage},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// Only by this account.
    account: Option<String>,
    /// Only this action.
    action: Option<String>,
    /// Only on this subject.
    subject: Option<String>,
    /// Only on this reference.
    reference: Option<String>,
    /// From this day (China) or moment on.
    from: Option<String>,
    /// To this day (inclusive) or moment.
    to: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// Who did what, newest first, within one's scope.
#[utoipa::path(get, path = "/api/audit", tag = "audit", operation_id = "listAudit", params(ListParams),
    responses((status = 200, body = AuditPage), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<AuditPage>> {
    let account = params.account.map(|id| id.parse::<RecordId>()).transpose();
    let filter = AuditFilter {
        account: account
            .map_err(|_| Problem::parameter("account", "账号编号不正确。", "This is not the id of an account."))?,
        action: params.action,
        subject: params.subject,
        reference: params.reference,
        from: params.from.map(|text| moment("from", &text, false)).transpose()?,
        until: params.to.map(|text| moment("to", &text, true)).transpose()?,
        after: params.after,
        limit: crate::extract::page_limit(params.limit)?,
    };
    Ok(Json(audit::list(&auth.engine, auth.actor(), filter).await?))
}

/// A moment, or the beginning (or end) of a day in China.
fn moment(name: &str, text: &str, end: bool) -> Result<Timestamp, Problem> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(moment.as_microsecond()));
    }
    let wrong = || Problem::parameter(name, "请写成 2026-11-23。", "Write a day as 2026-11-23.");
    let day = text.parse::<jiff::civil::Date>().map_err(|_| wrong())?;
    let before = if end { day } else { day.yesterday().map_err(|_| wrong())? };
    Ok(Timestamp(Timestamp::end_of_china_day(before).0.saturating_add(1)))
}
