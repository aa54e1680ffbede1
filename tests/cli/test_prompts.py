"""Passwords: where commands take them from, and what they say where nobody can be asked."""

import argparse
import io
import subprocess

import pytest
from place import Places

from bihuan.cli import asking
from bihuan.cli.plain import UsageError


def asked(*argv):
    parser = argparse.ArgumentParser()
    asking.password_from(parser)
    return asking.password(parser.parse_args(argv))


def test_a_password_comes_from_a_file_the_environment_or_standard_input(tmp_path, monkeypatch):
    file = tmp_path / "password"
    file.write_text("Long-enough-77\r\nrest\n", encoding="utf-8")
    assert asked("--password-file", str(file)) == "Long-enough-77"
    monkeypatch.setattr("sys.stdin", io.StringIO("Long-enough-88\n"))
    assert asked("--password-stdin") == "Long-enough-88"
    monkeypatch.setenv(asking.ENVIRONMENT, "Long-enough-99")
    assert asked() == "Long-enough-99"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_no_password_is_said_so(tmp_path, content):
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="password"):
        asked("--password-file", str(file))
    with pytest.raises(UsageError, match="cannot read"):
        asked("--password-file", str(tmp_path / "none"))


def test_where_nobody_is_at_the_keyboard_it_says_what_to_do(places: Places):
    started = places.new().start(
        *("user", "create", "admin", "管理员"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Without a terminal, wherever the tests are run.
        start_new_session=True,
    )
    out, err = started.communicate(timeout=60)
    assert started.returncode == 2
    assert "--password-stdin" in err
    assert asking.ENVIRONMENT in err
    assert "Traceback" not in err + out
