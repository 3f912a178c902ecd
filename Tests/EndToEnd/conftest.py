"""Fixtures: running instances of Bodega. Nothing here is mocked; see instance.py."""

import pytest

from instance import Bodega


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
