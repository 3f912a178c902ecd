"""The text index is disposable: damaged, deleted or old, it is made anew, and what it holds is what the products hold."""

import json
import os
import random
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest

from instance import FINAL, LONG, wait_for

WORDS = [f"{color}{thing}" for color in ("red", "green", "blue", "old", "new") for thing in ("apple", "pear", "plum", "fig")]
# How long the random sequences go on, in seconds, and how many there are.
SECONDS, SEQUENCES = (300, 100) if LONG else (8, 4)


def index_file(instance):
    return instance.data / "bodega.db-search"


def table(rows, chance, first=0):
    lines = ["sku,name,description"]
    for number in range(first, first + rows):
        lines.append(f"SKU-{number:05},{' '.join(chance.sample(WORDS, 3))},{' '.join(chance.sample(WORDS, 6))}")
    return "\n".join(lines) + "\n"


def check(instance, name):
    """A check of /health; None when it is not there."""
    answer = instance.health()
    return answer and answer.json()["checks"].get(name)


def wait_until_well(instance):
    wait_for(lambda: instance.health() and not check(instance, "text_index"), lambda: f"{instance.health().json()}")


def count(instance, text):
    """How many products a search finds; None where it is refused for a while."""
    answer = instance.api.get("/api/products", params={"q": text, "include": "total", "limit": 1})
    assert answer.status_code in (200, 503), answer.text
    return answer.json()["total"] if answer.status_code == 200 else None


