"""Bar J1: what each kind of user must do to be done, on a wide screen and a phone, in both languages.

    python benchmarks/j1_journeys.py [--before PATH] [--write]

Real Chromium walks ten journeys through the demonstration city and one through an empty installation, as
somebody who sees the page would: what is not on the screen is scrolled to, what lies in a menu is looked for
there. Counted are presses, fields filled, fields that had to be filled, times one had to scroll, and stumbles
(a refusal, a page of an error, something that cannot be found, a fault of a script). Seconds are those of a
model (walker.py). `--before` walks another checkout too (set up there with `make setup`), `--write` keeps the
table in docs/journeys.md. A journey that an earlier version had no way for is told as such.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from walker import LostError, Tally, Walker

HERE = Path(__file__).resolve().parent.parent
KEPT = HERE / "docs" / "journeys.md"
PASSWORD = "bihuan-demo-2026"
FIRST = "First-morning-77"
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
LANGUAGES = ("zh-CN", "en")
BODY = "人民路三号楼下的路灯坏了三天，晚上很黑。"
NOTICE = "2027年：\n国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）上班。"


def ask(w: Walker) -> None:
    w.begin("/")
    w.tap("main .doors a[href*='public_voice.voice']", "main a[href='/ask']")
    if not w.there("#ask-body", "textarea[name=body]"):
        w.tap("main a[href*='public_voice.voice']")
    w.type("textarea[name=body]", BODY)
    w.sort()
    w.tap("main form:has(textarea[name=body]) [type=submit]")
    w.find(".code-big")


def follow(w: Walker) -> None:
    w.page.goto("/ask")
    if not w.there("textarea[name=body]"):
        w.tap("main a[href*='public_voice.voice']")
    w.type("textarea[name=body]", BODY)
    w.sort()
    w.tap("main form:has(textarea[name=body]) [type=submit]")
    code = w.find(".code-big").inner_text().replace(" ", "")
    w.begin("/")
    w.tap("main a[href='/follow']", "nav a[href='/follow']")
    w.type("#code", code)
    w.tap("main form:has(#code) [type=submit]")
    w.find("main .badge-state", "main .timeline-list", "main ol")


def take_number(w: Walker) -> None:
    # Whoever comes stands before the machine.
    machines = (f"/halls/{pk}" for pk in range(1, 60))
    for path in machines:
        if (
            w.page.goto(path).status == 200
            and w.page.locator("main form.ways button, main form button").count()
        ):
            break
    w.begin(path)
    w.tap("main form.ways button", "main form button[type=submit]")
    w.find(".slip-number", ".slip .number", ".slip", "[role=status]")


def call(w: Walker) -> None:
    w.begin("/desk/home" if w.page.goto("/desk/home").status < 400 else "/desk/")
    w.go("/desk/register")
    w.type("#body", BODY)
    w.sort()
    w.type("#phone", "13900000001")
    w.tap("form[data-draft=register] [type=submit]", "main form:has(#body) [type=submit]")
    w.refused()
    w.find("#matter", ".timeline-list")


def hand_on(w: Walker) -> None:
    w.begin("/desk/")
    w.tap("a[href*='tab=new']")
    new = "[data-row]:has-text('MY20'):has-text('{}') a[href^='/desk/matters/']"
    w.tap(*(new.format(state) for state in ("待受理", "收到", "Received", "To be accepted")))
    if w.page.locator("form[action$='/act/accept']").count():
        w.tap(w.step("accept") + " [type=submit]")
    form = w.step("dispatch")
    w.pick(f"{form} [name=unit-text]", "城市管理", f"{form} [name=unit]")
    w.tap(f"{form} [type=submit]")
    w.refused()


def reply(w: Walker) -> None:
    w.begin("/desk/")
    w.tap("a[href*='tab=mine']")
    rows = w.page.locator("[data-row] a[href^='/desk/matters/']")
    for n in range(min(rows.count(), 8)):
        rows.nth(n).click()
        w.page.wait_for_load_state("load")
        if w.page.locator("form[action$='/act/sign'], form[action$='/act/reply']").count():
            break
        w.page.go_back()
    w.tally.presses += 1
    if w.page.locator("form[action$='/act/sign']").count():
        w.tap(w.step("sign") + " [type=submit]")
        w.find("form[action$='/act/reply']", seen=False)
    form = w.step("reply")
    w.type(f"{form} textarea", "经查，灯已修好，感谢来信。")
    w.tap(f"{form} .btn-primary[type=submit]", f"{form} [type=submit]")
    w.tap("button[name=confirm]")
    w.refused()


def window(w: Walker) -> None:
    w.begin("/desk/")
    w.go("/desk/window")
    if w.there("button[name=do][value=next]"):
        w.tap("button[name=do][value=next]")
    w.choose("#service", 1)
    w.type("#name", "甘棠")
    w.tap("button[name=do][value=accept]")
    w.refused()
    w.find(".slip", "#matter")


def decide(w: Walker) -> None:
    w.page.goto("/desk/home")
    w.begin(w.page.url)
    if "cockpit" not in w.page.url:
        w.go("/desk/cockpit")
    w.find("main section", "main .card")
    if w.there("main a[href*='/attach']", "main .deciding a[href^='/desk/matters/']"):
        w.tap("main a[href*='/attach']", "main .deciding a[href^='/desk/matters/']")
    else:
        w.go("/desk/")
        w.tap("a[href*='tab=late']")
        w.tap("[data-row] a[href^='/desk/matters/']")
        form = w.step("instruct")
        w.type(f"{form} textarea", "请今天办结。")
        w.tap(f"{form} [type=submit]")
        w.refused()
        return
    if w.there("textarea[name=body]"):
        w.type("textarea[name=body]", "请今天办结并报告。")
        w.tap("main form:has(textarea[name=body]) [type=submit]")
        w.refused()


def propose(w: Walker) -> None:
    w.page.goto("/desk/home")
    w.begin(w.page.url)
    w.go("/desk/open")
    w.tap("main a[href^='/desk/open/']")
    w.type("#subject", "增设自行车停放点", "[name=subject]")
    for text in w.page.locator("main textarea[required]").all():
        w.type(f"[name='{text.get_attribute('name')}']", "东门没有停放点，自行车占了人行道。")
    for choice in w.page.locator("main select[required]").all():
        choice.select_option(index=1)
        w.tally.fields += 1
        w.tally.required += 1
    for group in sorted(
        {
            one.get_attribute("name")
            for one in w.page.locator("main input[type=radio][required]").all()
        }
    ):
        w.tap(f"main input[type=radio][name='{group}']")
        w.tally.required += 1
    w.tap(
        "main form:has([name=body]) .btn-primary[type=submit]",
        "main form:has([name=body]) [type=submit]",
    )
    w.refused()
    w.find("#matter", ".timeline-list")


def try_interface(w: Walker) -> None:
    w.begin("/")
    w.go("/api/")
    w.tap("main form [type=submit]:visible")
    w.find("[data-answer] [data-status]")


def first_morning(w: Walker) -> None:
    w.page.goto("/desk/home")
    w.begin(w.page.url)
    if w.there("#new_password"):
        w.type("#old_password", FIRST)
        w.type("#new_password", f"{FIRST}-mine")
        w.tap("main form:has(#new_password) [type=submit]")
        w.refused()
    w.go("/studio/" if w.there("a[href='/studio/']") else "/studio/orgs")
    w.go("/studio/site")
    w.type("#site-name", "平安市", "[name=name]")
    w.type("#site-hotline", "12345", "[name=hotline]")
    w.tap("main form:has([name=name]) [type=submit]")
    w.refused()
    w.go("/studio/orgs")
    w.pick("#parent", "示例", "[name=parent-text]")
    w.type("#new #name", "受理中心")
    w.tap("#new [type=submit]")
    w.refused()
    w.go("/studio/programmes")
    voice = w.page.locator("#release option", has_text=re.compile("民意|voice", re.IGNORECASE))
    w.choose("#release", voice.first.get_attribute("value") or 0)
    w.pick("#org", "示例", "[name=org-text]")
    w.tap("#new [type=submit]")
    w.refused()
    if w.there("main section form [type=submit]"):
        w.tap("main section form [type=submit]")
    w.go("/studio/people")
    w.type("#new #name", "周映棠")
    w.pick("#org", "受理", "[name=org-text]")
    w.tap("#new input[type=checkbox][value*='desk']")
    w.tap("#new > [type=submit]", "#new [type=submit]")
    w.refused()
    w.go("/studio/calendar")
    if not w.there("#text"):
        w.tap("main details:has(#text) > summary")
    w.type("#text", NOTICE)
    w.tap("main form:has(#text) [type=submit]")
    w.refused()


# Who, their log-in, what it is in Chinese, how.
Journey = tuple[str, str, str, Callable[[Walker], None]]
DEMO: dict[str, Journey] = {
    "ask": ("citizen", "", "群众提一条诉求", ask),
    "follow": ("citizen", "", "凭查询码看办到哪一步", follow),
    "number": ("citizen", "", "在大厅取号", take_number),
    "interface": ("developer", "", "在页面上试一次接口", try_interface),
    "call": ("clerk", "desk", "登记一个来电", call),
    "hand on": ("clerk", "desk", "受理并派给责任单位", hand_on),
    "reply": ("handler", "handler", "签收并答复", reply),
    "window": ("window clerk", "anhe-desk", "窗口叫号并受理", window),
    "decide": ("leader", "leader", "看到超期件并批办", decide),
    "propose": ("member", "member", "党员提一条建议", propose),
}
EMPTY: dict[str, Journey] = {
    "first morning": ("administrator", "first", "第一个早上：从空系统到能受理", first_morning)
}


@contextmanager
def _served(source: Path, *, empty: bool) -> Iterator[str]:
    """A server of a checkout, on the demonstration city or on an installation of one organisation."""
    bihuan = source / ".venv" / "bin" / "bihuan"
    with tempfile.TemporaryDirectory(prefix="bihuan_journeys_") as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        given = {**os.environ, "BIHUAN_DATA": data, "BIHUAN_THROTTLE_FACTOR": "1000"}
        # A journey is walked by password alone.
        given["BIHUAN_ADMINS_NEED_FACTOR"] = "0"
        given.pop("BIHUAN_DATABASE_URL", None)
        steps = [["demo"]]
        if empty:
            steps = [["init"], ["org", "create", "示例市", "--code", "root"]]
            steps.append(
                [
                    "user",
                    "create",
                    "first",
                    "管理员",
                    "--org",
                    "root",
                    "--role",
                    "admin",
                    "--password-stdin",
                ]
            )
        for one in steps:
            typed = f"{FIRST}\n" if "user" in one else ""
            subprocess.run(
                [bihuan, *one],
                env=given,
                input=typed,
                text=True,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        server = subprocess.Popen(
            [bihuan, "serve", "--port", str(port)], env=given, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with socket.socket() as reached:
                    if reached.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(60)


def _walk(browser: Any, base: str, one: Journey, width: str, language: str) -> Tally | str:
    _, who, _, how = one
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(base_url=base, viewport=size, locale=language)
    page = context.new_page()
    page.set_default_timeout(30_000)
    if who:
        page.goto("/desk/login")
        page.fill("#username", who)
        page.fill("#password", FIRST if who == "first" else PASSWORD)
        page.locator("main form [type=submit]").first.click()
        page.wait_for_load_state("load")
    walker = Walker(page)
    try:
        how(walker)
    except LostError as lost:
        if look := os.environ.get("J1_LOOK"):
            page.screenshot(path=f"{look}/{width}-{who}.png", full_page=True)
        return f"no way: {lost}"
    except Exception as error:  # noqa: BLE001 - whatever stops a walk is told in its row
        return f"stopped: {str(error).splitlines()[0][:90]}"
    finally:
        context.close()
    return walker.tally


Found = dict[tuple[str, str, str], Tally | str]


def walk(source: Path, only: str = "") -> Found:
    """What was counted, by journey, width and language."""
    from playwright.sync_api import sync_playwright

    found: Found = {}
    chromium = Path("/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium if chromium.exists() else None, args=["--no-sandbox"]
        )
        with _served(source, empty=False) as base:
            for name, one in DEMO.items():
                for width in WIDTHS if only in name else ():
                    for language in LANGUAGES:
                        found[name, width, language] = _walk(browser, base, one, width, language)
        for name, one in EMPTY.items():
            for width in WIDTHS if only in name else ():
                for language in LANGUAGES:
                    with _served(source, empty=True) as base:
                        found[name, width, language] = _walk(browser, base, one, width, language)
        browser.close()
    return found


def _cells(one: Tally | str | None) -> str:
    if one is None:
        return "— | — | — | — | —"
    if isinstance(one, str):
        return f"— | — | — | — | {one}"
    told = "; ".join(one.stumbles) or "none"
    return f"{one.presses} | {one.fields} ({one.required}) | {one.scrolls} | {one.seconds:.0f} | {told}"


def table(after: Found, before: Found) -> str:
    lines = [
        "| Journey | Screen | Language | Version | Presses | Fields (required) | Scrolls | Seconds | Stumbles |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (name, width, language), one in after.items():
        who, _, told, _ = (DEMO | EMPTY)[name]
        head = f"| {name}: {who}, {told} | {width} | {language}"
        if before:
            lines.append(f"{head} | before | {_cells(before.get((name, width, language)))} |")
        lines.append(f"{head} | now | {_cells(one)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", type=Path, help="another checkout, set up with make setup")
    parser.add_argument("--only", default="", help="journeys whose names hold this")
    parser.add_argument("--write", action="store_true", help="keeps the table in docs/journeys.md")
    arguments = parser.parse_args()
    before = walk(arguments.before, arguments.only) if arguments.before else {}
    after = walk(HERE, arguments.only)
    told = table(after, before)
    print(told)
    if arguments.write:
        head = KEPT.read_text(encoding="utf-8").partition("\n| Journey")[0]
        KEPT.write_text(f"{head}\n{told}\n", encoding="utf-8")
    lost = [name for name, one in after.items() if isinstance(one, str) or one.stumbles]
    print(f"J1: {len(after)} walks, {len(lost)} with a stumble")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
