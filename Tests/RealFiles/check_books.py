"""Compares the last import of a catalogue that was empty before with Python's own reading of the file.

check_books.py DATABASE FILE [--handle] [COLUMN=FIELD ...]

A column that is `continues` names the product that a row with nothing of its own continues, and whose name, brand,
description and status it takes where it has a SKU but no name; those that are `option` tell its variants apart. With
--handle a row without a SKU gets one of both. What is on `sale` costs that, and has cost its price before.

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
    sale = cents(value.get("sale", ""))
    if sale:
        price, before = sale, price
    status = STATUSES.get(value.get("status", "").strip().lower() or "active")
    brand, upc = value.get("brand", "").strip() or None, value.get("upc", "").strip() or None
    good = name and len(name) <= 500 and not has_control(name, False) and price is not False
    good = good and before is not False and status and not has_control(value.get("description", ""), True)
    return (sku, name, brand, value.get("description") or None, price, before, upc, status) if good else None, key(sku)


def slug(text):
    return re.sub(r"[^\w.+]+", "-", text.strip().casefold()).strip("-")


def complete(rows, header, where, group, options, by_handle):
    """The rows with what they have from the row with their product's name, and with SKUs made."""
    heads = {}
    for row in rows:
        if row[where["name"]].strip():
            heads.setdefault(row[group], []).append(row)
    for row in rows:
        values = [row[index].strip() for index in options if row[index].strip() not in ("", "Default Title")]
        if by_handle and not row[where["sku"]].strip():
            row[where["sku"]] = "-".join([row[group].strip()] + [slug(value) for value in values])
        if not row[where["name"]].strip() and row[group] in heads:
            head = heads[row[group]][0]
            for field in ("name", "brand", "description", "status"):
                if field in where and not row[where[field]].strip():
                    row[where[field]] = head[where[field]]
            row[where["name"]] += " – " + " / ".join(values) if values else ""


def expected(path, mapping, by_handle=False):
    with open(path, encoding="utf-8-sig", newline="") as file:
        records = [record for record in csv.reader(file) if record]
    header, rows = [name.strip() for name in records[0]], records[1:]
    options = [header.index(column) for column, field in mapping.items() if field == "option"]
    where = columns(header, {column: field for column, field in mapping.items() if field != "option"})
    group = where.pop("continues", None)

    def is_continued(row):
        own = [row[index].strip() for index in list(where.values()) + options]
        return group is not None and row[group].strip() and not any(own)

    products = [list(row) for row in rows if not is_continued(row)]
    skipped = len(rows) - len(products)
    if group is not None:
        complete(products, header, where, group, options, by_handle)
    parsed = [read(row, where, len(header)) for row in products]
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
    by_handle = "--handle" in pairs
    mapping = dict(pair.rsplit("=", 1) for pair in pairs if pair != "--handle")
    books, products = expected(path, mapping, by_handle)
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
