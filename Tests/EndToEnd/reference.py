"""What an import must count, by another reader: Python's csv and the words of the HTTP contract, nothing of ours."""

import csv
import io
import re
import unicodedata
from collections import Counter
from decimal import Decimal

FIELDS = ["sku", "name", "description", "price", "status"]
# One mark that may part thousands as well as decimals.
AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
# What is the same under every reading of the contract; the tests do not write amounts beyond these forms and
# the hopeless ones.
AMOUNT = re.compile(r"(\d*|[1-9]\d{0,2}(,\d{3})+(?=\.)|[1-9]\d{0,2}(\.\d{3})+(?=,))([.,](\d{1,2})0*)?")
# Tabs and line ends are part of a description.
CONTROLS_OF_TEXTS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def header_key(name):
    return re.sub(r"[ _-]", "", name).casefold()


def folded(sku):
    return unicodedata.normalize("NFC", identifier(sku)).casefold()


def price(text):
    """(amount, code of the error)."""
    text = text.strip()
    if not text:
        return None, None
    if AMBIGUOUS.fullmatch(text):
        return None, "ambiguous_price"
    text = re.sub(r"[,.][-–—]{1,2}$", "", text)
    match = AMOUNT.fullmatch(text)
    if not text or not match:
        return None, "bad_price"
    whole = re.sub(r"[.,]", "", match[1])
    return Decimal(f"{whole or 0}.{match[5] or '0'}"), None


def line(text):
    """A text of one line: what parts lines and what nobody can print became one blank with the blanks around it."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].replace('""', '"').strip()
    elif re.match(r"'[=+@-]", text):
        text = text[1:]
    return re.sub(r" *[\x00-\x1f\x7f-\x9f\u2028\u2029][\x00-\x20\x7f-\x9f\u2028\u2029]*", " ", text).strip()


def identifier(text):
    """A SKU without what nobody sees around it."""
    return re.sub(r"^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$", "", text)


class Record:
    def __init__(self, row, line, cells):
        self.row, self.line, self.cells = row, line, cells


def records(content, delimiter=","):
    """(header, records) of a file: numbered from 1, with the physical line on which each starts. Rows of nothing but
    delimiters and white space are none; cells missing at the end are blank, and blank ones too many are not there."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    header, found, line = None, [], 0
    for cells in reader:
        start, line = line + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = cells
        else:
            if not any(cell.strip() for cell in cells[len(header):]):
                cells = (cells + [""] * len(header))[:len(header)]
            found.append(Record(len(found) + 1, start, cells))
    return header, found


class Expectation:
    """The books of one import into a catalogue (a dictionary by folded SKU, brought up to date)."""

    def __init__(self, content, catalogue, mapping=None):
        header, found = records(content, ";" if b";" in content.split(b"\n")[0] else ",")
        self.counts = Counter(created=0, updated=0, unchanged=0, skipped=0, failed=0)
        self.errors = []
        self.total = len(found)
        self.columns = self.match(header, mapping or {})
        continuing = self.continuations(header, found)
        # A row that names the columns once more is skipped.
        continuing |= {record.row for record in found if [header_key(cell) for cell in record.cells] == self.keys(header)}
        wanted = {}
        for record in found:
            if record.row in continuing:
                continue
            if len(record.cells) == len(header) and folded(self.cell(record, "sku")):
                wanted[folded(self.cell(record, "sku"))] = record.row
        # What rows of one SKU say before the one that counts: its blank cells leave that standing.
        self.said = {}
        for record in found:
            outcome = "skipped" if record.row in continuing else self.outcome(record, header, wanted, catalogue)
            self.counts[outcome] += 1

    @staticmethod
    def continuations(header, found):
        """Rows of a Shopify file that only bring more pictures of the product above: nothing of their own to import."""
        told = ("Title", "Body (HTML)", "Vendor", "Variant SKU", "Variant Price", "Variant Barcode")
        if header[0] != "Handle" or not set(told) <= set(header):
            return set()
        rows, last = set(), None
        for record in found:
            if len(record.cells) != len(header):
                continue
            cells = dict(zip(header, record.cells))
            if cells["Handle"] == last and not any(cells[name].strip() for name in told):
                rows.add(record.row)
            last = cells["Handle"]
        return rows

    @staticmethod
    def keys(header):
        return [header_key(name) for name in header]

    @staticmethod
    def match(header, mapping):
        columns = {}
        for field in FIELDS:
            mapped = [header_key(column) for column, target in mapping.items() if target == field]
            names = mapped or [header_key(field)]
            places = [place for place, name in enumerate(header) if header_key(name) in names]
            if places:
                columns[field] = places[0]
        return columns

    def cell(self, record, field):
        return record.cells[self.columns[field]] if field in self.columns else ""

    def outcome(self, record, header, wanted, catalogue):
        def refuse(*problems):
            for field, code in problems:
                column = header[self.columns[field]] if field else None
                self.errors.append((record.row, record.line, column, code))
            return "failed"

        if len(record.cells) != len(header):
            return refuse((None, "ragged_row"))
        key, problems = folded(self.cell(record, "sku")), []
        if not key:
            problems.append(("sku", "no_sku"))
        elif len(key) > 128 or re.search(r"[\x00-\x1f\x7f]", key):
            problems.append(("sku", "bad_sku"))
        amount, code = price(self.cell(record, "price"))
        if code:
            problems.append(("price", code))
        status = self.cell(record, "status").strip().casefold()
        if status not in ("", "active", "draft", "archived"):
            problems.append(("status", "bad_status"))
        said = {} if problems else {
            "sku": identifier(self.cell(record, "sku")), "name": line(self.cell(record, "name")) or None,
            "description": CONTROLS_OF_TEXTS.sub(" ", self.cell(record, "description")) or None, "price": amount,
            "status": status or None,
        }
        new = {**self.said.get(key, {}), **{field: value for field, value in said.items() if value is not None}}
        self.said[key] = new
        if key and ("sku", "bad_sku") not in problems and wanted[key] != record.row:
            return "skipped"
        known = key in catalogue or not key or ("sku", "bad_sku") in problems
        if not known and not new.get("name") and not line(self.cell(record, "name")):
            problems.append(("name", "no_name"))
        if problems:
            return refuse(*problems)
        new = {field: new.get(field) for field in FIELDS}
        old = catalogue.get(key)
        if old is None:
            catalogue[key] = {**new, "status": new["status"] or "active"}
            return "created"
        # Blank cells keep what is there.
        merged = {**old, **{field: value for field, value in new.items() if value is not None}}
        catalogue[key] = merged
        return "unchanged" if merged == old else "updated"
