"""Peer of the roll-ups' recomputation: DuckDB scans the same rows for the same measures, each grouped by place. Prints seconds.

The rows are taken over from the SQLite file first; that is not part of the time.
"""
import sqlite3, sys, time
import duckdb

source, measures = sys.argv[1], sys.argv[2:]
rows = sqlite3.connect(f"file:{source}?mode=ro", uri=True).execute(
    "SELECT path, sex, birth_date, ethnicity, residence_kind, ended_on FROM people_resident"
)
bench = duckdb.connect()
bench.execute(
    "CREATE TABLE people_resident (path VARCHAR, sex VARCHAR, birth_date VARCHAR, ethnicity VARCHAR, "
    "residence_kind VARCHAR, ended_on VARCHAR)"
)
import pandas

names = ["path", "sex", "birth_date", "ethnicity", "residence_kind", "ended_on"]
while chunk := rows.fetchmany(200_000):
    frame = pandas.DataFrame(chunk, columns=names)
    bench.execute("INSERT INTO people_resident SELECT * FROM frame")
started = time.perf_counter()
for where in measures:
    bench.execute(
        f"SELECT path, count(*) FROM people_resident WHERE ended_on IS NULL AND ({where}) GROUP BY path"
    ).fetchall()
print(f"{time.perf_counter() - started:.3f}")
