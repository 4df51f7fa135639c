//! The API, one file per part. `docs/api-design.md` says what each call promises.

pub mod accounts;
pub mod areas;
pub mod audit;
pub mod burden;
pub mod cases;
pub mod catalogue;
pub mod channels;
pub mod collect;
pub mod command;
pub mod duty;
pub mod exports;
pub mod fills;
pub mod flows;
pub mod forms;
pub mod grid;
pub mod health;
pub mod held;
pub mod home;
pub mod imports;
pub mod insight;
pub mod links;
pub mod meetings;
pub mod notices;
pub mod oidc;
pub mod open311;
pub mod openrosa;
pub mod public;
pub mod records;
pub mod reports;
pub mod residents;
pub mod responses;
pub mod schedules;
pub mod service;
pub mod session;
pub mod survey_field;
pub mod surveys;
pub mod system;
pub mod tasks;
pub mod todo;
pub mod units;
pub mod visits;

use axum::{Router, extract::DefaultBodyLimit, routing::get};
use utoipa_axum::router::OpenApiRouter;

use crate::{AppState, guard::UPLOAD_BYTES, openapi};

/// Every described call.
pub fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(session::routes())
        .merge(oidc::routes())
        .merge(catalogue::routes())
        .merge(areas::routes())
        .merge(records::routes())
        .merge(exports::routes())
        .merge(imports::routes().layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .merge(fills::routes().layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .merge(forms::uploads().layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .merge(forms::routes())
        .merge(collect::uploads().layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .merge(collect::routes())
        .merge(responses::routes())
        .merge(links::routes())
        .merge(public::uploads().layer(DefaultBodyLimit::max(public::UPLOAD_BYTES)))
        .merge(public::routes())
        .merge(grid::routes())
        .merge(service::routes())
        .merge(residents::uploads().layer(DefaultBodyLimit::max(public::UPLOAD_BYTES)))
        .merge(residents::routes())
        .merge(accounts::routes())
        .merge(audit::routes())
        .merge(home::routes())
        .merge(tasks::routes())
        .merge(visits::routes())
        .merge(held::routes())
        .merge(burden::routes())
        .merge(notices::routes())
        .merge(channels::routes())
        .merge(schedules::routes())
        .merge(reports::routes())
        .merge(duty::routes())
        .merge(insight::routes())
        .merge(command::routes())
        .merge(meetings::routes())
        .merge(cases::uploads().layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .merge(cases::routes())
        .merge(flows::routes())
        .merge(todo::routes())
        .merge(units::routes())
        .merge(surveys::routes())
        .merge(survey_field::routes())
        .merge(system::routes())
}

/// Calls that are not part of the description.
pub fn undescribed() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(health::check))
        .route("/api/openapi.json", get(openapi::serve))
        .merge(self::openrosa::routes())
        .merge(self::open311::routes())
}
