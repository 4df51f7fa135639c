//! What peers suffer from: 132,000 rows × 510 columns exported, and a record with 15 relations read.

use std::{
    fmt::Write as _,
    io,
    path::Path,
    time::{Duration, Instant},
};

use linli_domain::{
    Ids, Value, Values, Verb,
    record::{ListQuery, NewRecord},
};
use linli_pack::PackFiles;
use linli_store::{Store, WriteError};
use linli_workbook::{ColumnKind, ExportValue, XlsxExport};

use crate::{
    fixture::{RealIds, allowed, community, open, packs, read, source, stream},
    program,
    report::Report,
};

const ROWS: u32 = 132_000;
const COLUMNS: usize = 510;
const RELATIONS: usize = 15;

/// Measures both.
pub fn measure(report: &mut Report, folder: &Path) -> io::Result<()> {
    relations(report, folder)?;
    let file = folder.join("wide.db");
    let store = open(&file, &wide_pack()?)?;
    fill(&store)?;
    drop(store);
    // The export runs in a process of its own, so that its peak is its own.
    let myself = std::env::current_exe()?;
    let (seconds, peak) = program::measure(
        &myself,
        &["wide-export", &file.to_string_lossy(), &folder.join("wide.xlsx").to_string_lossy()],
    )?;
    println!("       {ROWS} rows × {COLUMNS} columns exported in {seconds:.1} s");
    report.limit("export of 132,000 rows × 510 columns, peak memory", peak as f64 / 1e6, "MB", 300.0)
}

/// The child process: streams every row of the wide register into a workbook.
pub fn export(file: &Path, out: &Path) -> io::Result<()> {
    let store = open(file, &wide_pack()?)?;
    let permit = allowed(&store.catalogue(), Verb::Export, "wide/sheet")?;
    let labels: Vec<String> = (0..COLUMNS).map(|number| format!("第{number}项")).collect();
    let columns: Vec<(&str, ColumnKind)> = labels.iter().map(|label| (label.as_str(), ColumnKind::Text)).collect();
    let target = io::BufWriter::new(std::fs::File::create(out)?);
    let mut sheet = XlsxExport::new(target, "wide", &columns, "bench · 2026").map_err(io::Error::other)?;
    let names: Vec<String> = (0..COLUMNS).map(|number| format!("f{number}")).collect();
    let sheet = stream(&store, move |tx| {
        tx.scan(&permit, &ListQuery::of("wide/sheet"), &mut |record| {
            let value = |name: &String| match record.values.get(name) {
                Some(Value::Text(text)) => ExportValue::Text(text),
                _ => ExportValue::Empty,
            };
            let row: Vec<ExportValue<'_>> = names.iter().map(value).collect();
            sheet.push(&row).map_err(|error| linli_store::StoreError::Io(error.to_string()))
        })?;
        Ok(sheet)
    })?;
    sheet.finish().map_err(io::Error::other)?;
    Ok(())
}

fn wide_pack() -> io::Result<PackFiles> {
    let mut files = packs()?;
    files.insert(
        "wide/pack.toml",
        "id = \"wide\"\ntitle = { zh = \"宽表\", en = \"Wide\" }\nversion = \"1.0.0\"\nneeds = [\"people\"]\n",
    );
    let mut entity = head("宽表", "f0");
    for number in 0..COLUMNS {
        let _infallible = write!(
            entity,
            "\n[[fields]]\nname = \"f{number}\"\nlabel = {{ zh = \"第{number}项\", en = \"Item {number}\" }}\nkind = \"text\"\nmax = 100\n"
        );
    }
    files.insert("wide/entities/sheet.toml", &entity);
    Ok(files)
}

fn head(zh: &str, title: &str) -> String {
    format!(
        "label = {{ zh = \"{zh}\", en = \"Bench\" }}\nabout = {{ zh = \"测量用\", en = \"For measuring\" }}\ntitle = \"{title}\"\n"
    )
}

