"""Bar C1: what one request may cost, at its worst, beside a plain one: of anybody, and of a clerk.

    python benchmarks/c1_cost.py

Each door is asked alone, over the server the product uses; the processor's time of its processes and of
what they start, and the most memory that one of them has had (VmHWM), are read before and after. The bar:
1 s of a core and 100 MB for what anybody may ask, 5 s and 200 MB for what somebody logged in may, in a
house of some thousand matters. The ratio is to the front page.
"""

import argparse
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ground
import requests
from PIL import Image

ANYBODY, CLERK = (1.0, 100), (5.0, 200)
MATTERS = 8_000


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
        # With the children that ended: tables and pictures are read in processes of their own.
        ticks += sum(int(one) for one in fields[11:15])
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


def _table(rows: int) -> bytes:
    lines = [
        f"{n},路灯坏了{n}天，请派人修理，谢谢。,投诉,2026-03-02 09:{n % 60:02}" for n in range(rows)
    ]
    return "\n".join(["编号,内容,类别,时间", *lines]).encode()


def _clerks(base: str, house: Any) -> dict[str, Callable[[], int]]:
    """The costliest that somebody logged in may ask for."""
    from p2_list import _session

    def of(who: str) -> requests.Session:
        found = requests.Session()
        found.cookies.set("sessionid", _session(house.person(who)))
        found.get(f"{base}/desk/me", timeout=60)
        return found

    desk, leader = of("desk"), of("leader")

    def get(who: requests.Session, path: str) -> Callable[[], int]:
        return lambda: who.get(base + path, timeout=120).status_code

    def post(
        who: requests.Session, path: str, fields: dict[str, str], **files: Any
    ) -> Callable[[], int]:
        token = who.cookies.get("csrftoken", "")
        said = {**fields, "csrfmiddlewaretoken": token}
        return lambda: who.post(base + path, said, files=files or None, timeout=120).status_code

    body = "我叫王小明，住在人民路12号3单元401，电话13812345678，身份证110101199003070011。"
    return {
        "the desk's list": get(desk, "/desk/?tab=all"),
        "a list searched for two common words": get(desk, "/desk/?text=路灯+修理"),
        "a list searched for two hundred letters": get(desk, "/desk/?text=" + "修" * 200),
        "five thousand rows as a workbook": get(leader, "/desk/export.xlsx?tab=all"),
        "the cockpit": get(leader, "/desk/cockpit"),
        "a figure of a year by month and office": get(
            leader, "/desk/figures/public_voice/received?period=2026&by=org"
        ),
        "the matters behind it": get(
            leader, "/desk/figures/public_voice/received/matters?period=2026"
        ),
        "a look at a table of a megabyte": post(
            desk, "/desk/import", {}, file=("a.csv", _table(11_000))
        ),
        "a note of five thousand letters": post(
            desk, f"/desk/matters/{house.fresh}/note", {"note": body * 90}
        ),
        "a message like all others": post(
            desk,
            "/desk/register",
            {"body": body * 300, "category": "complaint", "channel": "hotline"},
        ),
        "what is masked in a long answer": get(desk, f"/desk/publications/{house.draft}"),
        "the bulletin of a month": get(desk, f"/desk/bulletins/{house.bulletin}"),
        "the same as Word": get(desk, f"/desk/bulletins/{house.bulletin}/preview"),
    }


def _filled() -> Any:
    """The city with some thousand matters, their facts, a long draft and a bulletin."""
    from django.conf import settings

    from bihuan.insight import api as insight
    from bihuan.lib import clock
    from bihuan.outcomes.publicity import api as publicity
    from bihuan.outcomes.publicity.bulletins import api as bulletins
    from bihuan.rules import periods

    house = type(ground.city())(at=clock.now())
    told = "经查，王小明反映的路灯已由张伟修复，联系电话13812345678。" * 280
    answered = house.answered(reply=told)
    house.act(answered, "publish", "desk")
    (draft,) = publicity.of_subject(answered.matter.stream)
    templates = [house.open(), house.handling(), house.answered(), house.closed()]
    ground.multiply([one.matter.pk for one in templates], MATTERS, events="all")
    ground.settle()
    insight.export(insight.Store(Path(settings.FACTS_ROOT)))
    period = periods.parse(f"{house.at:%Y-%m}")
    bulletin = bulletins.draft(
        "public_voice", "monthly", house.org("center"), period,
        actor=house.actor("desk"), at=house.at,
    )  # fmt: skip
    object.__setattr__(house, "fresh", templates[0].matter.pk)
    object.__setattr__(house, "draft", draft.pk)
    object.__setattr__(house, "bulletin", bulletin.pk)
    return house


def measure(options: argparse.Namespace) -> int:
    """Prints one line for each door."""
    del options
    house = _filled()
    missed, plain = 0, 0.0
    print(f"C1, {MATTERS:,} matters, {ground.quiet()}")
    with ground.served("bihuan.conf.wsgi:application") as port:
        base = f"http://127.0.0.1:{port}"
        for _ in range(8):
            # Both processes load what they need; that is nobody's request.
            for path in ("/", "/ask", "/published", "/api/v1/openapi.json", "/kept", "/feed.atom"):
                requests.get(base + path, timeout=60)
        folders = _workers(port)
        doors = [(name, asked, ANYBODY) for name, asked in _doors(base).items()]
        doors += [(name, asked, CLERK) for name, asked in _clerks(base, house).items()]
        for name, asked, (seconds_most, mb_most) in doors:
            before, most = _used(folders)
            status = asked()
            time.sleep(0.1)
            after, then = _used(folders)
            seconds = after - before
            more = max(then[one] - most[one] for one in folders)
            plain = plain or max(seconds, 0.01)
            met = seconds <= seconds_most and more <= mb_most and status < 500
            missed += not met
            print(f"  {name.strip()}: {status}, {seconds:.2f} s of a core ({seconds / plain:.0f} x), {more} MB {ground.verdict(met)}")  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite",)))
