"""Keys with ids: a fresh one writes, retired ones read."""

import json

import pytest

from bihuan.conf import secrets
from bihuan.lib import codes, keyring


def test_rotation_retires_and_forgets_none(tmp_path):
    path = tmp_path / "secrets.json"
    first = secrets.load(path)
    for _ in range(3):
        fresh = secrets.rotate(path, "seal")
    found = secrets.load(path)
    keys = keyring.every(found, "seal")
    assert len(keys) == len(set(keys)) == 4
    assert keyring.key_id(keys[0]) == fresh
    assert first["seal"] in keys
    assert keyring.named(found, "seal", keyring.key_id(first["seal"])) == first["seal"]
    assert keyring.named(found, "vault", keyring.key_id(first["seal"])) is None
    assert {name: found[name] for name in secrets.NAMES if name != "seal"} == {
        name: first[name] for name in secrets.NAMES if name != "seal"
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(len(key) == 64 for key in json.loads(path.read_text()).values())


def test_there_is_no_key_for_everything(tmp_path):
    with pytest.raises(KeyError):
        secrets.rotate(tmp_path / "secrets.json", "nothing")


def test_an_open_file_is_refused(tmp_path):
    path = tmp_path / "secrets.json"
    secrets.load(path)
    secrets.refuse_open(path)
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(secrets.OpenKeysError, match="other users"):
            secrets.refuse_open(path)


def test_what_was_looked_up_by_a_retired_key_is_found():
    keys = {"blind": "a" * 64}
    (before,) = codes.blinds(keyring.every(keys, "blind"), "13900000000")
    after = keyring.rotated(keys, "blind", "b" * 64)
    fresh, old = codes.blinds(keyring.every(after, "blind"), "13900000000")
    assert old == before != fresh
