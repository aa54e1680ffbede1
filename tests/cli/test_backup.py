"""Backup and restore between both databases, and archives that must be refused."""

import hashlib
import io
import json
import secrets
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from place import VENDORS, Place, Places

FACTS = """
import json
from bihuan.jobs import tables
from bihuan.jobs.backup import _stored_files
from bihuan.foundation.search import api as search
from bihuan.foundation.audit.api import vault
from bihuan.foundation.audit import api as audit
print(json.dumps([tables.counts("default"), tables.heads("default"),
    [p.name for p in _stored_files()], sorted(search.find("m", "井盖")), sorted(search.find("m", "红绿灯")),
    str(vault.for_delivery("matter:1")), [str(f) for f in audit.everything()]], ensure_ascii=False))
"""


# Onto PostgreSQL alone adds nothing, nor onto SQLite where both are met (`make bench-R4` crosses all).
@pytest.mark.parametrize("way", [[*VENDORS[1:], "sqlite"]], ids="-".join)
def test_round_trip_is_equal(city: Place, places: Places, tmp_path, way):
    archive = tmp_path / "0.tar.gz"
    # After it: that a backup was made is in the log, and so in the backup.
    made, told = city.together(["backup", archive, "--with-secrets"], FACTS)
    assert made.returncode == 0, made.stderr
    for step, vendor in enumerate(way, 1):
        expected = json.loads(told.stdout)
        assert expected[3]
        assert expected[4]
        assert not expected[6]
        assert "someone@example.org" in expected[5]
        # The first has no tables yet.
        place = places.new(vendor) if step == 1 else places.empty(vendor)
        begun = [["restore", archive], FACTS]
        if step < len(way):
            following = tmp_path / f"{step}.tar.gz"
            restored, same, made, told = place.together(
                *begun, ["backup", following, "--with-secrets"], FACTS
            )
            assert made.returncode == 0, made.stderr
            archive = following
        else:
            # The sequences stand where they should: work goes on.
            restored, same, number, again, forced, last = place.together(
                *begun,
                "from house import House; print(House().open('又有一处井盖没了。').matter.pk)",
                ["restore", archive],
                ["restore", archive, "--force"],
                FACTS,
            )
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert json.loads(same.stdout) == expected
    assert int(number.stdout) == expected[0]["matters.matter"] + 1
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert forced.returncode == 0
    assert json.loads(last.stdout) == expected


def test_a_backup_is_an_event_that_security_administrators_see(places: Places, tmp_path):
    made, told = places.built().together(
        ["backup", tmp_path / "b.tar", "--with-secrets"],
        """
        from bihuan.foundation.audit import api as audit
        from bihuan.foundation.audit.models import Event, SecurityEntry
        assert SecurityEntry.objects.filter(type="backup.made").count() == 1
        said = audit.read(Event.objects.get(type="backup.made"))
        print(said["encrypted"], said["keys"])
        """,
    )
    assert made.returncode == 0
    assert told.stdout == "False True\n"


@dataclass(frozen=True)
class Archives:
    """Backups of the city as they should be, without its keys and with them; what was said of it."""

    plain: Path
    whole: Path
    said: list[str]


@pytest.fixture(scope="session")
def archives(city: Place, tmp_path_factory) -> Archives:
    folder = tmp_path_factory.mktemp("sound")
    plain, whole = folder / "plain.tar.gz", folder / "whole.tar.gz"
    done = city.together(["backup", plain], ["backup", whole, "--with-secrets"])
    assert [one.returncode for one in done] == [0, 0]
    return Archives(plain, whole, [one.stdout for one in done])


def test_without_secrets_it_warns(archives: Archives, places: Places):
    with tarfile.open(archives.plain) as packed:
        assert "secrets.json" not in packed.getnames()
    done = places.empty().run("restore", archives.plain)
    assert "other keys" in done.stderr
    assert "nobody can tell" in done.stdout
    # The seals were made with the other keys, and the proof says so.
    assert done.returncode == 1


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _flipped(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _repacked(content: bytes, change) -> bytes:
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(content)) as old,
        tarfile.open(fileobj=out, mode="w:gz") as new,
    ):
        for entry in old:
            found = change(entry.name, old.extractfile(entry).read())
            if found is not None:
                fresh = tarfile.TarInfo(found[0])
                fresh.size = len(found[1])
                new.addfile(fresh, io.BytesIO(found[1]))
    return out.getvalue()