fn fill(store: &Store) -> io::Result<()> {
    let permit = allowed(&store.catalogue(), Verb::Create, "wide/sheet")?;
    let started = Instant::now();
    for from in (0..ROWS).step_by(1_000) {
        let batch: Vec<NewRecord> = (from..from + 1_000).map(wide_row).collect();
        let permit = permit.clone();
        store
            .write_blocking(move |tx| tx.insert_many(&permit, &batch, &source()))
            .map_err(|error: WriteError| io::Error::other(error))?;
    }
    println!("       {ROWS} rows × {COLUMNS} columns inserted in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn wide_row(row: u32) -> NewRecord {
    let values: Values =
        (0..COLUMNS).map(|column| (format!("f{column}"), Value::text(format!("值{row}-{column}")))).collect();
    record("wide/sheet", row, values)
}

fn record(entity: &str, number: u32, values: Values) -> NewRecord {
    let (home, path) = community(number % 300);
    let path = path.parse().unwrap_or_else(|_| unreachable!("a path of digits"));
    NewRecord { entity: entity.into(), id: RealIds.next(), home, path, values }
}

/// A record and the records of its 15 relations, in one read, by many threads.
fn relations(report: &mut Report, folder: &Path) -> io::Result<()> {
    let store = open(&folder.join("relations.db"), &related_pack()?)?;
    let mut ids = Vec::new();
    for number in 0..2_000 {
        ids.push((number, insert_with_relations(&store, number)?));
    }
    let started = Instant::now();
    let threads: Vec<_> = (0..2_usize)
        .map(|thread| {
            let (store, ids) = (store.clone(), ids.clone());
            std::thread::spawn(move || read_for(&store, &ids, thread, Duration::from_secs(4)))
        })
        .collect();
    let mut total = 0;
    for thread in threads {
        total += thread.join().map_err(|_| io::Error::other("a reader panicked"))??;
    }
    report.floor("records with 15 relations read", f64::from(total) / started.elapsed().as_secs_f64(), "/s", 1_000.0)
}

fn read_for(store: &Store, ids: &[(u32, linli_domain::RecordId)], thread: usize, time: Duration) -> io::Result<u32> {
    let catalogue = store.catalogue();
    let look = allowed(&catalogue, Verb::Read, "many/hub")?;
    let entity = &catalogue.entities["many/hub"];
    let permits: Vec<_> = entity
        .relations
        .iter()
        .map(|relation| Ok((relation.clone(), allowed(&catalogue, Verb::Read, &relation.entity)?)))
        .collect::<io::Result<_>>()?;
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < time {
        let (_, id) = ids[(count as usize * 7 + thread * 991) % ids.len()];
        let (look, permits) = (look.clone(), permits.clone());
        let found = read(store, move |tx| {
            let Some(record) = tx.record(&look, "many/hub", id)? else { return Ok(0) };
            let mut found = 0;
            for (relation, permit) in &permits {
                found += tx.related(permit, relation, &record, 20)?.len();
            }
            Ok(found)
        })?;
        if found != RELATIONS * 2 {
            return Err(io::Error::other(format!("{found} related records instead of {}", RELATIONS * 2)));
        }
        count += 1;
    }
    Ok(count)
}

fn insert_with_relations(store: &Store, number: u32) -> io::Result<linli_domain::RecordId> {
    let catalogue = store.catalogue();
    let hub = record("many/hub", number, Values::from([("name".into(), Value::text(format!("中心{number}")))]));
    let mut all = vec![(allowed(&catalogue, Verb::Create, "many/hub")?, hub.clone())];
    for relation in 0..RELATIONS {
        for copy in 0..2 {
            let values =
                Values::from([("name".into(), Value::text(format!("关联{copy}"))), ("hub".into(), Value::Ref(hub.id))]);
            let entity = format!("many/spoke{relation}");
            let mut spoke = record(&entity, number, values);
            spoke.home.clone_from(&hub.home);
            spoke.path.clone_from(&hub.path);
            all.push((allowed(&catalogue, Verb::Create, &entity)?, spoke));
        }
    }
    store
        .write_blocking(move |tx| {
            for (permit, record) in &all {
                tx.insert(permit, record, &source())?;
            }
            Ok(())
        })
        .map_err(|error: WriteError| io::Error::other(error))?;
    Ok(hub.id)
}

fn related_pack() -> io::Result<PackFiles> {
    let mut files = packs()?;
    files.insert(
        "many/pack.toml",
        "id = \"many\"\ntitle = { zh = \"关联\", en = \"Many\" }\nversion = \"1.0.0\"\nneeds = [\"people\"]\n",
    );
    let name = "\n[[fields]]\nname = \"name\"\nlabel = { zh = \"名称\", en = \"Name\" }\nkind = \"text\"\nmax = 100\n";
    let mut hub = head("中心", "name") + name;
    for number in 0..RELATIONS {
        let spoke = head("关联", "name")
            + name
            + "\n[[fields]]\nname = \"hub\"\nlabel = { zh = \"中心\", en = \"Hub\" }\nkind = \"ref\"\nentity = \"hub\"\n";
        files.insert(format!("many/entities/spoke{number}.toml"), &spoke);
        let _infallible = write!(
            hub,
            "\n[[relations]]\nid = \"r{number}\"\nlabel = {{ zh = \"关联{number}\", en = \"Relation {number}\" }}\nentity = \"spoke{number}\"\nby = \"hub\"\ncolumns = [\"name\"]\n"
        );
    }
    files.insert("many/entities/hub.toml", &hub);
    Ok(files)
}
