"""Backup and restore between both databases, and archives that must be refused."""

import hashlib
import io
import json
import shutil
import tarfile

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


@pytest.mark.parametrize(
    "way", [[v] for v in VENDORS] + [[v, "sqlite"] for v in VENDORS[1:]], ids="-".join
)
def test_round_trip_is_equal(city: Place, places: Places, tmp_path, way):
    place = city
    for step, vendor in enumerate(way):
        archive = tmp_path / f"{step}.tar.gz"
        made = place.run("backup", archive, "--with-secrets")
        assert made.returncode == 0, made.stderr
        # After it: that a backup was made is in the log, and so in the backup.
        expected = json.loads(place.python(FACTS))
        assert expected[3]
        assert expected[4]
        assert not expected[6]
        assert "someone@example.org" in expected[5]
        place = places.new(vendor)
        restored = place.run("restore", archive)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert json.loads(place.python(FACTS)) == expected
    # The sequences stand where they should: work goes on.
    number = place.python(
        "from house import House; print(House().open('又有一处井盖没了。').matter.pk)"
    )
    assert int(number) == expected[0]["matters.matter"] + 1
    again = place.run("restore", archive)
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert place.run("restore", archive, "--force").returncode == 0
    assert json.loads(place.python(FACTS)) == expected


def test_a_backup_is_an_event_that_security_administrators_see(places: Places, tmp_path):
    place = places.built()
    assert place.run("backup", tmp_path / "b.tar", "--with-secrets").returncode == 0
    told = place.python(
        """
        from bihuan.foundation.audit import api as audit
        from bihuan.foundation.audit.models import Event, SecurityEntry
        assert SecurityEntry.objects.filter(type="backup.made").count() == 1
        said = audit.read(Event.objects.get(type="backup.made"))
        print(said["encrypted"], said["keys"])
        """
    )
    assert told == "False True"


def test_without_secrets_it_warns(city: Place, places: Places, tmp_path):
    archive = tmp_path / "plain.tar"
    assert city.run("backup", archive).returncode == 0
    with tarfile.open(archive) as packed:
        assert "secrets.json" not in packed.getnames()
    done = places.new().run("restore", archive)
    assert "other keys" in done.stderr
    assert "nobody can tell" in done.stdout
    # The seals were made with the other keys, and the proof says so.
    assert done.returncode == 1


@pytest.fixture(scope="session")
def sound(city: Place, tmp_path_factory) -> bytes:
    """An archive of the city as it should be."""
    archive = tmp_path_factory.mktemp("sound") / "b.tar.gz"
    assert city.run("backup", archive).returncode == 0
    return archive.read_bytes()


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


@pytest.mark.parametrize(
    "spoil",
    [
        _cut,
        _flipped,
        _without_events,
        _edited,
        _climbing,
        _of_tomorrow,
        _of_other_tables,
        lambda c: b"",
        lambda c: b"hello",
        lambda c: c[:40],
    ],
    ids=[
        "cut",
        "flipped",
        "member gone",
        "edited",
        "climbing",
        "newer",
        "other tables",
        "empty",
        "text",
        "head",
    ],
)
def test_a_spoilt_archive_is_refused_before_anything_is_written(
    sound: bytes, places: Places, tmp_path, spoil
):
    archive = tmp_path / "b.tar.gz"
    archive.write_bytes(spoil(sound))
    place = places.new()
    done = place.run("restore", archive)
    assert done.returncode == 1
    assert done.stderr.startswith("bihuan: ")
    assert "Traceback" not in done.stderr
    assert not list((place.data / "files").glob("*/*"))


def test_an_archive_that_is_not_there(places: Places, tmp_path):
    done = places.new().run("restore", tmp_path / "none.tar.gz")
    assert done.returncode == 1
    assert done.stderr.startswith("bihuan: ")


def test_a_place_that_cannot_be_written(city: Place, tmp_path):
    done = city.run("backup", tmp_path / "no" / "such" / "b.tar.gz")
    assert done.returncode == 1
    assert "cannot write" in done.stderr