def _without_events(content: bytes) -> bytes:
    return _repacked(content, lambda n, c: None if n == "tables/audit.event.jsonl" else (n, c))


def _edited(content: bytes) -> bytes:
    return _repacked(
        content,
        lambda n, c: (n, c.replace(b"voice", b"voicf") if n.endswith("matter.jsonl") else c),
    )


def _climbing(content: bytes) -> bytes:
    return _repacked(content, lambda n, c: (n.replace("tables/audit.event", "tables/../../x"), c))


def _of_tomorrow(content: bytes) -> bytes:
    return _repacked(
        content,
        lambda n, c: (n, c.replace(b'"format": 2', b'"format": 9') if n == "manifest.json" else c),
    )


def _of_other_tables(content: bytes) -> bytes:
    return _repacked(
        content,
        lambda n, c: (n, c.replace(b"audit.0001", b"audit.0999") if n == "manifest.json" else c),
    )


SPOILT = {
    "cut": _cut,
    "flipped": _flipped,
    "member gone": _without_events,
    "edited": _edited,
    "climbing": _climbing,
    "newer": _of_tomorrow,
    "other tables": _of_other_tables,
    "empty": lambda c: b"",
    "text": lambda c: b"hello",
    "head": lambda c: c[:40],
}
NOTHING = """
from django.conf import settings
from django.db import connection
from bihuan.jobs import tables
rows = connection.introspection.table_names() and not tables.empty("default")
print(rows or "no rows", [*(settings.DATA / "files").glob("*/*")])
"""


def test_a_spoilt_archive_is_refused_before_anything_is_written(
    archives: Archives, places: Places, tmp_path
):
    sound, steps = archives.plain.read_bytes(), []
    for name, spoil in SPOILT.items():
        archive = tmp_path / f"{name}.tar.gz"
        archive.write_bytes(spoil(sound))
        steps += [["restore", archive], NOTHING]
    # And one that is not there.
    done = places.empty().together(*steps, ["restore", tmp_path / "none.tar.gz"], NOTHING)
    for name, refused, left in zip([*SPOILT, "none"], done[::2], done[1::2], strict=True):
        assert refused.returncode == 1, name
        assert refused.stderr.startswith("bihuan: "), name
        assert "Traceback" not in refused.stderr, name
        assert left.stdout == "no rows []\n", name


def test_a_place_that_cannot_be_written(city: Place, tmp_path):
    done = city.run("backup", tmp_path / "no" / "such" / "b.tar.gz")
    assert done.returncode == 1
    assert "cannot write" in done.stderr


def test_a_backup_stands_still_while_others_write(archives: Archives, places: Places, tmp_path):
    writer = """
    import threading
    from pathlib import Path
    from bihuan.jobs import backup
    from house import House, AT
    stop = threading.Event()
    def write():
        while not stop.is_set():
            House().open("不停地有人来信。")
    one = threading.Thread(target=write); one.start()
    for n in range(3):
        backup.make(Path({target!r}) / f"{{n}}.tar", at=AT, with_secrets=True)
    stop.set(); one.join()
    """
    restored, _ = places.empty().together(
        ["restore", archives.whole], writer.format(target=str(tmp_path))
    )
    assert restored.returncode == 0
    done = places.empty().run("restore", tmp_path / "2.tar")
    assert done.returncode == 0, done.stdout + done.stderr


def _forged(content: bytes, *, bring: dict[str, bytes] | None = None) -> bytes:
    """A password hash exchanged and all sums reckoned again, as by somebody without the keys."""
    with tarfile.open(fileobj=io.BytesIO(content)) as old:
        held = {entry.name: old.extractfile(entry).read() for entry in old}
    people = held["tables/orgs.person.jsonl"].decode().splitlines()
    place = json.loads(people[0]).index("password")
    for n, line in enumerate(people[1:], 1):
        row = json.loads(line)
        row[place] = "pbkdf2_sha256$1000000$known$known"
        people[n] = json.dumps(row, ensure_ascii=False)
    held["tables/orgs.person.jsonl"] = "\n".join([*people, ""]).encode()
    held |= bring or {}
    manifest = json.loads(held.pop("manifest.json"))
    manifest["members"] = {n: [len(c), hashlib.sha256(c).hexdigest()] for n, c in held.items()}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as new:
        for name, body in [("manifest.json", json.dumps(manifest).encode()), *held.items()]:
            fresh = tarfile.TarInfo(name)
            fresh.size = len(body)
            new.addfile(fresh, io.BytesIO(body))
    return out.getvalue()


