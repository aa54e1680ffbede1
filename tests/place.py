"""An installation of its own for a test: a folder, a database, and the real `bihuan` command."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import warm

SERVER = os.environ.get("BIHUAN_TEST_SERVER", "postgres://postgres@127.0.0.1:5432")
TESTS = Path(__file__).parent
HEAD = (
    "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'bihuan.conf.settings'\n"
    "import django; django.setup()\n"
)
MIGRATE = """
from bihuan.foundation.audit.api import schema
schema.bring_up()
"""
BUILD = """
import house
house.build()
from bihuan.foundation.audit import api as audit
from bihuan.lib.clock import now
audit.seal(at=now(), until=now())
"""
# Most of what a command costs is its start: those that need none of their own share one.
TOGETHER = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from bihuan.cli import main
told = []
for step, given in json.loads(sys.stdin.read()):
    out, err, code = io.StringIO(), io.StringIO(), 0
    sys.stdin = io.StringIO(given)
    with redirect_stdout(out), redirect_stderr(err):
        if isinstance(step, str):
            exec(step, {"__name__": "step"})
        else:
            code = main(step)
    told.append([step, code, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""


def postgres_answers() -> bool:
    """Whether there is a PostgreSQL server to test against."""
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


VENDORS = ["sqlite", "postgresql"] if postgres_answers() else ["sqlite"]


def asked_of(vendor: str) -> list[object]:
    """The databases for a test that brings its own: `vendor` in every build, where there is a server
    for it, and the other one by `make prove`."""
    here = vendor if vendor in VENDORS else "sqlite"
    others = [pytest.param(one, marks=pytest.mark.again) for one in VENDORS if one != here]
    return [here, *others]


@dataclass
class Place:
    """`run` calls the command as an operator would; `python` runs code inside the installation."""

    data: Path
    url: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("BIHUAN", "DJANGO"))}
        clean |= {"BIHUAN_DATA": str(self.data), "LANG": "C.UTF-8", "PYTHONPATH": str(TESTS)}
        # What Django's test client calls the house.
        clean["BIHUAN_HOSTS"] = "testserver"
        # Who logs in over the network here brings a password alone.
        clean["BIHUAN_ADMINS_NEED_FACTOR"] = "0"
        if self.url:
            clean["BIHUAN_DATABASE_URL"] = self.url
        return clean | self.env

    def start(self, *argv: str, **more) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "bihuan.cli", *argv], env=self.environment(), **more
        )

    def run(self, *argv: object, given: str = "") -> subprocess.CompletedProcess:
        said = [str(one) for one in argv]
        return self._done(["-m", "bihuan.cli", *said], {"argv": said}, given)

    def _done(
        self, argv: list[str], asked: dict[str, object], given: str
    ) -> subprocess.CompletedProcess:
        """By a process that has loaded the house already, where that is the same: other apps are not."""
        env = self.environment()
        told = None if "BIHUAN_APPS" in env else _warm.run(env, asked, given)
        return told or subprocess.run(
            [sys.executable, *argv],
            env=env,
            input=given,
            capture_output=True,
            text=True,
            timeout=warm.ENOUGH,
            check=False,
        )

    def python(self, code: str) -> str:
        return self._python(HEAD + textwrap.dedent(code))

    def together(self, *steps: str | list[object]) -> list[subprocess.CompletedProcess]:
        """Commands (lists) and code (text) one after another in one process; each as `run` tells it.
        What begins with `<` in a command is what it is given to read."""
        asked = []
        for step in steps:
            if isinstance(step, str):
                asked.append([textwrap.dedent(step), ""])
            else:
                words = [str(one) for one in step]
                argv = [one for one in words if not one.startswith("<")]
                asked.append([argv, "".join(one[1:] for one in words if one.startswith("<"))])
        told = json.loads(self._python(HEAD + TOGETHER, json.dumps(asked)).splitlines()[-1])
        return [subprocess.CompletedProcess(*one) for one in told]

    def _python(self, code: str, given: str = "") -> str:
        done = self._done(["-c", code], {"code": code}, given)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def migrate(self) -> None:
        """Makes today's tables, and nothing else: no keys, so each copy gets its own."""
        self.python(MIGRATE)
        (self.data / "secrets.json").unlink()


class Places:
    """Makes installations and takes their databases away again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: list[str] = []

    def new(self, vendor: str = "sqlite", like: str = "template1") -> Place:
        """An installation with nothing in it, or (PostgreSQL) the database `like` another."""
        data = self.folder / uuid.uuid4().hex[:8]
        if vendor == "sqlite":
            return Place(data)
        name = f"bihuan_place_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        self._made.append(name)
        return Place(data, f"{SERVER}/{name}")

    def empty(self, vendor: str = "sqlite") -> Place:
        """An installation with today's tables and nothing in them: what makes those is not proved here,
        and takes longer than most that is."""
        return self.copy("empty", vendor, _migrated)

    def built(self, vendor: str = "sqlite") -> Place:
        """An installation with the city of house.py in it."""
        return self.copy("built", vendor, _city)

    def copy(self, name: str, vendor: str, made: Callable[["Places", str], Place]) -> Place:
        """A copy of what `made` makes, once for all processes that run these tests."""
        model = _model(name, vendor, made)
        place = self.new(vendor, Path(model.url).name or "template1")
        shutil.copytree(model.data, place.data)
        return place

    def taken(self, names: list[str]) -> None:
        """Databases that others made, to be taken away with its own."""
        self._made += [name for name in names if name]

    def close(self) -> None:
        if self._made:
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                for name in self._made:
                    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _migrated(places: Places, vendor: str) -> Place:
    place = places.new(vendor)
    place.migrate()
    return place


def _city(places: Places, vendor: str) -> Place:
    place = places.empty(vendor)
    place.python(BUILD)
    return place


_warm = warm.Warm()
_models: dict[tuple[str, str], Place] = {}
# Whoever comes first names the folder; processes that it starts find it named.
_IS_FIRST = "BIHUAN_TEST_SHELF" not in os.environ
if _IS_FIRST:
    os.environ["BIHUAN_TEST_SHELF"] = tempfile.mkdtemp(prefix="bihuan-built-")
_SHELF = Path(os.environ["BIHUAN_TEST_SHELF"])


def _model(name: str, vendor: str, made: Callable[[Places, str], Place]) -> Place:
    """The one that is copied: made by whoever asks first while others wait, it lasts as long as the
    tests do."""
    if (name, vendor) not in _models:
        note = _SHELF / f"{name}-{vendor}.json"
        with (_SHELF / f"{name}-{vendor}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not note.exists():
                place = made(Places(_SHELF), vendor)
                note.write_text(json.dumps([str(place.data), place.url]))
        data, url = json.loads(note.read_text())
        _models[name, vendor] = Place(Path(data), url)
    return _models[name, vendor]


def clear() -> None:
    """Takes away what was copied from, and the process that commands were divided from."""
    _warm.end()
    if _IS_FIRST:
        shelf = Places(_SHELF)
        shelf.taken([Path(json.loads(one.read_text())[1]).name for one in _SHELF.glob("*.json")])
        shelf.close()
        shutil.rmtree(_SHELF)
