"""Bar P14: the memory of the smallest installation (`bihuan serve` with its worker, SQLite, the demonstration).

    python benchmarks/p14_memory.py [--before COMMIT] [--idle 60]

Resident memory (Rss of /proc/PID/smaps_rollup; Pss beside it, which counts a shared page once) of all
processes of `bihuan serve` in sum: idle, after the worker's first round of everything and a visit of the
front page; then after a day of the demonstration's work: every demonstration account opens what its menu
leads to, the cockpit, figures and tables among it, and the public writes. With --before the same of an
earlier commit, in the same run, on a copy of the same folder.
"""

import argparse
import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import ground

ROOT = Path(__file__).resolve().parent.parent
IDLE, WORKED = 300, 450
PASSWORD = "bihuan-demo-2026"
WHO = ("desk", "leader", "admin", "member")
# Beside what the menu of each leads to.
ALSO = (
    "/desk/cockpit",
    "/desk/figures",
    "/desk/find?q=路灯",
    "/desk/export?tab=all",
    "/desk/bulletins",
    "/studio/workbook.xlsx",
)
MESSAGES = 30


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in tree(int(child)))]


def memory(pid: int, told: str) -> tuple[float, float]:
    """Rss and Pss in MB of a process and all below it; says each."""
    whole, shared = 0.0, 0.0
    parts = []
    for one in tree(pid):
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        rss, pss = (
            int(re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)[1]) / 1024
            for name in ("Rss", "Pss")
        )
        words = Path(f"/proc/{one}/cmdline").read_bytes().decode().split("\0")
        name = next(
            (w for w in words[1:] if w in {"granian", "work", "serve"} or w.startswith("bihuan.")),
            "process",
        )
        parts.append(f"{name} {rss:.0f}")
        whole, shared = whole + rss, shared + pss
    print(f"    {told}: {whole:.0f} MB ({', '.join(parts)}; Pss {shared:.0f})", flush=True)
    return whole, shared


class Browser:
    def __init__(self, here: str) -> None:
        self.here = here
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        ).open

    def get(self, path: str) -> str:
        url = self.here + urllib.parse.quote(path, safe="/?=&%#")
        try:
            return self.open(url, timeout=120).read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return "" if error.code < 500 else self._fail(path, error)

    def post(self, path: str, **given: str) -> str:
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', self.get(path))[1]
        data = urllib.parse.urlencode({**given, "csrfmiddlewaretoken": token}).encode()
        asked = urllib.request.Request(self.here + path, data, {"Referer": self.here + path})
        try:
            return self.open(asked, timeout=120).read().decode()
        except urllib.error.HTTPError as error:
            return "" if error.code < 500 else self._fail(path, error)

    @staticmethod
    def _fail(path: str, error: urllib.error.HTTPError) -> str:
        raise SystemExit(f"{path}: {error.code}")


def worked(here: str) -> int:
    """A day: the public writes, everybody opens what their menu leads to; how many pages."""
    seen = 0
    public = Browser(here)
    to = re.search(r"/ask\?to=([^\"&]+)", public.get("/"))
    for nth in range(MESSAGES):
        given = {
            "body": f"解放路{nth}号楼下的路灯坏了三天，晚上看不见路，请派人修理。",
            "category": "complaint",
        }
        public.post(f"/ask?to={to[1]}" if to else "/ask", to=to[1] if to else "", **given)
    for name in WHO:
        person = Browser(here)
        person.post("/desk/login", username=name, password=PASSWORD)
        home = person.get("/desk/home")
        menu = dict.fromkeys(re.findall(r'href="(/(?:desk|m|studio)/[^"#]*)"', home))
        for path in (*menu, *ALSO):
            page = person.get(path.replace("&amp;", "&"))
            seen += 1
            for inner in list(
                dict.fromkeys(re.findall(r'href="(/desk/(?:matters|figures)/[^"#]*)"', page))
            )[:4]:
                person.get(inner.replace("&amp;", "&"))
                seen += 1
    return seen


def measured(source: Path, data: Path, idle: float) -> tuple[float, float]:
    """Serves a folder from a tree of sources; memory idle and after the day."""
    port = ground.free_port()
    environment = {**os.environ, "BIHUAN_DATA": str(data), "PYTHONPATH": str(source / "src")}
    environment.pop("BIHUAN_DATABASE_URL", None)
    subprocess.run(
        [sys.executable, "-m", "bihuan.cli", "init"],
        env=environment,
        check=True,
        capture_output=True,
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "bihuan.cli", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    here = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{here}/readyz", timeout=5).read()
                break
            except OSError:
                time.sleep(0.5)
        Browser(here).get("/")
        time.sleep(idle)
        quiet = memory(server.pid, "idle")[0]
        pages = worked(here)
        time.sleep(idle / 2)
        busy = memory(server.pid, f"after {pages} pages and {MESSAGES} messages")[0]
        began = time.perf_counter()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    del began
    return quiet, busy


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", help="a commit to compare with")
    parser.add_argument("--idle", type=float, default=60, help="seconds until it counts as idle")
    parser.add_argument(
        "--data", type=Path, help="a folder that `bihuan demo` filled; made without"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan_bench_") as name:
        folder = Path(name)
        data = arguments.data
        if data is None:
            data = folder / "demo"
            environment = {**os.environ, "BIHUAN_DATA": str(data)}
            environment.pop("BIHUAN_DATABASE_URL", None)
            subprocess.run(
                [sys.executable, "-m", "bihuan.cli", "demo"],
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        trees = {"now": ROOT}
        if arguments.before:
            before = folder / "before"
            subprocess.run(
                ["git", "-C", ROOT, "worktree", "add", "--detach", "-f", before, arguments.before],
                check=True,
                capture_output=True,
            )
            # What browsers load is built, not kept; memory does not hang on which build.
            shutil.copytree(
                ROOT / "src/bihuan/web/static", before / "src/bihuan/web/static", dirs_exist_ok=True
            )
            trees = {"before": before, "now": ROOT}
        found = {}
        try:
            for which, source in trees.items():
                copy = folder / f"data-{which}"
                shutil.copytree(data, copy)
                print(f"  {which}:", flush=True)
                found[which] = measured(source, copy, arguments.idle)
        finally:
            if arguments.before:
                subprocess.run(
                    ["git", "-C", ROOT, "worktree", "remove", "--force", folder / "before"],
                    check=False,
                )
    idle, busy = found["now"]
    good = idle <= IDLE and busy <= WORKED
    print(
        f"P14 on SQLite, {ground.quiet()}\n"
        f"  idle {idle:.0f} MB (bar {IDLE}) {ground.verdict(idle <= IDLE)}, "
        f"after a day {busy:.0f} MB (bar {WORKED}) {ground.verdict(busy <= WORKED)}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
