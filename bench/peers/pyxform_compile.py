"""Seconds that pyxform takes in process to compile one form, best of N.

Usage: python pyxform_compile.py FILE N
"""

import sys
import time

from pyxform.xls2xform import convert

best = float("inf")
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    convert(xlsform=sys.argv[1], validate=False)
    best = min(best, time.perf_counter() - start)
print(f"{best:.6f}")
