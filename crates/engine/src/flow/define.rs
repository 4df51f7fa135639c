//! The flow a case runs on: the one of the Catalogue, or the version it was opened by.

use std::sync::Arc;

use linli_domain::{Catalogue, flow::Flow};
use linli_store::{ReadTx, StoreError, WriteTx};
use sha2::{Digest, Sha256};

use super::no_flow;
use crate::{Engine, Problem};

/// The flow `name` in `version`.
pub(crate) fn definition(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    name: &str,
    version: &str,
) -> Result<Arc<Flow>, Problem> {
    let catalogue = engine.catalogue();
    if let Some(flow) = engine.flows.flow(&catalogue, name, version) {
        return Ok(flow);
    }
    let flow = match catalogue.flows.get(name).filter(|flow| flow.version == version) {
        Some(flow) => flow.clone(),
        None => tx.flow_version(name, version)?.ok_or_else(|| {
            Problem::internal(format_args!("the definition of {name} {version} is gone, and cases run on it"))
        })?,
    };
    let flow = Arc::new(flow);
    engine.flows.put_flow(&flow);
    Ok(flow)
}

/// The flow `name` as it is in force.
pub(super) fn current(engine: &Engine, name: &str) -> Result<Arc<Flow>, Problem> {
    let catalogue = engine.catalogue();
    let flow = catalogue.flows.get(name).ok_or_else(|| no_flow(name))?;
    if let Some(known) = engine.flows.flow(&catalogue, name, &flow.version) {
        return Ok(known);
    }
    let flow = Arc::new(flow.clone());
    engine.flows.put_flow(&flow);
    Ok(flow)
}

/// Keeps the definition for the cases that will run on it, in the transaction that opens one.
pub(super) fn keep(engine: &Engine, tx: &mut WriteTx<'_>, flow: &Flow) -> Result<(), StoreError> {
    if !engine.flows.is_kept(flow) {
        tx.put_flow_version(flow, &digest(flow)?, false)?;
    }
    Ok(())
}

/// Digest of what a flow says.
fn digest(flow: &Flow) -> Result<String, StoreError> {
    Ok(hex::encode(Sha256::digest(serde_json::to_vec(flow)?)))
}

/// Flows of a Catalogue that say something else than before under the version that cases were opened by: their files need
/// another version.
pub(crate) fn changed_without_version(engine: &Engine, wanted: &Catalogue) -> Result<Vec<String>, Problem> {
    let kept = engine.store.read_blocking::<_, Problem>(|tx| Ok(tx.flow_versions()?))?;
    let mut changed = Vec::new();
    for flow in wanted.flows.values() {
        let known = kept.iter().find(|known| known.flow == flow.name && known.version == flow.version);
        if let Some(known) = known
            && known.hash != digest(flow)?
        {
            changed.push(flow.name.clone());
        }
    }
    Ok(changed)
}