def test_an_exchanged_password_hash_with_new_sums_is_never_without_a_finding(
    city: Place, archives: Archives, places: Places, tmp_path
):
    keys = city.data / "secrets.json"
    plain, whole, foreign = (tmp_path / name for name in ("plain.tar", "whole.tar", "foreign.tar"))
    plain.write_bytes(_forged(archives.plain.read_bytes()))
    whole.write_bytes(_forged(archives.whole.read_bytes()))
    other = places.empty()
    stranger = json.dumps({name: secrets.token_hex(32) for name in json.loads(keys.read_text())})
    (other.data / "secrets.json").write_text(stranger)
    (other.data / "secrets.json").chmod(0o600)
    foreign.write_bytes(
        _forged(archives.plain.read_bytes(), bring={"secrets.json": stranger.encode()})
    )
    # The keys kept apart; those it brings itself; somebody else's put in, no witness at all.
    new, ours = places.empty(), places.empty()
    shutil.copy(keys, ours.data / "secrets.json")
    refused = new.together(
        ["restore", plain, "--keys", keys],
        ["restore", whole, "--keys", keys],
        ["restore", whole],
        ["restore", foreign],
    )
    # Where its keys are ours already.
    for done in (*refused, ours.run("restore", plain)):
        assert done.returncode == 1
        assert "changed after it was made" in done.stderr
    for place in (new, ours):
        assert not list((place.data / "files").glob("*/*"))
    done = other.run("restore", plain)
    assert done.returncode == 1
    assert "backup: its signature was made with keys that are not here" in done.stdout


def test_it_says_what_it_could_not_prove(city: Place, archives: Archives, places: Places, tmp_path):
    keys = tmp_path / "keys.json"
    shutil.copy(city.data / "secrets.json", keys)
    assert "can forge it" in archives.said[1]
    done = places.empty().run("restore", archives.whole)
    assert done.returncode == 0
    assert "not proved: who made the archive" in done.stdout
    assert done.stdout.strip().endswith("0 findings but 1 not proved")
    steps = []
    for n, content in enumerate(("", "[]", "{}", keys.read_text().replace("seal", "sael"))):
        wrong = tmp_path / f"wrong-{n}.json"
        wrong.write_text(content)
        steps.append(["restore", archives.plain, "--keys", wrong])
    place = places.empty()
    *refused, done = place.together(*steps, ["restore", archives.plain, "--keys", keys])
    for one in refused:
        assert one.returncode == 1
        assert "Traceback" not in one.stderr
        assert "bihuan: " in one.stderr
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(", 0 findings")
    kept = json.loads((place.data / "secrets.json").read_text())
    assert kept == json.loads(keys.read_text())


def test_an_encrypted_backup_opens_with_its_key_alone(city: Place, places: Places, tmp_path):
    archive, secret, other = (
        tmp_path / name for name in ("b.tar.gz.age", "backup.key", "other.key")
    )
    made, again, wrong, _ = city.together(
        ["backup-key", secret],
        ["backup-key", secret],
        ["backup", archive, "--to", "age1wrong"],
        ["backup-key", other],
    )
    public = made.stdout.splitlines()[0]
    assert public.startswith("age1")
    assert secret.stat().st_mode & 0o777 == 0o600
    assert again.returncode == 1
    assert wrong.returncode == 1
    city.env["BIHUAN_BACKUP_TO"] = public
    try:
        done, expected = city.together(["backup", archive, "--with-secrets"], FACTS)
    finally:
        del city.env["BIHUAN_BACKUP_TO"]
    assert done.returncode == 0, done.stderr
    assert archive.stat().st_mode & 0o777 == 0o600
    assert archive.read_bytes().startswith(b"age-encryption.org/v1")
    assert not list(tmp_path.glob("*.part"))
    cut = tmp_path / "cut.tar.gz.age"
    cut.write_bytes(archive.read_bytes()[:-20])
    *refused, damaged, done, told = places.empty().together(
        ["restore", archive],
        ["restore", archive, "--identity", other],
        ["restore", archive, "--identity", tmp_path / "none"],
        ["restore", cut, "--identity", secret],
        ["restore", archive, "--identity", secret],
        FACTS,
    )
    for one in (*refused, damaged):
        assert one.returncode == 1
        assert "Traceback" not in one.stderr
    assert "damaged" in damaged.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(told.stdout) == json.loads(expected.stdout)
