//! What the program weighs: memory when idle, time to the first answer, size of the binary.

use std::{io, path::Path, time::Duration};

use crate::{
    program::{binary, resident, serve},
    report::Report,
};

/// Measures the demo city's server.
pub async fn measure(report: &mut Report, demo: &Path) -> io::Result<()> {
    let data = demo.to_string_lossy().into_owned();
    let server = serve(&["--data", &data]).await?;
    report.limit("start to the first answer", server.ready.as_secs_f64() * 1000.0, "ms", 1000.0)?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let bytes = resident(server.child.id(), "VmRSS").unwrap_or(u64::MAX);
    report.limit("idle server, resident memory", bytes as f64 / 1e6, "MB", 80.0)?;
    report.limit("size of the binary", std::fs::metadata(binary())?.len() as f64 / 1e6, "MB", 60.0)
}
