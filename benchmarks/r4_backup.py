"""Bar R4: backup and restore, also across databases, also while others write.

    python benchmarks/r4_backup.py [matters]
    python benchmarks/r4_backup.py --from COMMIT

Builds an installation with that many matters (1,000), each with a contact, every tenth with a file; a
writer goes on opening matters while the archive is made. Then restores the archive into a fresh SQLite
and, where a server answers, into PostgreSQL and from there back into SQLite. Each must be equal by
row counts, chain heads and file hashes, and verify without a finding.

With `--from` the installation is that of another commit: its own code fills the demonstration city, works
a round and backs it up (its dependencies must be among today's); today's code restores the archive into
each database. Every event, file and seal must be there as it was, every page of every matter open, and
verify find nothing once `bihuan init` has run.
"""

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from place import VENDORS, Place, Places

SEED = """
import io
from datetime import timedelta
from django.db import transaction
from bihuan.lib.clock import now
from PIL import Image
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from house import House
h = House()
for start in range(0, {count}, 200):
    with transaction.atomic():
        for n in range(start, min(start + 200, {count})):
            held = []
            if n % 10 == 0:
                out = io.BytesIO()
                Image.new("RGB", (40, 40), (n % 256, n // 256 % 256, 7)).save(out, "PNG")
                held = [files.accept(f"{{n}}.png", out.getvalue())]
            h.open(f"第{{n}}处路灯不亮。", contact=vault.Person("甲", f"139{{n:08d}}"), files=held)
audit.seal(at=now(), until=now() + timedelta(seconds=1))
"""
BACKUP = """
import threading, time, json
from pathlib import Path
from bihuan.jobs import backup
from house import AT, House
stop = threading.Event(); written = []
def write():
    while not stop.is_set():
        House().open("有人在备份时来信。"); written.append(1)
one = threading.Thread(target=write)
if {load}: one.start()
start = time.perf_counter()
backup.make(Path({target!r}), at=AT, with_secrets=True)
took = time.perf_counter() - start
stop.set()
if {load}: one.join()
print(json.dumps([took, len(written)]))
"""
FACTS = """
import hashlib, json
from bihuan.jobs import tables
from bihuan.jobs.backup import _stored_files
files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in _stored_files()}
print(json.dumps([tables.counts("default"), tables.heads("default"), files]))
"""


def _archive_facts(place: Place, target: Path, load: bool) -> tuple[float, int]:
    took, written = json.loads(place.python(BACKUP.format(target=str(target), load=load)))
    return took, written


# Every event and seal, every file by its hash; pages that did not open, for everybody who sees the matter.
LOOKED = """
import hashlib, json
from django.test import Client
from bihuan.foundation.access import api as access
from bihuan.foundation.audit.models import Event, Seal
from bihuan.foundation.orgs.api import Person
from bihuan.jobs.backup import _stored_files
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
shut, opened = [], 0
for person in Person.objects.filter(is_active=True):
    client, actor = Client(), access.actor(person, now().date())
    client.force_login(person)
    for matter in matters.Matter.objects.order_by("pk")[::every]:
        if matters.sees(actor, matter):
            answer = client.get(f"/desk/matters/{matter.pk}")
            opened += 1
            if answer.status_code != 200:
                shut.append([matter.number, person.username, answer.status_code])
rows = Event.objects.order_by("pk").values_list("pk", "stream", "seq", "type", "data", "private", "hash")
print(json.dumps({
    "events": [list(row) for row in rows if row[3] != "person.password_taken_up"],
    "seals": list(Seal.objects.order_by("pk").values_list("signature", flat=True)),
    "files": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in _stored_files()},
    "opened": opened,
    "shut": shut,
}))
"""
# The worker's duty to seal comes round after minutes.
DUE = """
from bihuan.foundation.notify.models import Duty
Duty.objects.filter(name="seal").update(last_run=None)
"""
TOLD = ("id", "stream", "seq", "type", "data", "private", "hash")


def _table(archive: tarfile.TarFile, name: str) -> list[dict]:
    member = archive.extractfile(f"tables/{name}.jsonl")
    assert member is not None
    names, *rows = map(json.loads, member.read().decode().splitlines())
    return [dict(zip(names, row, strict=True)) for row in rows]