def test_a_backup_stands_still_while_others_write(city: Place, places: Places, tmp_path):
    archive = tmp_path / "b.tar.gz"
    city.run("backup", archive, "--with-secrets")
    place = places.new()
    place.run("restore", archive)
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
    place.python(writer.format(target=str(tmp_path)))
    done = places.new().run("restore", tmp_path / "2.tar")
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
    city: Place, places: Places, tmp_path
):
    archive = tmp_path / "b.tar.gz"
    for more in ([], ["--with-secrets"]):
        assert city.run("backup", archive, *more).returncode == 0
        archive.write_bytes(_forged(archive.read_bytes()))
        keys = tmp_path / "keys.json"
        shutil.copy(city.data / "secrets.json", keys)
        place = places.new()
        done = place.run("restore", archive, "--keys", keys)
        assert done.returncode == 1
        assert "changed after it was made" in done.stderr
        # Where its keys are ours already, and where it brings them itself.
        place = places.new()
        place.data.mkdir()
        if not more:
            shutil.copy(keys, place.data / "secrets.json")
        done = place.run("restore", archive)
        assert done.returncode == 1
        assert "changed after it was made" in done.stderr
        assert not list((place.data / "files").glob("*/*"))
    # Somebody else's keys put in: no witness at all.
    other = places.new()
    other.python("")
    assert city.run("backup", archive).returncode == 0
    stranger = {"secrets.json": (other.data / "secrets.json").read_bytes()}
    archive.write_bytes(_forged(archive.read_bytes(), bring=stranger))
    assert "changed after" in places.new().run("restore", archive).stderr
    assert city.run("backup", archive).returncode == 0
    archive.write_bytes(_forged(archive.read_bytes()))
    done = other.run("restore", archive)
    assert done.returncode == 1
    assert "backup: its signature was made with keys that are not here" in done.stdout


def test_it_says_what_it_could_not_prove(city: Place, places: Places, tmp_path):
    archive, keys = tmp_path / "b.tar.gz", tmp_path / "keys.json"
    shutil.copy(city.data / "secrets.json", keys)
    assert "can forge it" in city.run("backup", archive, "--with-secrets").stdout
    done = places.new().run("restore", archive)
    assert done.returncode == 0
    assert "not proved: who made the archive" in done.stdout
    assert done.stdout.strip().endswith("0 findings but 1 not proved")
    assert city.run("backup", archive).returncode == 0
    place = places.new()
    done = place.run("restore", archive, "--keys", keys)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(", 0 findings")
    kept = json.loads((place.data / "secrets.json").read_text())
    assert kept == json.loads(keys.read_text())
    wrong = tmp_path / "wrong.json"
    for content in ("", "[]", "{}", keys.read_text().replace("seal", "sael")):
        wrong.write_text(content)
        done = places.new().run("restore", archive, "--keys", wrong)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "bihuan: " in done.stderr


def test_an_encrypted_backup_opens_with_its_key_alone(city: Place, places: Places, tmp_path):
    archive, secret = tmp_path / "b.tar.gz.age", tmp_path / "backup.key"
    made = city.run("backup-key", secret)
    public = made.stdout.splitlines()[0]
    assert public.startswith("age1")
    assert secret.stat().st_mode & 0o777 == 0o600
    assert city.run("backup-key", secret).returncode == 1
    assert city.run("backup", archive, "--to", "age1wrong").returncode == 1
    city.env["BIHUAN_BACKUP_TO"] = public
    try:
        assert city.run("backup", archive, "--with-secrets").returncode == 0
    finally:
        del city.env["BIHUAN_BACKUP_TO"]
    assert archive.stat().st_mode & 0o777 == 0o600
    assert archive.read_bytes().startswith(b"age-encryption.org/v1")
    assert not list(tmp_path.glob("*.part"))
    other = tmp_path / "other.key"
    city.run("backup-key", other)
    for more in ([], ["--identity", other], ["--identity", tmp_path / "none"]):
        done = places.new().run("restore", archive, *more)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
    place = places.new()
    done = place.run("restore", archive, "--identity", secret)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(place.python(FACTS)) == json.loads(city.python(FACTS))
    archive.write_bytes(archive.read_bytes()[:-20])
    done = places.new().run("restore", archive, "--identity", secret)
    assert done.returncode == 1
    assert "damaged" in done.stderr
