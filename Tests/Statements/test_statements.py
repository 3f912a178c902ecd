"""Every statement that Bodega's processes have prepared, by the grammar of PostgreSQL.

BODEGA_STATEMENTS names the file where they noted them (see StatementLog.swift): deploy/test has the unit tests and the
tests from end to end do that.
"""

import json
import os
from pathlib import Path

import pytest

from grammar import NATIVE, complaints, is_native, numbered


def prepared():
    lines = Path(os.environ["BODEGA_STATEMENTS"]).read_text(encoding="utf-8", errors="replace").splitlines()
    texts, torn = set(), 0
    for line in lines:
        try:
            text = json.loads(line)
        except ValueError:
            # Tests that have writes fail or cut short hit these too; each process notes its statements anew.
            torn += 1
        else:
            texts.add(text.removeprefix("EXPLAIN QUERY PLAN "))
    assert torn * 100 <= len(lines), f"{torn} of {len(lines)} lines are torn"
    return texts


def test_every_statement_passes_postgresql():
    texts = prepared()
    assert len(texts) > 500, "the tests have not noted what they prepared"
    broken = {text: found for text in sorted(texts) if not is_native(text) and (found := complaints(text))}
    assert not broken, "\n\n".join(f"{text}\n  -> {'; '.join(found)}" for text, found in broken.items())


@pytest.mark.parametrize("text", [
    "SELECT 1 FROM (SELECT 1) some",
    "SELECT SUBSTR(a, -4) FROM t",
    "SELECT MAX(a, b) FROM t",
    "SELECT IFNULL(a, b) FROM t",
    "SELECT a FROM t WHERE b",
    "SELECT a FROM t WHERE ? AND b = 1",
    "SELECT CASE WHEN ? THEN 1 ELSE 0 END FROM t",
    "SELECT a IS NULL FROM t",
    "SELECT SUM(a > 1) FROM t",
    "SELECT CASE WHEN a = 1 THEN b = 2 ELSE 0 END FROM t",
    "SELECT a FROM t WHERE (b = 1) = 1",
    "UPDATE t SET a = b > 1",
    "INSERT INTO t (a) VALUES (? IS NULL)",
    "INSERT INTO t (a) SELECT b = 1 FROM u",
    "INSERT OR IGNORE INTO t (a) VALUES (1)",
    "SELECT a FROM t INDEXED BY i",
    "SELECT a FROM t WHERE b GLOB 'x'",
    "DELETE FROM t ORDER BY a LIMIT 1",
    "CREATE TABLE t (a INTEGER CHECK (a))",
])
def test_what_another_engine_refuses_is_found(text):
    assert complaints(text)


@pytest.mark.parametrize("text", [
    "SELECT a, COUNT(*) FROM t WHERE b = ? AND (c IS NULL OR d IN (?, ?)) GROUP BY a HAVING COUNT(*) > 1 LIMIT ?",
    "SELECT CASE WHEN ? = 1 THEN a END FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
    "INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.b < excluded.b",
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL CHECK (a IN ('x', '?')), b BLOB) STRICT",
    "SELECT a FROM t WHERE CASE WHEN b = 1 THEN c = 2 ELSE d = 3 END",
])
def test_what_both_engines_take_passes(text):
    assert complaints(text) == []


def test_placeholders_are_numbered_outside_of_quotes():
    assert numbered("a = ? AND b = '?''?' AND \"?\" = ?") == "a = $1 AND b = '?''?' AND \"?\" = $2"


def test_exceptions_are_used():
    """One that no statement needs any more is taken off the list."""
    import re

    texts = [text.strip() for text in prepared()]
    unused = [
        pattern for patterns in NATIVE.values() for pattern in patterns
        if not any(re.match(pattern, text) for text in texts)
    ]
    assert not unused
