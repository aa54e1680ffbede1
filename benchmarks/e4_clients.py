"""Bar E4: Open311 clients that others wrote, unchanged, list services, post and read back.

    python benchmarks/e4_clients.py http://127.0.0.1:8000/open311/v2

Posts to the house that answers there, so let it be a demonstration. Installs three packages into a
folder that is thrown away; none of them is kept by its authors any more, so the test suite does
without (civicbot and georeport, which are, stand in tests/api/test_open311.py):

- three 0.8.0 (2013) and open311 1.1 (2011) import modules of Python 2 only and run on a `python2.7`,
  named by PYTHON27 where it is not on the path; without one they are told as not run;
- chicagorequests 0.0.5 (2023) reads page by page; its city's address is an attribute, set to ours.

three and chicagorequests speak JSON, open311 XML. open311 asks `service/CODE`, where GeoReport v2
says `services/CODE`, so its definition of a service is not asked for.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

THREE = """
import sys, three
city = three.dev(sys.argv[1])
code = city.services()[0]["service_code"]
assert city.services(code)["service_code"] == code
made = city.post(code, description=sys.argv[2], address="1 Renmin Road", name="Ada Li", phone="13900000001")
number = made[0]["service_request_id"]
back = city.request(number)[0]
assert (back["service_request_id"], back["status"]) == (number, "open"), back
assert number in [one["service_request_id"] for one in city.requests(status="open", page_size=200)]
assert city.discovery()["endpoints"][0]["url"]
print("lists, posts %s, reads back, finds, discovers" % number)
"""
OPEN311 = """
import sys
from open311 import Open311
city = Open311(endpoint=sys.argv[1], format="xml")
code = city.service_list()[0]["service_code"]
made = city.post_service_request(service_code=code, description=sys.argv[2] + "!")
number = made["service_requests"]["request"]["service_request_id"]
back = city.get_service_request(number)["service_requests"]["request"]
assert (back["service_request_id"], back["status"]) == (number, "open"), back
listed = city.service_requests(status="open")
listed = listed if isinstance(listed, list) else [listed]
assert number in [one["service_request_id"] for one in listed]
print("lists, posts %s, reads back, finds" % number)
"""
CHICAGO = """
import sys, datetime
from chicagorequests import Downloader, day_intervals
Downloader.BASE_URL = sys.argv[1] + "/requests.json"
end = datetime.datetime.now(datetime.timezone.utc)
midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
days = day_intervals(midnight - datetime.timedelta(days=3), end)
found = [one["service_request_id"] for day in days for one in Downloader()(day)]
assert found and len(found) == len(set(found)), found
print("reads %d of four days, page by page, none twice" % len(found))
"""
# package: (what drives it, whether it needs Python 2)
CLIENTS = {
    "three==0.8.0": (THREE, True),
    "open311==1.1": (OPEN311, True),
    "chicagorequests==0.0.5": (CHICAGO, False),
}


def _ran(python: str, package: str, script: str, address: str, folder: Path) -> str:
    target = folder / package.partition("=")[0]
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--target", str(target), package], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"not run: cannot be installed ({done.stderr.strip().splitlines()[-1]})"
    env = os.environ | {"PYTHONPATH": str(target), "PYTHONDONTWRITEBYTECODE": "1"}
    said = f"Street lamp out since {os.getpid()}"
    done = subprocess.run(
        [python, "-c", script, address, said], env=env, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if not done.returncode else f"FAILED\n{done.stderr[-1500:]}"


def main() -> int:
    address = sys.argv[1].rstrip("/")
    old = os.environ.get("PYTHON27") or shutil.which("python2.7")
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        for package, (script, is_old) in CLIENTS.items():
            python = old if is_old else sys.executable
            told = "not run: no Python 2.7 here (PYTHON27=…)"
            if python:
                told = _ran(python, package, script, address, Path(name))
            failed += told.startswith("FAILED")
            print(f"{package:24}{told}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
