//! The staff home page: figures and to-do from what is really there. No figure is invented: what cannot be known is
//! absent, and every figure links to the rows behind it.

mod burden;
mod figures;
pub(crate) mod people;
mod todo;

pub(crate) use burden::worker_places;
pub use burden::{BurdenOfArea, BurdenView};
pub(crate) use people::People;

use linli_domain::{Actor, AreaPath, Subject, Verb};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, Problem, access, area, area::AreaRef, sheet, task};

/// The staff home page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HomeView {
    /// Area the figures are about.
    pub area: AreaRef,
    /// Figures.
    pub figures: Vec<Figure>,
    /// What waits for somebody.
    pub todo: Vec<Todo>,
    /// What happened last.
    pub recent: Vec<Recent>,
    /// Households a worker; `null` where no records of households are held.
    pub burden: Option<BurdenView>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    /// Stable key.
    pub key: String,
    /// Label in the language of the page.
    pub label: String,
    /// Value.
    pub value: u64,
    /// What it should be, in words.
    pub target: Option<String>,
    /// What to know about it.
    pub note: Option<String>,
    /// The rows behind it.
    pub link: Option<String>,
}

/// Something that waits for somebody.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Todo {
    /// `import`, `fill`, `gap`, `duplicate`, `burden`, `task`, `approval`, `complaint`.
    pub kind: String,
    /// In the language of the page.
    pub title: String,
    /// Where to do it.
    pub link: Option<String>,
    /// How many.
    pub count: u64,
    /// Since when.
    pub at: Option<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Recent {
    /// `import`.
    pub kind: String,
    /// In the language of the page.
    pub title: String,
    /// Where to look.
    pub link: Option<String>,
    /// When.
    pub at: Option<String>,
    /// More.
    pub note: Option<String>,
}

/// The home page for an area in one's scope, or for one's own.
pub async fn view(engine: &Engine, actor: &Actor, code: Option<String>) -> Result<HomeView, Problem> {
    let tree = engine.permit(actor, Verb::Read, Subject::Areas)?;
    let people = People::of(engine, actor);
    let (engine2, actor) = (engine.clone(), actor.clone());
    let (engine3, actor3) = (engine.clone(), actor.clone());
    let fills = tokio::task::spawn_blocking(move || sheet::fill::list(&engine3, &actor3, 20));
    let fills = fills.await.map_err(Problem::internal)??;
    engine
        .store
        .read(move |tx| {
            let area = match code {
                Some(code) => area::in_scope(tx, tree.scope(), &code)?.path,
                None => own_area(&actor)?,
            };
            let held = people.held(tx, &area)?;
            let counted = figures::counted(tx, &area)?;
            let burden = burden::burden(&engine2, tx, &people, &area, held)?;
            let mut todo = task::todo(&engine2, tx, &actor, &area)?;
            todo.extend(todo::imports(&engine2, tx, &people, &area)?);
            todo.extend(todo::fills(&engine2, &area, &fills));
            todo.extend(todo::burden(&engine2, &actor, burden.as_ref()));
            todo.extend(todo::duplicates(&engine2, tx, &people, &area, held)?);
            let gaps = todo::gaps(&engine2, tx, &people, &area)?;
            let figures = figures::figures(&engine2, tx, &people, &area, held, counted, &gaps)?;
            todo.extend(gaps);
            let recent = todo::recent(&engine2, tx, &people, &area)?;
            Ok(HomeView { area: engine2.area_ref(tx, &area)?, figures, todo, recent, burden })
        })
        .await
}

fn own_area(actor: &Actor) -> Result<AreaPath, Problem> {
    access::home_of(&actor.grants).cloned().ok_or_else(|| {
        Problem::new(
            crate::ProblemKind::Denied,
            "auth.no_grants",
            "您的账号尚未授予任何角色和区域。请联系账号管理员。",
            "Your account is granted no role for any area yet. Ask an account administrator.",
        )
    })
}
