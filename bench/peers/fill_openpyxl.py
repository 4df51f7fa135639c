"""Peer of the template fill: openpyxl writes ROWS × COLUMNS cells into the same template. Prints seconds."""
import sys, time
import openpyxl

template, out, first_row, rows, columns = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
started = time.perf_counter()
book = openpyxl.load_workbook(template)
sheet = book.active
for row in range(rows):
    for column in range(columns):
        sheet.cell(row=first_row + row, column=column + 1, value=f"值{row}-{column}" if column % 3 else row * column)
book.save(out)
print(f"{time.perf_counter() - started:.3f}")