def difference(instance):
    """What the index holds too much and too little of, as (word, id, column), read from copies by another program."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        copies = {}
        for name in ("bodega.db", "bodega.db-search"):
            copies[name] = Path(folder) / name
            source = sqlite3.connect(f"file:{instance.data / name}?mode=ro", uri=True)
            target = sqlite3.connect(copies[name])
            source.backup(target)
            source.close()
            target.close()
        own = sqlite3.connect(":memory:")
        own.execute(
            "CREATE VIRTUAL TABLE own USING fts5(sku, name, brand, description, content='',"
            " tokenize=\"unicode61 remove_diacritics 2\")"
        )
        products = sqlite3.connect(copies["bodega.db"])
        own.executemany(
            "INSERT INTO own(rowid, sku, name, brand, description) VALUES (?, ?, ?, ?, ?)",
            products.execute("SELECT id, sku, name, brand, description FROM product"),
        )
        own.execute("CREATE VIRTUAL TABLE words USING fts5vocab(own, instance)")
        index = sqlite3.connect(copies["bodega.db-search"])
        index.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, product_text, instance)")
        wanted = set(own.execute("SELECT term, doc, col FROM words"))
        found = set(index.execute("SELECT term, doc, col FROM words"))
        return found - wanted, wanted - found


def wait_until_indexed(instance):
    """Until the index has read the last change, or for as long as it holds something wrong."""
    def is_behind():
        index = sqlite3.connect(f"file:{index_file(instance)}?mode=ro", uri=True)
        database = sqlite3.connect(f"file:{instance.data / 'bodega.db'}?mode=ro", uri=True)
        try:
            position, building = index.execute("SELECT position, built_up_to FROM text_index_progress").fetchone()
            return building is not None or position < database.execute("SELECT MAX(id) FROM product_revision").fetchone()[0]
        finally:
            index.close()
            database.close()

    wait_for(lambda: not is_behind(), "the index is behind")


def damage(instance, how):
    path = index_file(instance)
    size = path.stat().st_size
    if how == "head":
        with path.open("r+b") as file:
            file.write(os.urandom(4096))
    elif how == "middle":
        with path.open("r+b") as file:
            file.seek(8192)
            file.write(os.urandom(max(4096, size - 12_288)))
    elif how == "tail":
        with path.open("r+b") as file:
            file.truncate(size // 2)
    elif how == "deleted":
        path.unlink()
    elif how == "all deleted":
        for name in path.parent.glob("bodega.db-search*"):
            name.unlink()


WAYS = ["head", "middle", "tail", "deleted", "all deleted"]


@pytest.mark.parametrize("how", WAYS)
def test_a_damaged_index_is_made_anew_while_bodega_runs(fresh, how):
    chance = random.Random(1)
    instance = fresh()
    assert instance.import_file(table(5000, chance))["status"] == "completed"
    known = count(instance, "redapple")
    assert known
    wait_until_indexed(instance)
    damage(instance, how)
    for number in range(5):
        count(instance, f"redapple {WORDS[number]}")
        answer = instance.api.get("/products", params={"q": WORDS[number]})
        assert answer.status_code in (200, 503), answer.text
    # An import meanwhile is completed.
    job = instance.import_file(table(500, chance, first=5000))
    assert job["status"] == "completed", job
    wait_until_indexed(instance)
    wait_until_well(instance)
    wait_for(lambda: (count(instance, "redapple") or 0) >= known, lambda: f"{count(instance, 'redapple')} of {known}")
    assert difference(instance) == (set(), set())
    assert len(list(instance.data.glob("bodega.db-search.damaged*"))) <= 1


def test_a_search_beside_the_making_of_a_new_index_is_answered_or_refused_for_a_while(fresh):
    instance = fresh()
    assert instance.import_file(table(1000, random.Random(4)))["status"] == "completed"
    wait_until_indexed(instance)
    known = count(instance, "redapple")
    assert known
    for _ in range(300 if LONG else 15):
        index_file(instance).unlink()
        # Each asks for the total, and fails on an answer that is neither it nor a refusal.
        wait_for(lambda: index_file(instance).exists() and count(instance, "redapple") == known, "nothing is found")
    wait_until_well(instance)


@pytest.mark.parametrize("how", WAYS)
def test_a_damaged_index_keeps_nothing_from_starting(fresh, how):
    chance = random.Random(2)
    instance = fresh()
    assert instance.import_file(table(2000, chance))["status"] == "completed"
    instance.down()
    damage(instance, how)
    instance.up()
    instance.client = None
    wait_until_indexed(instance)
    wait_until_well(instance)
    assert difference(instance) == (set(), set())


def test_what_the_index_holds_is_what_the_products_hold_after_random_changes_under_load(fresh):
    instance = fresh()
    assert instance.import_file(table(3000, random.Random(3)))["status"] == "completed"
    deadline = time.monotonic() + SECONDS
    sequence = 0
    while sequence < SEQUENCES or time.monotonic() < deadline:
        change(instance, random.Random(sequence))
        sequence += 1
    wait_until_indexed(instance)
    assert difference(instance) == (set(), set()), sequence


def change(instance, chance):
    """An import with edits beside it, then perhaps a deletion by search, perhaps an undo of either."""
    first = chance.randrange(3000)
    job = instance.api.upload(table(chance.randrange(100, 1500), chance, first=first), guard="off")["job_id"]
    jobs = [job]
    while instance.api.job(job)["status"] not in FINAL:
        edit(instance, chance)
    if chance.random() < 0.6:
        query = {"q": " ".join(chance.sample(WORDS, 3))}
        answer = instance.api.delete("/api/products", params=query)
        if answer.status_code == 428 and answer.json()["count"]:
            answer = instance.api.delete("/api/products", params={**query, "confirm": answer.json()["count"]})
            if answer.status_code == 202:
                jobs.append(answer.json()["job_id"])
                instance.api.wait(jobs[-1])
    if chance.random() < 0.6:
        answer = instance.api.post(f"/api/jobs/{chance.choice(jobs)}/undo")
        if answer.status_code == 202:
            instance.api.wait(answer.json()["job_id"])
    for _ in range(10):
        edit(instance, chance)


def edit(instance, chance):
    line = {"sku": f"SKU-{chance.randrange(4500):05}", "name": " ".join(chance.sample(WORDS, 3))}
    answer = instance.api.request(
        "PATCH", "/api/products", data=json.dumps(line), headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.status_code in (200, 503), answer.text
