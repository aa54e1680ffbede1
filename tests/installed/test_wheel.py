"""The product as one file: what is in it, and that it runs where nothing of development is."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bihuan"
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")
UV = Path(sys.executable).with_name("uv")
IMPORTED = re.compile(
    r"^ *(?:from (\w+)[\w.]* import |import (\w+)[\w.]*(?: as \w+)?(?:  #.*)?$)", re.MULTILINE
)
LOCKED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def clean(**more: str) -> dict[str, str]:
    """The environment without anything of ours in it."""
    ours = ("BIHUAN", "DJANGO", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"UV_SYSTEM_CERTS": "1"} | more


def told(*argv: object, **more: str) -> str:
    done = subprocess.run(
        [*map(str, argv)],
        env=clean(**more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    told(UV, "build", "--quiet", "--wheel", "--out-dir", out, ROOT)
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_everything_that_the_source_has_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {one for one in archive.namelist() if one.startswith("bihuan/")}
    wanted = {
        f"bihuan/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == wanted
    # Built, and never committed.
    assert {"bihuan/web/static/bihuan/site.js", "bihuan/web/static/bihuan/site.css"} <= inside


def _names(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[\[<>=;]", one, maxsplit=1)[0].lower().replace("_", "-") for one in requirements
    }


def test_nothing_of_development_is_imported_by_the_product():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    spark = _names(project["optional-dependencies"]["spark"])
    locked = {name for name, _ in LOCKED.findall((ROOT / "runtime.lock").read_text())}
    brings = packages_distributions()
    wrong, known = set(), sys.stdlib_module_names | {"bihuan"}
    for path in SOURCE.rglob("*.py"):
        found = IMPORTED.findall(path.read_text(encoding="utf-8"))
        for name in {one or other for one, other in found} - known:
            sources = {one.lower().replace("_", "-") for one in brings.get(name, ())}
            if not sources & (locked | spark):
                wrong.add((path.relative_to(SOURCE).as_posix(), name))
    assert wrong == set()


def test_both_locks_have_the_same_versions():
    whole, runtime = (
        dict(LOCKED.findall((ROOT / name).read_text()))
        for name in ("requirements.lock", "runtime.lock")
    )
    assert runtime.items() <= whole.items()
    assert len(runtime) < len(whole)
    assert not runtime.keys() & {"pytest", "mypy", "playwright", "ruff"}


def _fetched(address: str, server: subprocess.Popen) -> str:
    for _ in range(300):
        assert server.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except HTTPError:
            raise
        except URLError:
            time.sleep(0.2)
    raise AssertionError(address)


@pytest.mark.long
@pytest.mark.again
def test_it_runs_in_an_empty_environment(wheel, tmp_path):
    """`make prove`: most of it is the processor's time that a first start takes."""
    place, data = tmp_path / "empty", tmp_path / "data"
    told(UV, "venv", "--quiet", "--python", sys.executable, place)
    install = (UV, "pip", "install", "--quiet")
    told(*install, "--require-hashes", "-r", ROOT / "runtime.lock", VIRTUAL_ENV=str(place))
    told(*install, "--no-deps", wheel, VIRTUAL_ENV=str(place))
    env = {"BIHUAN_DATA": str(data), "PATH": f"{place / 'bin'}:/usr/bin:/bin"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command, health = _of_the_container(data, port)
    server = subprocess.Popen(command, env=clean(**env), cwd=tmp_path, start_new_session=True)
    try:
        here = f"http://127.0.0.1:{port}"
        page = _fetched(f"{here}/", server)
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style
        assert len(_fetched(here + style[1], server)) > 5000
        told(*health, **env)
    finally:
        server.terminate()
        assert server.wait(30) == 0
    assert ", 0 problems" in told("bihuan", "check", "--no-scenarios", **env)


def _of_the_container(data: Path, port: int) -> tuple[list[str], list[str]]:
    """What the container runs and by what its health is asked, with a folder and a port of a test."""
    last = CONTAINER[CONTAINER.rindex("\nFROM ") :]
    command, health = (
        json.loads(re.search(rf"^{name}[^\[\n]*(\[.*\])$", last, re.MULTILINE)[1])
        for name in ("CMD", "HEALTHCHECK")
    )
    command[-1] = (
        command[-1].replace("/data", str(data)).replace("--host 0.0.0.0", f"--port {port}")
    )
    health[-1] = health[-1].replace(":8000", f":{port}")
    return command, health


def test_the_container_is_of_pythons_image_and_nobodys_root():
    """What no container runtime is needed for; `make prove` runs its command and its health check."""
    assert set(re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)) == {
        "docker.io/library/python:3.11-slim"
    }
    last = CONTAINER[CONTAINER.rindex("\nFROM ") :]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["bihuan"]
    assert last.index("useradd") < last.index("\nUSER") < last.index("\nVOLUME /data")
    assert "--require-hashes -r /tmp/bihuan/runtime.lock" in last
    left_out = (ROOT / ".containerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "node_modules", "data"} <= set(left_out)
