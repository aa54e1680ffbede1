"""`make offline`: the archive installs and runs where there is no network at all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SCRIPTS = sorted([DEPLOY / "bihuan", *DEPLOY.glob("*.sh")])


def test_the_scripts_can_be_read_by_any_shell():
    assert len(SCRIPTS) == 2
    for script in SCRIPTS:
        subprocess.run(["sh", "-n", script], check=True)


def test_settings_reach_the_command_as_they_are_written(tmp_path):
    """deploy/bihuan reads /etc/bihuan.env as systemd does: nothing in it is run or taken apart."""
    told = tmp_path / "bihuan.env"
    url = "postgres://bihuan:$(touch gone)&p w'd@127.0.0.1/bihuan"
    told.write_text(f"# a word\n\nBIHUAN_DATABASE_URL={url}\nBIHUAN_HOSTS=a,b\n", encoding="utf-8")
    script = (DEPLOY / "bihuan").read_text(encoding="utf-8")
    told_of = "os.environ['BIHUAN_DATABASE_URL'], os.environ['BIHUAN_HOSTS'], sys.argv[1:]"
    shown = f'{sys.executable} -c "import os, sys; print({told_of})"'
    changed = {"/etc/bihuan.env": told, "runuser -u bihuan -- /opt/bihuan/bin/bihuan": shown}
    for old, new in changed.items():
        assert script.count(old) == 1
        script = script.replace(old, str(new))
    done = subprocess.run(
        ["sh", "-c", script, "bihuan", "verify", "a b"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"{url} a,b ['verify', 'a b']\n"
    assert [one.name for one in tmp_path.iterdir()] == ["bihuan.env"]


@pytest.mark.long
@pytest.mark.again
def test_the_archive_installs_without_a_network(tmp_path):
    """`make prove`: pip unpacks a gigabyte."""
    subprocess.run(["make", "-C", ROOT, "offline"], check=True, capture_output=True)
    (archive,) = (ROOT / "dist").glob("bihuan-*-offline-*.tar")
    subprocess.run(["tar", "-C", tmp_path, "-xf", archive], check=True)
    folder = tmp_path / archive.stem
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHON": sys.executable}
    # A network of its own with nothing in it, where that is allowed; else whatever asks is led nowhere.
    apart = ["unshare", "-rn"] if _may_be_apart() else []
    env |= dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    dest = {"DESTDIR": str(tmp_path / "machine")}
    installed = subprocess.run(
        [*apart, "sh", folder / "install.sh"],
        env=env | dest,
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    (programme,) = (tmp_path / "machine" / "opt").glob("bihuan-*")
    done = subprocess.run(
        [*apart, programme / "bin" / "bihuan", "init"],
        env=env | {"BIHUAN_DATA": str(tmp_path / "data")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("ready\n"), done.stderr
    for brought in (
        "etc/bihuan.env",
        "etc/systemd/system/bihuan-web.service",
        "usr/local/bin/bihuan",
    ):
        assert (tmp_path / "machine" / brought).exists(), brought


def _may_be_apart() -> bool:
    if shutil.which("unshare") is None:
        return False
    return (
        subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    )
