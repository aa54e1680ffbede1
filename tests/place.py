"""An installation of its own for a test: a folder, a database, and the real `bihuan` command."""

import os
import subprocess
import sys
import textwrap
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

SERVER = os.environ.get("BIHUAN_TEST_SERVER", "postgres://postgres@127.0.0.1:5432")
TESTS = Path(__file__).parent


def postgres_answers() -> bool:
    """Whether there is a PostgreSQL server to test against."""
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


VENDORS = ["sqlite", "postgresql"] if postgres_answers() else ["sqlite"]


@dataclass
class Place:
    """`run` calls the command as an operator would; `python` runs code inside the installation."""

    data: Path
    url: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("BIHUAN", "DJANGO"))}
        clean |= {"BIHUAN_DATA": str(self.data), "LANG": "C.UTF-8", "PYTHONPATH": str(TESTS)}
        if self.url:
            clean["BIHUAN_DATABASE_URL"] = self.url
        return clean | self.env

    def start(self, *argv: str, **more) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "bihuan.cli", *argv], env=self.environment(), **more
        )

    def run(self, *argv: object, given: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "bihuan.cli", *map(str, argv)],
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def python(self, code: str) -> str:
        head = (
            "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'bihuan.conf.settings'\n"
            "import django; django.setup()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", head + textwrap.dedent(code)],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def build(self) -> None:
        """Migrates and builds the city of house.py."""
        self.python(
            """
            from django.core.management import call_command
            call_command("migrate", verbosity=0)
            import house
            house.build()
            """
        )


class Places:
    """Makes installations and takes their databases away again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []

    def new(self, vendor: str = "sqlite") -> Place:
        data = self._folder / uuid.uuid4().hex[:8]
        if vendor == "sqlite":
            return Place(data)
        name = f"bihuan_place_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        self._made.append(name)
        return Place(data, f"{SERVER}/{name}")

    def close(self) -> None:
        if self._made:
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                for name in self._made:
                    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
