"""An archive of an older version brought to today's tables, in a database of its own that is thrown
away: its tables as they were, its rows into them, the changes since, the rows out again.

Whoever restores asks `bring_up`; it runs `child` in a process of its own, because changes of tables
work on the one database that a process has.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from bihuan.foundation.audit.api import schema
from bihuan.jobs import tables

MIGRATIONS, COUNTS, HEADS = "migrations", "counts", "heads"
# What the child writes beside the tables, and where it says why it could not.
BROUGHT = "brought.json"
_CHILD = (
    "import sys, django; django.setup(); from bihuan.jobs import older; older.{}(*sys.argv[1:])"
)


class OlderError(Exception):
    """Why an archive could not be brought to today's tables, in plain words."""


def is_older(its: set[str], known: set[str]) -> bool:
    """Whether an archive with these changes of tables comes before a database with all `known` ones."""
    return its < known


def bring_up(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Rewrites the unpacked tables in `folder` as today's version would have dumped them; returns what
    of the manifest holds for them (migrations, counts, heads). Raises OlderError, the tables being of
    no use then."""
    with tempfile.TemporaryDirectory(prefix="bihuan-older-") as scratch:
        _apart("child", folder, manifest, Path(scratch))
    found: dict[str, Any] = json.loads((folder / BROUGHT).read_text(encoding="utf-8"))
    return found


def made_again(folder: Path, manifest: Mapping[str, Any], scratch: Path) -> Path:
    """A database file of SQLite with the tables of then and the rows of the unpacked tables in
    `folder`, made in `scratch`. Raises OlderError."""
    _apart("filled", folder, manifest, scratch)
    return scratch / "bihuan.sqlite3"


def _apart(function: str, folder: Path, manifest: Mapping[str, Any], scratch: Path) -> None:
    asked = scratch / "asked.json"
    asked.write_text(json.dumps({name: manifest[name] for name in (MIGRATIONS, COUNTS)}))
    # A database of its own, keys of its own, the same apps; nothing of ours can be touched.
    env = {k: v for k, v in os.environ.items() if k != "BIHUAN_DATABASE_URL"}
    env |= {"BIHUAN_DATA": str(scratch), "DJANGO_SETTINGS_MODULE": "bihuan.conf.settings"}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-c", _CHILD.format(function), str(folder), str(asked)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise OlderError(said[-1] if said else f"it ended with {done.returncode}")


def as_they_stand(alias: str) -> tuple[list[str], list[type[Model]]]:
    """The changes of tables that a database has seen, and the models of the tables as they left them.
    Raises OlderError where this version does not know them."""
    executor = MigrationExecutor(connections[alias])
    ours = {app for app, _ in executor.loader.graph.nodes} - tables.LEFT_OUT
    its = {one for one in executor.recorder.applied_migrations() if one[0] in ours}
    state = executor.loader.project_state(_leaves(executor, its)).apps
    applied = sorted(f"{app}.{name}" for app, name in its)
    return applied, tables.carried_of(state.get_models(include_auto_created=True))


def tables_there(alias: str) -> list[str]:
    """The names of all tables that our apps have in a database as it stands, whatever is in them."""
    executor = MigrationExecutor(connections[alias])
    its = set(executor.recorder.applied_migrations()) & executor.loader.graph.nodes.keys()
    found = executor.loader.project_state(_leaves(executor, its)).apps
    models = found.get_models(include_auto_created=True)
    return sorted({one._meta.db_table for one in models if one._meta.managed})


# The child


def put_in(folder: Path, asked: Mapping[str, Any]) -> list[tuple[int, int, str]]:
    """Gives this process' empty database the tables of then and the rows in `folder`; returns its
    chains. Raises OlderError."""
    executor = schema.Executor(connection)
    its = {_node(one) for one in asked[MIGRATIONS]}
    leaves = _leaves(executor, its)
    executor.migrate(leaves)
    behind = {app for app, _ in its}
    grown = {one for one in executor.recorder.applied_migrations() if one[0] in behind} - its
    if grown:
        raise OlderError(f"its tables are no state that this version knows ({_told(grown)})")
    old = executor.loader.project_state(leaves).apps
    models = {model._meta.label_lower: model for model in old.get_models(include_auto_created=True)}
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Where this is one transaction with the changes of tables, those may have asked for keys at once.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # Changes of tables may have put rows of their own in.
        for model in models.values():
            if model._meta.app_label not in tables.LEFT_OUT and model._meta.managed:
                model._base_manager.all().delete()
        for name, count in asked[COUNTS].items():
            if name not in models:
                raise OlderError(f"this version does not know its table {name}")
            with (folder / f"{name}.jsonl").open(encoding="utf-8") as source:
                taken = tables.load(models[name], source, "default")
            if taken != count:
                raise OlderError(f"{name}: {taken} rows went in, {count} were backed up")
        with connection.cursor() as cursor:
            filled = [models[name] for name in asked[COUNTS]]
            for statement in connection.ops.sequence_reset_sql(no_style(), filled):
                cursor.execute(statement)
    return _chains(models.values(), set(asked[COUNTS]))


def take_out(folder: Path) -> dict[str, Any]:
    """Writes the tables of this process' database into `folder`, in place of those that are there;
    returns what a manifest says of them."""
    for path in folder.glob("*.jsonl"):
        path.unlink()
    for model in tables.carried():
        with (folder / f"{model._meta.label_lower}.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(tables.lines(model, "default"))
    return {
        MIGRATIONS: tables.migrations("default"),
        COUNTS: tables.counts("default"),
        HEADS: tables.heads("default"),
    }


def _brought(folder: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    before = put_in(folder, asked)
    schema.bring_up()
    carried = tables.carried()
    if _chains(carried, {model._meta.label_lower for model in carried}) != before:
        raise OlderError("its chains did not come out as they went in")
    return take_out(folder)


def _node(written: str) -> tuple[str, str]:
    app, _, name = written.partition(".")
    return app, name


def _told(nodes: set[tuple[str, str]]) -> str:
    return ", ".join(sorted(".".join(one) for one in nodes)[:3])


def _leaves(executor: Any, its: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The last of them in each app: what its database had been brought to."""
    graph = executor.loader.graph
    unknown = its - graph.nodes.keys()
    if unknown:
        raise OlderError(f"this version does not know its tables ({_told(unknown)})")
    followed = {
        (parent.key[0], parent.key[1])
        for one in its
        for parent in graph.node_map[one].parents
        if parent.key[0] == one[0]
    }
    return sorted(its - followed)


def _chains(models: Any, names: set[str]) -> list[tuple[int, int, str]]:
    """(key, version, head) of every row of every chained table, and of every event, in an order that
    does not hang on what tables are called."""

    def rows() -> Iterator[tuple[int, int, str]]:
        for model in models:
            if model._meta.label_lower not in names:
                continue
            columns = {field.attname for field in model._meta.concrete_fields}
            if {"version", "head"} <= columns:
                yield from model._base_manager.values_list("pk", "version", "head")
            elif {"seq", "hash", "prev"} <= columns:
                yield from model._base_manager.values_list("pk", "seq", "hash")

    return sorted(rows())


def child(folder: str, asked: str) -> None:
    """What the process of its own does: unpacked tables in `folder`, what is asked of them in a file.
    Ends with 1 and a line of why where it cannot."""
    where = Path(folder)
    wanted = json.loads(Path(asked).read_text(encoding="utf-8"))
    try:
        told = _brought(where / "tables", wanted)
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator needs one line
        sys.exit(" ".join(str(error).split()) or type(error).__name__)
    (where / BROUGHT).write_text(json.dumps(told), encoding="utf-8")


def filled(folder: str, asked: str) -> None:
    """What the process does whose database is kept: the same without today's tables."""
    wanted = json.loads(Path(asked).read_text(encoding="utf-8"))
    try:
        put_in(Path(folder) / "tables", wanted)
    except Exception as error:  # noqa: BLE001 - as above
        sys.exit(" ".join(str(error).split()) or type(error).__name__)
    # The last one that leaves writes what stands beside the file into it.
    connection.close()
