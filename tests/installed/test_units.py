"""deploy/systemd: what systemd says of the units, and that what they run can be run."""

import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from place import Places

DEPLOY = Path(__file__).parents[2] / "deploy"
BIHUAN = Path(sys.executable).with_name("bihuan")
ANALYZE = shutil.which("systemd-analyze")
# systemd's own scale: 10 is open, below 2 it says OK.
EXPOSED = 2.0


def _units(folder: Path) -> list[Path]:
    """The units, their programme being the one of this source."""
    for unit in (DEPLOY / "systemd").glob("bihuan-*"):
        text = unit.read_text(encoding="utf-8").replace("/opt/bihuan/bin/bihuan", str(BIHUAN))
        (folder / unit.name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not on this machine")
def test_systemd_finds_nothing_wrong_and_little_exposed(tmp_path):
    units = _units(tmp_path)
    assert len(units) == 6
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    for unit in tmp_path.glob("*.service"):
        told = subprocess.run(
            [ANALYZE, "security", "--offline=yes", "--no-pager", unit],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        level = re.search(r"exposure level for \S+: ([\d.]+)", told)
        assert level, told
        assert float(level[1]) < EXPOSED, unit.name


def test_the_server_ends_its_own_and_both_are_bound_to_one_folder():
    for name in ("web", "work", "backup", "verify"):
        text = (DEPLOY / "systemd" / f"bihuan-{name}.service").read_text(encoding="utf-8")
        assert ("KillMode=mixed" in text) == (name == "web")
        assert "StateDirectory=bihuan" in text
        assert "Environment=BIHUAN_DATA=/var/lib/bihuan\n" in text


def test_the_nightly_backup_is_written_and_old_ones_go(places: Places, tmp_path):
    """The unit's own lines, run as systemd would after it has put its specifiers in."""
    place = places.built()
    text = (DEPLOY / "systemd" / "bihuan-backup.service").read_text(encoding="utf-8")
    old = tmp_path / "2020-01-01.tar.gz"
    old.touch()
    subprocess.run(["touch", "-d", "40 days ago", old], check=True)
    for line in re.findall(r"^ExecStart(?:Post)?=(.*)$", text, re.MULTILINE):
        plain = line.replace("%%", "%").replace("$$", "$")
        plain = plain.replace("/opt/bihuan/bin/bihuan", str(BIHUAN))
        plain = plain.replace("/var/lib/bihuan-backups", str(tmp_path))
        done = subprocess.run(
            shlex.split(plain), env=place.environment() | {"PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    (made,) = tmp_path.glob("20*.tar.gz*")
    assert made != old
    with tarfile.open(made) as archive:
        assert archive.next().name == "manifest.json"
