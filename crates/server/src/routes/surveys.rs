//! The cloud survey: campaigns and what their answers say. Whom to ask and phone interviews are in `survey_field`.

use axum::{
    Json,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use linli_domain::RecordId;
use linli_engine::{
    Problem,
    survey::{self, Analysis, Ask, CampaignView, Campaigns, Comparison, CrossView, FlagsView, Table, TextView},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::{blocking, disposition};
use crate::{
    Api, AppState, Authenticated,
    extract::{Path, Query},
    openapi::ProblemBody,
};

/// Media type of .xlsx.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(analysis))
        .routes(routes!(analysis_file))
        .routes(routes!(cross))
        .routes(routes!(cross_file))
        .routes(routes!(text))
        .routes(routes!(text_file))
        .routes(routes!(compare))
        .routes(routes!(compare_file))
        .routes(routes!(flags))
        .routes(routes!(flags_file))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AskParams {
    /// `street`, `community`, `resident`; the lowest that is asked without it.
    level: Option<String>,
    /// Code of an area; the campaign's without it.
    area: Option<String>,
    /// Questions to rake residents by, with commas: `sex,age_band`.
    weights: Option<String>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CrossParams {
    /// `street`, `community`, `resident`.
    level: Option<String>,
    /// Code of an area.
    area: Option<String>,
    /// Questions to rake residents by, with commas.
    weights: Option<String>,
    /// Question at the rows, or `area`.
    row: String,
    /// Question at the columns, or `area`.
    column: String,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TextParams {
    /// `street`, `community`, `resident`.
    level: Option<String>,
    /// Code of an area.
    area: Option<String>,
    /// Open question.
    question: String,
}

impl From<AskParams> for Ask {
    fn from(from: AskParams) -> Self {
        Self { level: from.level, area: from.area, weights: from.weights }
    }
}

/// Campaigns that concern one's area, the one that opened last first.
#[utoipa::path(get, path = "/api/surveys", tag = "surveys", operation_id = "listSurveys",
    responses((status = 200, body = Campaigns), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated) -> Api<Json<Campaigns>> {
    Ok(Json(blocking(&auth, survey::list).await?))
}

/// One campaign. It is made and changed as a record of `survey/campaign`.
#[utoipa::path(get, path = "/api/surveys/{id}", tag = "surveys", operation_id = "getSurvey", params(("id" = String, Path)),
    responses((status = 200, body = CampaignView), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<CampaignView>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::get(engine, actor, id)).await?))
}

/// Every question of a level counted: shares with intervals, means; response and completion.
#[utoipa::path(get, path = "/api/surveys/{id}/analysis", tag = "surveys", operation_id = "getSurveyAnalysis",
    params(("id" = String, Path), AskParams),
    responses((status = 200, body = Analysis), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn analysis(auth: Authenticated, Path(id): Path<RecordId>, Query(ask): Query<AskParams>) -> Api<Json<Analysis>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::analysis(engine, actor, id, ask.into())).await?))
}

/// The same as .xlsx.
#[utoipa::path(get, path = "/api/surveys/{id}/analysis.xlsx", tag = "surveys", operation_id = "exportSurveyAnalysis",
    params(("id" = String, Path), AskParams), responses((status = 200, description = "The table"), (status = 404, body = ProblemBody)))]
async fn analysis_file(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(ask): Query<AskParams>,
) -> Api<impl IntoResponse> {
    file(&auth, id, move |engine, actor| Ok(survey::analysis(engine, actor, id, ask.into())?.table(engine))).await
}

/// Two questions against each other, with chi-square and effect.
#[utoipa::path(get, path = "/api/surveys/{id}/cross", tag = "surveys", operation_id = "getSurveyCross",
    params(("id" = String, Path), CrossParams),
    responses((status = 200, body = CrossView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn cross(auth: Authenticated, Path(id): Path<RecordId>, Query(of): Query<CrossParams>) -> Api<Json<CrossView>> {
    Ok(Json(blocking(&auth, move |engine, actor| crossed(engine, actor, id, of)).await?))
}

/// The same as .xlsx.
#[utoipa::path(get, path = "/api/surveys/{id}/cross.xlsx", tag = "surveys", operation_id = "exportSurveyCross",
    params(("id" = String, Path), CrossParams), responses((status = 200, description = "The table"), (status = 404, body = ProblemBody)))]
async fn cross_file(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(of): Query<CrossParams>,
) -> Api<impl IntoResponse> {
    file(&auth, id, move |engine, actor| Ok(crossed(engine, actor, id, of)?.table(engine))).await
}

