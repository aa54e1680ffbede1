"""Bar R4: backup and restore, also across databases, also while others write.

    python benchmarks/r4_backup.py [matters]

Builds an installation with that many matters (1,000), each with a contact, every tenth with a file; a
writer goes on opening matters while the archive is made. Then restores the archive into a fresh SQLite
and, where a server answers, into PostgreSQL and from there back into SQLite. Each must be equal by
row counts, chain heads and file hashes, and verify without a finding.
"""

import json
import sys
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


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
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
