//! The cloud survey in the field: progress, quotas, draws, phone interviews.

use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use linli_domain::RecordId;
use linli_engine::survey::{
    self, CallItem, CallList, CallOutcome, Drawn, Invited, NextCall, Plan, PlanInput, Progress, Proposal, SampleInput,
    SimilarView, Suggestions,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{collect::base_url, imports::blocking, surveys::file};
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(progress))
        .routes(routes!(plan))
        .routes(routes!(sample))
        .routes(routes!(handout))
        .routes(routes!(invite))
        .routes(routes!(messages))
        .routes(routes!(suggestions))
        .routes(routes!(calls))
        .routes(routes!(next))
        .routes(routes!(outcome))
        .routes(routes!(propose))
        .routes(routes!(similar))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ProgressParams {
    /// Code of an area; the campaign's without it.
    area: Option<String>,
}

/// How far each level is, by stratum; interviews and visits.
#[utoipa::path(get, path = "/api/surveys/{id}/progress", tag = "surveys", operation_id = "getSurveyProgress",
    params(("id" = String, Path), ProgressParams),
    responses((status = 200, body = Progress), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn progress(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<ProgressParams>,
) -> Api<Json<Progress>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::progress(engine, actor, id, params.area)).await?))
}

/// How many to ask in each stratum; nothing is kept.
#[utoipa::path(post, path = "/api/surveys/{id}/plan", tag = "surveys", operation_id = "planSurvey",
    params(("id" = String, Path)), request_body = PlanInput,
    responses((status = 200, body = Plan), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn plan(auth: Authenticated, Path(id): Path<RecordId>, body: Body<PlanInput>) -> Api<Json<Plan>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::plan(engine, actor, id, body.value)).await?))
}

/// Draw whom to ask, and make one-time links or a call list.
#[utoipa::path(post, path = "/api/surveys/{id}/sample", tag = "surveys", operation_id = "drawSurveySample",
    params(("id" = String, Path)), request_body = SampleInput,
    responses((status = 201, body = Drawn), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn sample(auth: Authenticated, Path(id): Path<RecordId>, body: Body<SampleInput>) -> Api<impl IntoResponse> {
    let made = blocking(&auth, move |engine, actor| survey::sample(engine, actor, id, body.value)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Whom a draw found: names and areas to hand links to, never which link is whose.
#[utoipa::path(get, path = "/api/surveys/{id}/draws/{draw}/handout.xlsx", tag = "surveys", operation_id = "getSurveyHandout",
    params(("id" = String, Path), ("draw" = String, Path)),
    responses((status = 200, description = "The list"), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn handout(auth: Authenticated, Path((id, draw)): Path<(RecordId, String)>) -> Api<impl IntoResponse> {
    file(&auth, id, move |engine, actor| survey::handout(engine, actor, id, &draw)).await
}

/// Tell the workers of each area of a draw that its one-time links wait.
#[utoipa::path(post, path = "/api/surveys/{id}/draws/{draw}/invite", tag = "surveys", operation_id = "inviteToSurvey",
    params(("id" = String, Path), ("draw" = String, Path)),
    responses((status = 200, body = Invited), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, description = "`survey.no_links`", body = ProblemBody)))]
async fn invite(auth: Authenticated, Path((id, draw)): Path<(RecordId, String)>) -> Api<Json<Invited>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::invite(engine, actor, id, &draw)).await?))
}

/// Text messages with one link each for the residents of a draw, as .xlsx for a gateway; once a draw. Which message went to
/// whom is kept nowhere.
#[utoipa::path(post, path = "/api/surveys/{id}/draws/{draw}/messages.xlsx", tag = "surveys",
    operation_id = "takeSurveyMessages", params(("id" = String, Path), ("draw" = String, Path)),
    responses((status = 200, description = "The messages"), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "`survey.messages_taken`, `survey.no_links`, `survey.no_phones`", body = ProblemBody)))]
async fn messages(
    auth: Authenticated,
    Path((id, draw)): Path<(RecordId, String)>,
    headers: HeaderMap,
) -> Api<impl IntoResponse> {
    let base = base_url(&auth.engine, &headers);
    file(&auth, id, move |engine, actor| survey::messages(engine, actor, &base, id, &draw)).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SuggestionParams {
    /// Also those of the campaign's area that name no campaign.
    #[serde(default)]
    all: bool,
}

/// Suggestions of a campaign: with a topic proposed for each new one, and those that say much the same in groups.
#[utoipa::path(get, path = "/api/surveys/{id}/suggestions", tag = "surveys", operation_id = "listSurveySuggestions",
    params(("id" = String, Path), SuggestionParams),
    responses((status = 200, body = Suggestions), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn suggestions(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(of): Query<SuggestionParams>,
) -> Api<Json<Suggestions>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::suggestions(engine, actor, id, of.all)).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CallsParams {
    /// Only what I am calling or called.
    mine: Option<bool>,
}

/// The call list, those due first, with response, cooperation and contact rates.
#[utoipa::path(get, path = "/api/surveys/{id}/calls", tag = "surveys", operation_id = "listSurveyCalls",
    params(("id" = String, Path), CallsParams),
    responses((status = 200, body = CallList), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn calls(auth: Authenticated, Path(id): Path<RecordId>, Query(of): Query<CallsParams>) -> Api<Json<CallList>> {
    let mine = of.mine.unwrap_or(false);
    Ok(Json(blocking(&auth, move |engine, actor| survey::calls(engine, actor, id, mine)).await?))
}

/// One number for this interviewer alone, for 45 minutes; the same again while its call is not finished.
#[utoipa::path(post, path = "/api/surveys/{id}/calls/next", tag = "surveys", operation_id = "takeSurveyCall",
    params(("id" = String, Path)),
    responses((status = 200, body = NextCall), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn next(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<NextCall>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::next_call(engine, actor, id)).await?))
}

/// What became of a call; the number is given back.
#[utoipa::path(post, path = "/api/surveys/{id}/calls/{call}", tag = "surveys", operation_id = "finishSurveyCall",
    params(("id" = String, Path), ("call" = String, Path)), request_body = CallOutcome,
    responses((status = 200, body = CallItem), (status = 404, body = ProblemBody),
        (status = 409, description = "`survey.not_yours`", body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn outcome(
    auth: Authenticated,
    Path((id, call)): Path<(RecordId, RecordId)>,
    body: Body<CallOutcome>,
) -> Api<Json<CallItem>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::outcome(engine, actor, id, call, body.value)).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ProposeParams {
    /// What was suggested.
    text: String,
    /// Code of an area whose open suggestions are compared.
    area: Option<String>,
}

/// Which topic a suggestion may be, and which open ones say much the same.
#[utoipa::path(get, path = "/api/surveys/suggestions/propose", tag = "surveys", operation_id = "proposeSuggestionTopic",
    params(ProposeParams), responses((status = 200, body = Proposal), (status = 403, body = ProblemBody)))]
async fn propose(auth: Authenticated, Query(of): Query<ProposeParams>) -> Api<Json<Proposal>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::propose(engine, actor, &of.text, of.area)).await?))
}

/// Open suggestions in groups that say much the same.
#[utoipa::path(get, path = "/api/surveys/suggestions/similar", tag = "surveys", operation_id = "listSimilarSuggestions",
    params(ProgressParams), responses((status = 200, body = SimilarView), (status = 403, body = ProblemBody)))]
async fn similar(auth: Authenticated, Query(of): Query<ProgressParams>) -> Api<Json<SimilarView>> {
    Ok(Json(blocking(&auth, move |engine, actor| survey::similar(engine, actor, of.area)).await?))
}
