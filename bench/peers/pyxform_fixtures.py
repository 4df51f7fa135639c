"""Writes what pyxform 4.5.0 answers to the forms of crates/xform/tests/fixtures/xlsform: NAME.xml or NAME.error.

Usage: python pyxform_fixtures.py FOLDER
"""

import sys
from pathlib import Path

from pyxform.xls2xform import convert

for form in sorted(Path(sys.argv[1]).glob("*.md")):
    xml, error = form.with_suffix(".xml"), form.with_suffix(".error")
    xml.unlink(missing_ok=True)
    error.unlink(missing_ok=True)
    form.with_suffix(".csv").unlink(missing_ok=True)
    try:
        result = convert(xlsform=form.read_text(encoding="utf-8"), file_type=".md")
    except Exception as problem:
        error.write_text(f"{problem}\n", encoding="utf-8")
        print(f"{form.name}: {type(problem).__name__}: {problem}")
    else:
        xml.write_text(result.xform, encoding="utf-8")
        if result.itemsets is not None:
            form.with_suffix(".csv").write_text(result.itemsets, encoding="utf-8", newline="")
