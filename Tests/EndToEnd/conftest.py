"""Fixtures: running instances of Bodega. Nothing here is mocked; see instance.py."""

import subprocess

import pytest
from playwright.sync_api import expect

from instance import PATIENCE, ROOT, Bodega

expect.set_options(timeout=PATIENCE * 1000)

# Files that take longest begin first, so that two runners end at about the same time.
LONGEST = ["faults", "schema", "pages", "browser_imports", "io_errors", "import", "http", "formats"]


def pytest_collection_modifyitems(items):
    """What is being changed comes first, then what takes longest."""
    changed = subprocess.run(
        ["git", "diff", "--name-only", "HEAD", "--", "Tests/EndToEnd"], cwd=ROOT, capture_output=True, text=True,
    ).stdout.split()

    def rank(item):
        name = item.path.stem.removeprefix("test_")
        is_changed = any(path.endswith(item.path.name) for path in changed)
        return not is_changed, LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=rank)


@pytest.fixture(scope="module")
def bodega():
    """One instance for all tests of a file that do not mind company."""
    with Bodega() as running:
        yield running


@pytest.fixture
def fresh():
    """Makes instances of one's own, with options of `bodega serve` and variables; stops them at the end."""
    running = []

    def make(*options, **arguments):
        instance = Bodega(*options, **arguments)
        running.append(instance)
        instance.up()
        return instance

    yield make
    failures = []
    for instance in running:
        try:
            instance.__exit__(None, None, None)
        except AssertionError as failure:
            failures.append(str(failure))
    assert not failures, "\n".join(failures)