def _older(places: Places, folder: Path, commit: str) -> Path:
    """A backup of the demonstration city by the code of a commit."""
    code = folder / "code"
    code.mkdir()
    root = Path(__file__).resolve().parent.parent
    packed = subprocess.run(["git", "archive", commit], cwd=root, check=True, capture_output=True)
    subprocess.run(["tar", "x", "-C", str(code)], input=packed.stdout, check=True)
    place = places.new()
    place.env["PYTHONPATH"] = f"{code / 'src'}:{code / 'tests'}"
    archive = folder / "older.tar.gz"
    for command in (["demo"], ["work", "--once"], ["backup", archive, "--with-secrets"]):
        # A year of life takes as long as it takes.
        running = place.start(*map(str, command), stdout=subprocess.DEVNULL)
        assert running.wait(3600) == 0, command
    return archive


def _from_before(commit: str, every: int) -> int:
    failures = 0
    with tempfile.TemporaryDirectory(prefix="r4-") as name:
        folder = Path(name)
        places = Places(folder)
        try:
            archive = _older(places, folder, commit)
            with tarfile.open(archive) as packed:
                events = [[row[c] for c in TOLD] for row in _table(packed, "audit.event")]
                seals = [row["signature"] for row in _table(packed, "audit.seal")]
                files = {Path(n).name for n in packed.getnames() if n.startswith("files/")}
            for vendor in VENDORS:
                fresh = places.new(vendor)
                start = time.perf_counter()
                done = fresh.run("restore", archive, "--unsigned")
                took = time.perf_counter() - start
                assert done.returncode == 0, done.stdout + done.stderr
                found = json.loads(fresh.python(f"every = {every}\n{LOOKED}"))
                fresh.run("init")
                fresh.python(DUE)
                fresh.run("work", "--once")
                verified = fresh.run("verify")
                equal = (
                    found["events"] == events
                    and found["seals"] == seals
                    and set(found["files"]) == files
                    and all(name == digest for name, digest in found["files"].items())
                )
                met = equal and not found["shut"] and verified.returncode == 0
                failures += not met
                print(
                    f"{commit} → {vendor}: {took:.1f} s, {len(events):,} events, {len(seals)} seals, "
                    f"{len(files)} files {'equal' if equal else 'NOT EQUAL'}; {found['opened']:,} pages, "
                    f"{len(found['shut'])} shut {found['shut'][:3]}; verify: "
                    f"{verified.stdout.strip().splitlines()[-1]}"
                    f"{'' if verified.returncode == 0 else ' ' + verified.stdout.strip().splitlines()[0]}"
                )
        finally:
            places.close()
    return failures


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("matters", nargs="?", type=int, default=1000)
    parser.add_argument("--from", dest="commit", help="restore a backup made by this commit's code")
    parser.add_argument("--every", type=int, default=1, help="open every so-many-th matter's page")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    if arguments.commit:
        failures = _from_before(arguments.commit, arguments.every)
        print("R4", "met" if not failures else f"MISSED {failures} times")
        sys.exit(bool(failures))
    count = arguments.matters
    with tempfile.TemporaryDirectory(prefix="r4-") as name:
        folder = Path(name)
        places = Places(folder)
        failures = 0
        try:
            for origin in VENDORS:
                place = places.new(origin)
                place.build()
                place.python(SEED.format(count=count))
                archive = folder / f"{origin}.tar.gz"
                took, written = _archive_facts(place, archive, load=True)
                size = archive.stat().st_size
                print(f"{origin}: backup {took:.1f} s, {size:,} bytes, {written} written meanwhile")
                expected = None
                for target in [*VENDORS, "sqlite"]:
                    fresh = places.new(target)
                    start = time.perf_counter()
                    done = fresh.run("restore", archive)
                    took = time.perf_counter() - start
                    facts = json.loads(fresh.python(FACTS))
                    equal = done.returncode == 0 and (expected is None or facts == expected)
                    failures += not equal
                    rows = sum(facts[0].values())
                    print(
                        f"  → {target}: {took:.1f} s, {rows:,} rows, {len(facts[2])} files, "
                        f"{done.stdout.strip().rsplit(',', 1)[-1].strip()}, "
                        f"{'equal' if equal else 'NOT EQUAL ' + done.stderr}"
                    )
                    # The next one is restored from what this one backs up.
                    archive = folder / f"{origin}-{target}.tar.gz"
                    _archive_facts(fresh, archive, load=False)
                    # That a backup was made is in the log.
                    expected = json.loads(fresh.python(FACTS))
        finally:
            places.close()
    print("R4", "met" if not failures else f"MISSED {failures} times")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
