"""Peer of `linli import`: pandas + openpyxl reads the ledger and inserts it into SQLite by to_sql. Prints seconds."""
import sqlite3, sys, time
import pandas

source, target = sys.argv[1:3]
started = time.perf_counter()
frame = pandas.read_excel(source, header=int(sys.argv[3]) if len(sys.argv) > 3 else 0, dtype=str)
with sqlite3.connect(target) as connection:
    frame.to_sql("resident", connection, index=False, if_exists="replace")
print(f"{time.perf_counter() - started:.3f} {len(frame)}")