fn crossed(
    engine: &linli_engine::Engine,
    actor: &linli_domain::Actor,
    id: RecordId,
    of: CrossParams,
) -> Result<CrossView, Problem> {
    let ask = Ask { level: of.level, area: of.area, weights: of.weights };
    survey::cross(engine, actor, id, ask, of.row, of.column)
}

/// Words and groups of an open question, with examples.
#[utoipa::path(get, path = "/api/surveys/{id}/text", tag = "surveys", operation_id = "getSurveyText",
    params(("id" = String, Path), TextParams),
    responses((status = 200, body = TextView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn text(auth: Authenticated, Path(id): Path<RecordId>, Query(of): Query<TextParams>) -> Api<Json<TextView>> {
    Ok(Json(blocking(&auth, move |engine, actor| said(engine, actor, id, of)).await?))
}

/// The same as .xlsx.
#[utoipa::path(get, path = "/api/surveys/{id}/text.xlsx", tag = "surveys", operation_id = "exportSurveyText",
    params(("id" = String, Path), TextParams), responses((status = 200, description = "The table"), (status = 404, body = ProblemBody)))]
async fn text_file(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(of): Query<TextParams>,
) -> Api<impl IntoResponse> {
    file(&auth, id, move |engine, actor| Ok(said(engine, actor, id, of)?.table(engine))).await
}

fn said(
    engine: &linli_engine::Engine,
    actor: &linli_domain::Actor,
    id: RecordId,
    of: TextParams,
) -> Result<TextView, Problem> {
    let ask = Ask { level: of.level, area: of.area, weights: None };
    survey::text(engine, actor, id, ask, of.question)
}

/// What communities say against what registers show.
#[utoipa::path(get, path = "/api/surveys/{id}/compare", tag = "surveys", operation_id = "compareSurvey",
    params(("id" = String, Path), AskParams),
    responses((status = 200, body = Comparison), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn compare(auth: Authenticated, Path(id): Path<RecordId>, Query(ask): Query<AskParams>) -> Api<Json<Comparison>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::compare(engine, actor, id, ask.into())).await?))
}

/// The same as .xlsx.
#[utoipa::path(get, path = "/api/surveys/{id}/compare.xlsx", tag = "surveys", operation_id = "exportSurveyComparison",
    params(("id" = String, Path), AskParams), responses((status = 200, description = "The table"), (status = 404, body = ProblemBody)))]
async fn compare_file(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(ask): Query<AskParams>,
) -> Api<impl IntoResponse> {
    file(&auth, id, move |engine, actor| Ok(survey::compare(engine, actor, id, ask.into())?.table(engine))).await
}

/// Answers to look at: too fast, all alike, sent again; and the rule by which some are left out.
#[utoipa::path(get, path = "/api/surveys/{id}/flags", tag = "surveys", operation_id = "getSurveyFlags",
    params(("id" = String, Path), AskParams),
    responses((status = 200, body = FlagsView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn flags(auth: Authenticated, Path(id): Path<RecordId>, Query(ask): Query<AskParams>) -> Api<Json<FlagsView>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::flags(engine, actor, id, ask.into())).await?))
}

/// The same as .xlsx.
#[utoipa::path(get, path = "/api/surveys/{id}/flags.xlsx", tag = "surveys", operation_id = "exportSurveyFlags",
    params(("id" = String, Path), AskParams), responses((status = 200, description = "The table"), (status = 404, body = ProblemBody)))]
async fn flags_file(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(ask): Query<AskParams>,
) -> Api<impl IntoResponse> {
    file(&auth, id, move |engine, actor| Ok(survey::flags(engine, actor, id, ask.into())?.table(engine))).await
}

/// A file with its headers.
pub type File = ([(header::HeaderName, HeaderValue); 2], Vec<u8>);

/// A table as a file to keep.
pub async fn file(
    auth: &Authenticated,
    id: RecordId,
    table: impl FnOnce(&linli_engine::Engine, &linli_domain::Actor) -> Result<Table, Problem> + Send + 'static,
) -> Api<File> {
    let (name, bytes) = blocking(auth, move |engine, actor| {
        let table = table(engine, actor)?;
        Ok((format!("{}-{}.xlsx", table.title, engine.now().china_date()), table.xlsx(engine, actor, id)?))
    })
    .await?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(XLSX)), (header::CONTENT_DISPOSITION, disposition(&name))];
    Ok((headers, bytes))
}
