"""Bar C1: what one anonymous request may cost, at its worst, beside a plain one.

    python benchmarks/c1_cost.py

Each door is asked alone, over the server the product uses; the processor's time of its processes and
the most memory that one of them has had (VmHWM) are read before and after. The bar: 1 s of a core and
100 MB for every door. The ratio is to the front page.
"""

import argparse
import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import ground
import requests
from PIL import Image

MOST_SECONDS, MOST_MB = 1.0, 100


def _options(parser: argparse.ArgumentParser) -> None:
    del parser


def _noise(width: int, height: int, shape: str, **how: object) -> bytes:
    small = Image.frombytes(
        "RGB", (width // 24, height // 24), os.urandom(width // 24 * (height // 24) * 3)
    )
    out = io.BytesIO()
    small.resize((width, height)).save(out, shape, **how)
    return out.getvalue()


def _workers(port: int) -> list[Path]:
    """The folders in /proc of the server's processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            above = Path("/proc", parent, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(port).encode() in told or str(port).encode() in above:
            found.append(folder)
    return found


def _used(folders: list[Path]) -> tuple[float, dict[Path, int]]:
    """Seconds of a core used so far by all, and the most memory each has had, in MB."""
    ticks, most = 0, {}
    for folder in folders:
        fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
        lines = (folder / "status").read_text().splitlines()
        line = next((one for one in lines if one.startswith("VmHWM")), "VmHWM: 0")
        most[folder] = int(line.split()[1]) // 1024
    return ticks / os.sysconf("SC_CLK_TCK"), most


def _doors(base: str) -> dict[str, Callable[[], int]]:
    photo = _noise(8064, 6048, "JPEG", quality=80)
    scans = _noise(4608, 3456, "JPEG", quality=80, progressive=True)
    webp = _noise(6288, 6288, "WEBP", method=0)
    screen = _noise(3480, 2520, "PNG", compress_level=1)
    form = {"body": "路灯坏了三天，请修理。", "category": "complaint"}
    session = requests.Session()
    session.get(f"{base}/ask", timeout=60)

    def ask(*pictures: bytes) -> Callable[[], int]:
        token = session.cookies.get("csrftoken", "")
        sent = [("files", (f"{n}.jpg", one)) for n, one in enumerate(pictures)]
        return lambda: (
            session.post(
                f"{base}/ask", {**form, "csrfmiddlewaretoken": token}, files=sent, timeout=120
            ).status_code
        )

    def get(path: str) -> Callable[[], int]:
        return lambda: session.get(base + path, timeout=120).status_code

    return {
        "the front page": get("/"),
        "one WebP of 39.5 megapixels": ask(webp),
        "five of them": ask(*[webp] * 5),
        "one JPEG of 48 megapixels": ask(photo),
        "five of them ": ask(*[photo] * 5),
        "one JPEG of ten scans": ask(scans),
        "one PNG of 8.8 megapixels": ask(screen[: 9 * 1024 * 1024]),
        "a search": get("/published?q=" + "路灯" * 30),
        "the interface's document": get("/api/v1/openapi.json"),
        "the feed": get("/feed.atom"),
        "figures of promises": get("/kept"),
    }


def measure(options: argparse.Namespace) -> int:
    """Prints one line for each door."""
    del options
    ground.city()
    missed, plain = 0, 0.0
    print(f"C1, {ground.quiet()}")
    with ground.served("bihuan.conf.wsgi:application") as port:
        base = f"http://127.0.0.1:{port}"
        for _ in range(8):
            # Both processes load what they need; that is nobody's request.
            for path in ("/", "/ask", "/published", "/api/v1/openapi.json", "/kept", "/feed.atom"):
                requests.get(base + path, timeout=60)
        folders = _workers(port)
        for name, asked in _doors(base).items():
            before, most = _used(folders)
            status = asked()
            time.sleep(0.1)
            after, then = _used(folders)
            seconds = after - before
            more = max(then[one] - most[one] for one in folders)
            plain = plain or max(seconds, 0.01)
            met = seconds <= MOST_SECONDS and more <= MOST_MB
            missed += not met
            print(f"  {name.strip()}: {status}, {seconds:.2f} s of a core ({seconds / plain:.0f} x), {more} MB {ground.verdict(met)}")  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite",)))
