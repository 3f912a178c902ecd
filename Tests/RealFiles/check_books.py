"""Compares the last import of a catalogue that was empty before with Python's own reading of the file.

check_books.py DATABASE FILE [COLUMN=FIELD ...]

A column that is `continues` names the product that a row with nothing of its own continues.

Prints every difference and ends with status 1 when there is one.
"""
import csv
import re
import sqlite3
import sys
import unicodedata

FIELDS = ["sku", "name", "brand", "description", "price", "compare_at_price", "upc", "status"]
STATUSES = {"true": "active", "false": "draft", "1": "active", "0": "draft", "-1": "draft",
            "active": "active", "draft": "draft", "archived": "archived"}


def key(text):
    return unicodedata.normalize("NFC", text.strip().casefold())


def header_key(text):
    return re.sub(r"[\s_-]", "", text).casefold()


def cents(text):
    """None for a blank cell, False for one that no shop would take for a price in two decimals."""
    text = text.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d+([.,]\d{1,2})?", text):
        return False
    whole, _, rest = text.replace(",", ".").partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def has_control(text, multiline):
    return any(ord(c) == 127 or (ord(c) < 32 and not (multiline and c in "\t\n\r")) for c in text)


def columns(header, mapping):
    wanted = {header.index(column): field for column, field in mapping.items()}
    for index, name in enumerate(header):
        for field in FIELDS:
            if index not in wanted and field not in wanted.values() and header_key(name) == field:
                wanted[index] = field
    return {field: index for index, field in wanted.items()}


def read(record, where, width):
    """The values of a record, or None when it must be refused; and its key."""
    if len(record) != width:
        return None, None
    value = {field: record[index] for field, index in where.items()}
    sku = value["sku"].strip()
    if not sku or len(sku) > 128 or has_control(sku, False):
        return None, None
    name = value.get("name", "").strip()
    price = cents(value.get("price", ""))
    before = cents(value.get("compare_at_price", ""))
    status = STATUSES.get(value.get("status", "").strip().lower() or "active")
    brand, upc = value.get("brand", "").strip() or None, value.get("upc", "").strip() or None
    good = name and len(name) <= 500 and not has_control(name, False) and price is not False
    good = good and before is not False and status and not has_control(value.get("description", ""), True)
    return (sku, name, brand, value.get("description") or None, price, before, upc, status) if good else None, key(sku)


def expected(path, mapping):
    with open(path, encoding="utf-8-sig", newline="") as file:
        records = [record for record in csv.reader(file) if record]
    header, rows = [name.strip() for name in records[0]], records[1:]
    where = columns(header, mapping)
    group = where.pop("continues", None)
    above, parsed, skipped = None, [], 0
    for row in rows:
        same = group is not None and row[group].strip() and row[group].strip() == above
        if same and not any(row[index].strip() for index in where.values()):
            skipped += 1
        else:
            parsed.append(read(row, where, len(header)))
        above = row[group].strip() if group is not None else None
    winners = {row_key: number for number, (_, row_key) in enumerate(parsed) if row_key is not None}
    products, failed = {}, 0
    for number, (value, row_key) in enumerate(parsed):
        if row_key is not None and winners[row_key] != number:
            skipped += 1
        elif value is None:
            failed += 1
        else:
            products[row_key] = value
    books = {
        "total_rows": len(rows), "processed_rows": len(rows), "created_rows": len(products), "updated_rows": 0,
        "unchanged_rows": 0, "skipped_rows": skipped, "failed_rows": failed,
    }
    return books, products


def main(database, path, *pairs):
    books, products = expected(path, dict(pair.rsplit("=", 1) for pair in pairs))
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    job = connection.execute("SELECT * FROM job ORDER BY id DESC LIMIT 1").fetchone()
    differences = [f"{name}: {job[name]}, Python {value}" for name, value in books.items() if job[name] != value]
    if job["status"] != "completed":
        differences.append(f"status: {job['status']} ({job['error_message']})")
    errors = connection.execute(
        "SELECT COUNT(DISTINCT row) FROM job_row_error WHERE job_id = ?", (job["id"],)
    ).fetchone()[0]
    if errors != books["failed_rows"]:
        differences.append(f"rows in job_row_error: {errors}, Python {books['failed_rows']}")
    stored = {
        row["sku_norm"]: tuple(row[field] for field in FIELDS)
        for row in connection.execute("SELECT * FROM product")
    }
    for sku in sorted(stored.keys() | products.keys()):
        if stored.get(sku) != products.get(sku):
            differences.append(f"{sku!r}: {stored.get(sku)}, Python {products.get(sku)}")
    print(f"{path}: {books}")
    print("\n".join(differences) or "equal")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
