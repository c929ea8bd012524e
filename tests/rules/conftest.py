"""A fresh cast for every test, copied from one that was built once a session."""

import copy

import pytest

from tests.support.rulebook import World, world


@pytest.fixture(scope="session")
def first() -> World:
    return world()


@pytest.fixture
def w(first: World) -> World:
    made = copy.copy(first)
    made.book = copy.copy(first.book)
    made.book.values = dict(first.book.values)
    made.book.entries = list(first.book.entries)
    return made
