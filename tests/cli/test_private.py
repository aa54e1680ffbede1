"""What people told us is its owner's alone on the disk, whatever the umask and whoever wrote it."""

import os
import stat
from pathlib import Path

import pytest
from place import BUILD, MIGRATE, Place, Places

from bihuan.lib import private


def _modes(folder: Path) -> dict[str, int]:
    found = {"": stat.S_IMODE(folder.lstat().st_mode)}
    for path in folder.rglob("*"):
        found[str(path.relative_to(folder))] = stat.S_IMODE(path.lstat().st_mode)
    return found


@pytest.fixture(scope="module")
def living(tmp_path_factory) -> Place:
    """An installation in which all kinds of files were written under a loose umask."""
    place = Places(tmp_path_factory.mktemp("living")).new()
    before = os.umask(0o022)
    try:
        place.data.mkdir(mode=0o755)
        done = place.together(
            MIGRATE + BUILD,
            """
            import io
            from PIL import Image
            from bihuan.foundation.files import api as files
            from house import House
            out = io.BytesIO(); Image.new("RGB", (9, 9)).save(out, "PNG")
            House().open("路灯不亮。", files=[files.accept("a.png", out.getvalue())])
            """,
            ["init"],
            ["facts", "export"],
        )
        assert [one.returncode for one in done] == [0] * 4
    finally:
        os.umask(before)
    return place


def test_all_that_is_written_is_closed(living: Place):
    modes = _modes(living.data)
    assert any(name.startswith("facts/") for name in modes)
    assert any(name.startswith("files/") for name in modes)
    open_ones = {name: oct(mode) for name, mode in modes.items() if mode & 0o077}
    assert not open_ones
    # The database's log and its index stand only while somebody has it open.
    told = living.python(
        """
        import os
        from django.conf import settings
        from django.db import connection
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE x (a int)")
            names = [p for p in settings.DATA.iterdir() if "sqlite3-" in p.name]
            print(len(names), *{oct(p.stat().st_mode & 0o777) for p in names})
        """
    )
    assert told == "2 0o600"


def test_what_lies_open_is_refused_at_start_and_mended_by_init(living: Place):
    open_ones = (("bihuan.sqlite3", 0o644), ("facts", 0o755), ("", 0o750))
    steps = []
    for name, mode in open_ones:
        opened = f"from pathlib import Path; Path({str(living.data / name)!r}).chmod({mode})"
        steps += [opened, ["work", "--once"]]
    *tried, served = living.together(*steps, ["serve", "--port", "18765"])
    for (name, _), done in zip(open_ones, tried[1::2], strict=True):
        assert done.returncode == 2
        assert str(living.data / name) in done.stderr
        assert "bihuan init" in done.stderr
    assert served.returncode == 2
    before = os.umask(0o022)
    try:
        mended, worked = living.together(["init"], ["work", "--once"])
    finally:
        os.umask(before)
    assert mended.returncode == 0
    assert not [mode for mode in _modes(living.data).values() if mode & 0o077]
    assert worked.returncode == 0


def test_links_are_not_followed(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir(mode=0o755)
    inside.mkdir(mode=0o755)
    (inside / "link").symlink_to(outside)
    (inside / "gone").symlink_to(tmp_path / "nowhere")
    outside.chmod(0o755)
    assert private.close(inside) == []
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755
    assert stat.S_IMODE(inside.stat().st_mode) == 0o700
