"""What an import must count, by another reader: Python's csv and the words of the HTTP contract, nothing of ours."""

import csv
import io
import re
import unicodedata
from collections import Counter
from decimal import Decimal

FIELDS = ["sku", "name", "description", "price", "status"]
AMBIGUOUS = re.compile(r"\d+[.,]\d{3}")
# What is the same under every reading of the contract; the tests do not write amounts beyond these forms and
# the hopeless ones.
AMOUNT = re.compile(r"(\d+|\d{1,3}(,\d{3})+(?=\.)|\d{1,3}(\.\d{3})+(?=,))([.,](\d{1,2}))?")


def header_key(name):
    return re.sub(r"[ _-]", "", name).casefold()


def folded(sku):
    return unicodedata.normalize("NFC", sku.strip()).casefold()


def price(text):
    """(amount, code of the error)."""
    text = text.strip()
    if not text:
        return None, None
    if AMBIGUOUS.fullmatch(text):
        return None, "ambiguous_price"
    match = AMOUNT.fullmatch(text)
    if not match:
        return None, "bad_price"
    whole = re.sub(r"[.,]", "", match[1])
    return Decimal(f"{whole}.{match[5] or '0'}"), None


class Record:
    def __init__(self, row, line, cells):
        self.row, self.line, self.cells = row, line, cells


def records(content):
    """(header, records) of a file: numbered from 1, with the physical line on which each starts."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header, found, line = None, [], 0
    for cells in reader:
        start, line = line + 1, reader.line_num
        if not cells:
            continue
        if header is None:
            header = cells
        else:
            found.append(Record(len(found) + 1, start, cells))
    return header, found


class Expectation:
    """The books of one import into a catalogue (a dictionary by folded SKU, brought up to date)."""

    def __init__(self, content, catalogue, mapping=None):
        header, found = records(content)
        self.counts = Counter(created=0, updated=0, unchanged=0, skipped=0, failed=0)
        self.errors = []
        self.total = len(found)
        self.columns = self.match(header, mapping or {})
        continuing = self.continuations(header, found)
        wanted = {}
        for record in found:
            if len(record.cells) == len(header) and folded(self.cell(record, "sku")):
                wanted[folded(self.cell(record, "sku"))] = record.row
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
        elif wanted[key] != record.row:
            return "skipped"
        if re.search(r"[\x00-\x1f\x7f]", self.cell(record, "name")):
            problems.append(("name", "control_character"))
        amount, code = price(self.cell(record, "price"))
        if code:
            problems.append(("price", code))
        status = self.cell(record, "status").strip().casefold()
        if status not in ("", "active", "draft", "archived"):
            problems.append(("status", "bad_status"))
        known = key in catalogue or not key or ("sku", "bad_sku") in problems
        if not known and not self.cell(record, "name").strip():
            problems.append(("name", "no_name"))
        if problems:
            return refuse(*problems)
        new = {"sku": self.cell(record, "sku").strip(), "name": self.cell(record, "name").strip() or None,
               "description": self.cell(record, "description") or None, "price": amount, "status": status or None}
        old = catalogue.get(key)
        if old is None:
            catalogue[key] = {**new, "status": new["status"] or "active"}
            return "created"
        # Blank cells keep what is there.
        merged = {**old, **{field: value for field, value in new.items() if value is not None}}
        catalogue[key] = merged
        return "unchanged" if merged == old else "updated"
