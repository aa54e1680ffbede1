"""Fixtures for every floor. The city (house.py) is built once a database; each test rolls back."""

import atexit
import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import house as city
import place
import pytest
import testing_settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.core.management.commands import migrate
from django.db import connection
from django.db.models.signals import post_migrate  # noqa: TID251 - to take others' off
from django.template import Context, Template
from django.test.signals import template_rendered
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bihuan.foundation.audit.api import as_told, schema, standing
from bihuan.kernel.programmes import api as programmes

# The tables are the same (tests/jobs/test_tables_made.py), and sooner there.
migrate.MigrationExecutor = schema.Executor


# Derandomised: a failure on one machine is a failure on all, today and tomorrow. Where a test does not say how
# many examples it wants, the first third of them finds nearly all; before a release all are asked.
hypothesis_settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=100 if testing_settings.PROVING else 35,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("house")
# The run on PostgreSQL came before this one and was asked these: what one database proves, it proved.
TOLD = frozenset(
    str(Path(one).absolute()) for one in os.environ.get("BIHUAN_TEST_TOLD", "").split()
)
# A worker is given a few tests ahead of the one it runs.
APART = 6


def _is_transactional(item: pytest.Item) -> bool:
    if {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
        return True
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


def _asks_the_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    if "vendor" in asked or item.get_closest_marker("once"):
        return False
    marked = item.get_closest_marker("django_db") is not None
    return marked or bool({"db", "transactional_db", "live_server"} & asked)


def _is_wanted(item: pytest.Item) -> bool:
    if testing_settings.WANTED == "postgres" and not _asks_the_database(item):
        return False
    if testing_settings.PROVING:
        return True
    if item.get_closest_marker("again"):
        return False
    return not _was_told(item)


def _was_told(item: pytest.Item) -> bool:
    """On PostgreSQL, in the run before. What really commits meets the locks of a database, what is
    marked `both` its own SQL: these are told again; not what commits only to be seen by facts, marked
    `either`."""
    commits = _is_transactional(item) and not item.get_closest_marker("either")
    if commits or item.get_closest_marker("both") or not _asks_the_database(item):
        return False
    return not TOLD.isdisjoint((str(item.path), *map(str, item.path.parents)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that really commit go last: they empty the database when they end. Of those, the long
    ones begin first and apart from each other, so that no worker has two while another has none.

    Told again on PostgreSQL are those that ask this run's database, but for those marked `once`. The
    others ask none, or bring installations of their own, of either `vendor` where it matters."""
    left = [item for item in items if not _is_wanted(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _is_wanted(item)]
    items.sort(key=_is_transactional)
    first = sum(not _is_transactional(item) for item in items)
    for n, item in enumerate([item for item in items if item.get_closest_marker("long")]):
        items.remove(item)
        items.insert(first + n * APART, item)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Nothing of what is loaded to collect the tests is garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not look at it again and again, nor
    after every seven hundred things for what is mostly in use (a thirtieth of the processor)."""
    gc.freeze()
    # At the very end it is looked at once: libraries tell of what is left then.
    atexit.register(gc.unfreeze)
    gc.set_threshold(100_000, 20, 50)


def pytest_sessionfinish() -> None:
    place.clear()


@pytest.fixture(scope="session", autouse=True)
def _context_of_pages_only(django_test_environment: None) -> None:
    """What a page was made of (`answer.context`) is kept once for a page, not again for each of its
    parts: copying cost a twentieth of every page."""
    Template._render = _told_of_once


def _told_of_once(template: Template, context: Context) -> str:
    if context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The database with the city in it."""
    with django_db_blocker.unblock():
        city.build()
        _KNOWN.update(city.known())
        # Rights of Django's own, which nobody here has: written anew whenever a database is emptied.
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
        post_migrate.disconnect(create_contenttypes)
        if connection.vendor == "postgresql":
            connection.ops.sql_flush = _deleted


def _deleted(style: object, tables: list[str], **more: object) -> list[str]:
    """What empties the database between tests that commit: nearly nothing stands in it, and
    TRUNCATE takes a second and a half for a hundred tables."""
    del style, more
    names = [connection.ops.quote_name(table) for table in sorted(tables)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = current_schema()"
        )
        sequences = [name for (name,) in cursor.fetchall()]
    return [
        "SET session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in names),
        *(f"ALTER SEQUENCE {name} RESTART" for name in sequences),
        "SET session_replication_role = DEFAULT",
    ]


# Of the city before any test, by its edition: each test begins there, and none adds to it.
_KNOWN: dict[str, standing.Memory] = {}


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    """Rolled-back rows give their ids to the next test, so nothing may be remembered by id but what
    stands in the city."""
    programmes.forget_cached()
    standing.remember(_KNOWN)
    cache.clear()
    yield
    programmes.forget_cached()


_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Facts and seals of its own for each test: they stand outside the database, so they outlive a
    transaction that is rolled back. Not in its `tmp_path`, which looks at those of all tests before."""
    place = tmp_path_factory.getbasetemp() / f"own-{next(_NUMBERS)}"
    place.mkdir()
    settings.FACTS_ROOT = place / "facts"
    settings.SEALS_FILE = place / "seals.log"


@pytest.fixture(autouse=True)
def _as_told() -> Iterator[None]:
    """Everything is recorded when it happens."""
    with as_told():
        yield


@pytest.fixture
def house(db: None) -> city.House:
    """The city. With `transactional_db` too, it is built anew and really committed."""
    if not city.is_built():
        city.stand()
    return city.House()


@pytest.fixture
def unlocked(db):
    """The triggers that refuse changes to the log taken off, as an intruder with the database's
    password would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
