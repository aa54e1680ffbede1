"""Bar S2: schemathesis on the OpenAPI document, against a server of its own on the loopback.

    python benchmarks/s2_schemathesis.py [examples an operation, 100]

A city with people in every role, one token that holds all of them. Every operation of the document
gets valid and invalid requests; counted are cases, server errors (5xx) and breaks of the contract:
a status, content type, header or body the document does not promise, a schema-violating request
that is taken, a lock that opens without its key, a method that should not be there.

One check is left out: `positive_data_acceptance` takes any refusal of a well-formed request for a
fault, but a random word is no category of a programme and a random number no organisation.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BAR = 5000
SETUP = """
import django; django.setup()
from datetime import timedelta
import house
from bihuan.foundation.access import api as access
from bihuan.lib.clock import now
house.build()
at = now(); day = at.date(); h = house.House(at)
who = h.person("desk")
for n in range(3):
    # Boundary values hit the first ids: let them be tokens and grants nobody needs.
    access.issue_token(who.pk, "spare", ["matters:read"], expires=day, at=at, actor="system")
for org in ("city", "neighbour"):
    for role in ("desk", "handler", "leader", "supervisor", "publisher", "admin"):
        access.give(who.pk, role, h.org(org).pk, start=day, at=at, actor="system")
for n in range(5):
    h.open(f"{house.BODY}{n}")
    h.act(h.handling(h.open()), "request_extension", "handler", reason="零件")
    h.act(h.answered(), "publish", "desk")
print(access.issue_token(who.pk, "fuzz", list(access.SCOPES), expires=day + timedelta(days=30),
      at=at, actor="system"))
"""


def environment(folder: Path) -> dict[str, str]:
    """The environment of a throw-away installation."""
    return {
        "DJANGO_SETTINGS_MODULE": "bihuan.conf.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}:{os.environ.get('PYTHONPATH', '')}",
        **{k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        "BIHUAN_DATA": str(folder),
        # The limits are tested elsewhere; here they would hide what lies behind them.
        "BIHUAN_THROTTLE_FACTOR": "1000000",
        "BIHUAN_LOG_LEVEL": "ERROR",
    }


@contextmanager
def server(env: dict[str, str], log: Path):
    """A server on a free port, ended by its own id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", "2",
        "bihuan.conf.wsgi:application",
    ]  # fmt: skip
    with log.open("w") as out:
        running = subprocess.Popen(command, env=env, stdout=out, stderr=out)
        try:
            yield _ready(f"http://127.0.0.1:{port}/api/v1/openapi.json")
        finally:
            running.terminate()
            running.wait(30)


def _ready(url: str) -> str:
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.2)
        else:
            return url
    raise SystemExit("the server did not start")


def main() -> int:
    examples = sys.argv[1] if len(sys.argv) > 1 else "100"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        env = environment(folder)
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "-v0"], env=env, check=True, cwd=ROOT)
        token = subprocess.run(
            [sys.executable, "-c", SETUP], env=env, check=True, cwd=ROOT, capture_output=True,
            text=True,
        ).stdout.strip()  # fmt: skip
        report, log = folder / "report.json", folder / "server.log"
        with server(env, log) as url:
            subprocess.run(
                [
                    str(Path(sys.executable).parent / "schemathesis"), "run", url,
                    "-H", f"Authorization: Bearer {token}", "--max-examples", examples,
                    "--phases", "examples,coverage,fuzzing", "--checks", "all",
                    "--exclude-checks", "positive_data_acceptance", "--seed", "311",
                    "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all",
                    "--warnings", "off", "--report", "json,ndjson",
                    "--report-json-path", str(report),
                    "--report-ndjson-path", str(folder / "events.ndjson"),
                ],
                cwd=folder, check=False, env=env,
            )  # fmt: skip
        if keep := os.environ.get("S2_KEEP"):
            Path(keep).mkdir(exist_ok=True)
            for one in (report, log, folder / "events.ndjson"):
                if one.exists():
                    (Path(keep) / one.name).write_bytes(one.read_bytes())
        return verdict(json.loads(report.read_text()))


def verdict(report: dict) -> int:
    """Prints the figures; 0 when the bar is met."""
    cases = report["test_cases"]["generated"]
    broken = {f["title"]: f["count"] for f in report["failures"]}
    errors = broken.pop("Server error", 0)
    for one in report["failures"]:
        print(f"{one['title']}: {', '.join(one['operations'])}")
    operations = report["operations"]
    print(
        f"S2 operations {operations['tested']}/{operations['total']}, cases {cases} (bar {BAR}), "
        f"server errors {errors} (bar 0), contract breaks {sum(broken.values())} (bar 0), "
        f"not run to the end {report['test_cases']['errored']}, "
        f"{report['running_time']:.0f} s"
    )
    fine = cases >= BAR and not report["failures"] and not report["errors"]
    return 0 if fine and report["complete"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
