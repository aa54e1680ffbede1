"""Takes every picture of the readmes and handbooks anew from the product as it runs.

    python docs/pictures/take.py [--city FOLDER] [NAME …]

Builds the demonstration city and an empty installation in a folder that is thrown away, serves both, and walks them
with a real Chromium as the people of the handbooks would. `--city` names a data folder with a demonstration that is
already built; it is copied, never changed. With names only those pictures are written.
"""

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright

HERE = Path(__file__).resolve().parent
BIHUAN = Path(sys.executable).with_name("bihuan")
CHROMIUM = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
# A name instead of an address of this machine: it stands in links and squares, and is the same at any port.
SITE = "http://bihuan.example"
PASSWORD, FIRST = "bihuan-demo-2026", "gulou-mantou-8317"
MOST_BYTES = 120_000
PHONE, DESK = 390, 1280


@dataclass(frozen=True)
class Picture:
    """One file: who looks at what ('' is anybody), in a window of which size, after which steps."""

    name: str
    who: str
    address: str
    width: int = DESK
    height: int = 800
    steps: Callable[[Page], None] | None = None
    # Of the installation that nobody has set up yet; of the demonstration city otherwise.
    empty: bool = False


# What somebody does before it is taken.


def _matter(page: Page, text: str, tab: str = "new") -> None:
    """Opens the matter that a queue finds by a text."""
    page.goto(f"/desk/?tab={tab}&text={text}")
    page.locator("main table.list a[href*='/desk/matters/']").first.click()
    page.wait_for_load_state()


def _form(page: Page, action: str) -> Locator:
    """The form of a step of the matter that is open, unfolded alone."""
    page.evaluate(
        """action => {
            for (const one of document.querySelectorAll("aside details.act")) one.open = false
            let around = document.querySelector(`form[action$="/act/${action}"]`).closest("details")
            for (; around; around = around.parentElement.closest("details")) around.open = true
        }""",
        action,
    )
    return page.locator(f"aside form[action$='/act/{action}']").first


def _choose(form: Locator, field: str, text: str) -> None:
    """Types into a field that finds, takes the first that it offers."""
    form.locator(f"[name={field}-text]").fill("")
    form.locator(f"[name={field}-text]").press_sequentially(text)
    form.locator("[role=option]").first.click()


def _unfold(page: Page, selector: str) -> None:
    page.locator(selector).first.evaluate("one => { one.closest('details').open = true }")


def _to(page: Page, selector: str, above: int = 20) -> None:
    """Scrolls until something stands at the top of the window, under the strip that stays there."""
    page.evaluate(
        """([selector, above]) => {
            const strip = document.querySelector("header.strip")
            const high = strip && getComputedStyle(strip).position === "sticky" ? strip.offsetHeight : 0
            const there = document.querySelector(selector).getBoundingClientRect().top + scrollY
            scrollTo(0, there - high - above)
        }""",
        [selector, above],
    )


def _asked(page: Page) -> None:
    page.locator("main a[href*='public_voice.voice']").first.click()
    page.locator("textarea[name=body]").fill("人民路三号楼下的路灯坏了三天，晚上很黑。")


def _register(page: Page) -> None:
    page.check("[name=category][value=complaint]")
    page.select_option("[name=channel]", "hotline")
    page.fill("[name=body]", "青年巷六号楼楼道的灯坏了一个星期，老人上下楼不安全。")
    page.fill("[name=phone]", "13900000000")
    page.fill("[name=place]", "青年巷六号楼")


def _dispatch(page: Page) -> None:
    _matter(page, "夜间施工扰民")
    form = _form(page, "dispatch")
    _choose(form, "unit", "城管")
    form.locator("[name=remark]").fill("请核实夜间施工许可，并在时限内答复。")
    form.locator("[name=remark]").blur()


def _look_again(page: Page) -> None:
    _matter(page, "公园增设饮水点")
    form = _form(page, "settle")
    form.locator("[name=reply]").fill(
        "您好，您的建议收到。我们已联系园林部门，东湖公园的饮水点列入今年的改造。"
    )
    form.locator("button[type=submit]").first.click()
    page.locator("text=发出前再看一遍").wait_for()


def _read(page: Page) -> None:
    page.locator("main table a[href*='/desk/publications/']").first.click()
    page.wait_for_load_state()


def _serve(page: Page) -> None:
    page.fill("[name=label]", "2")
    page.select_option("[name=service]", index=1)
    page.fill("[name=name]", "白小满")
    page.fill("[name=phone]", "13900000000")


def _slip(page: Page) -> None:
    _serve(page)
    page.select_option("[name=service]", index=2)
    page.locator("main button[name=do]", has_text="受理").click()
    page.locator("text=查询码只显示这一次").first.wait_for()


def _screen(page: Page) -> None:
    page.goto(str(page.locator("main a", has_text="叫号屏").first.get_attribute("href")))


def _missing(page: Page) -> None:
    _matter(page, "食品经营许可")
    form = _form(page, "one_time_notice")
    form.locator("textarea").first.fill("一、经营场所平面图一张。\n二、从业人员健康证明复印件。")


def _away(page: Page) -> None:
    page.fill("[name=start]", date.today().isoformat())
    page.fill("[name=end]", (date.today() + timedelta(days=4)).isoformat())
    form = page.locator("main form:has([name=start])").last
    _choose(form, "stand_in", "舒怀瑾")
    form.locator("button[type=submit]").click()
    page.locator("main button", has_text="我已返岗").wait_for()


def _setup(page: Page) -> None:
    page.fill("[name=organisation]", "云岭县")
    page.fill("[name=hotline]", "12345")
    page.fill("[name=name]", "方予安")
    page.fill("[name=username]", "fangyuan")
    page.fill("[name=password]", FIRST)
    page.check("[value=public_voice]")


def _first_steps(page: Page) -> None:
    _setup(page)
    page.locator("main form button[type=submit]").last.click()
    page.locator("main a[href*='/desk']").first.wait_for()
    _log_in(page, "fangyuan", FIRST)
    page.goto("/studio/")


def _invite(page: Page) -> None:
    _unfold(page, "form [name=username]")
    form = page.locator("form:has([name=username])")
    form.locator("[name=name]").fill("秦小满")
    _choose(form, "org", "城市管理局")
    form.locator("[name=title]").fill("科员")
    form.locator("[value='public_voice:handler']").check()
    form.locator("[name=account]").first.check()
    form.locator("button[type=submit], button:not([type])").last.click()
    page.locator("main button", has_text="生成邀请").click()
    page.locator("main svg, main img").first.wait_for()


def _in_force(page: Page) -> None:
    form = page.locator("form:has(select[name=release])")
    value = form.locator("option", has_text="教研常态化").first.get_attribute("value")
    form.locator("[name=release]").select_option(value)
    _choose(form, "org", "教育局")
    form.locator("button[name=do]").first.click()
    page.locator("text=暂不启用").wait_for()
    page.evaluate("""() => {
        const preview = [...document.querySelectorAll("main h2")].find(one => one.innerText.includes("教研常态化"))
        preview.setAttribute("id", "preview-of-it")
    }""")
    _to(page, "#preview-of-it", 30)


def _roll(page: Page) -> None:
    """A theme day of this morning, called: somebody is missing."""
    page.goto("/m/say/org_life/theme_day")
    page.fill("[name=subject]", "社区志愿服务")
    page.check("[name=theme][value=service]")
    page.fill("[name=on_day]", date.today().isoformat())
    page.fill("[name=begins]", "09:00")
    page.fill("[name=ends]", "10:30")
    page.fill("[name=place]", "三楼党员活动室")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    _form(page, "call").locator("button[type=submit]").first.click()
    around = page.locator("form[action$='/act/all_but']").first
    around.locator("label", has_text="沈南乔").click()
    _to(page, "form[action$='/act/all_but']", 260)


def _owed(page: Page) -> None:
    page.locator("main a", has_text="主题党日").first.click()
    page.wait_for_load_state()


def _minutes(page: Page) -> None:
    page.locator("main a", has_text="党课：窗口就是阵地").first.click()
    page.wait_for_load_state()
    _to(page, "#actions", 420)


PICTURES = (
    # The readmes.
    Picture("portal-home", "", "/", PHONE),
    Picture("portal-ask", "", "/ask", PHONE, 668, steps=_asked),
    Picture("member-today", "member", "/m/", PHONE),
    Picture("desk-queue", "desk", "/desk/"),
    Picture(
        "desk-matter", "desk", "/desk/", steps=lambda page: _matter(page, "路灯成片不亮", "active")
    ),
    Picture("cockpit", "leader", "/desk/cockpit"),
    # The desk.
    Picture("desk-register", "desk", "/desk/register", height=1160, steps=_register),
    Picture("desk-dispatch", "desk", "/desk/", height=900, steps=_dispatch),
    Picture("desk-preview", "desk", "/desk/", steps=_look_again),
    Picture("desk-common", "desk", "/desk/common"),
    Picture("desk-publication", "publisher", "/desk/publications", height=900, steps=_read),
    # The window.
    Picture("window", "anhe-desk", "/desk/window", steps=_serve),
    Picture("window-screen", "anhe-desk", "/desk/window", steps=_screen),
    Picture("window-slip", "anhe-desk", "/desk/window", height=860, steps=_slip),
    Picture("window-missing", "anhe-desk", "/desk/", height=900, steps=_missing),
    Picture("window-away", "member", "/desk/away", height=420, steps=_away),
    # The administrator.
    Picture("admin-setup", "", "/setup#{code}", 900, 2150, steps=_setup, empty=True),
    Picture("admin-first", "", "/setup#{code}", steps=_first_steps, empty=True),
    Picture("admin-invite", "admin", "/studio/people", height=900, steps=_invite),
    Picture("admin-programme", "admin", "/studio/programmes", height=740, steps=_in_force),
    # The secretary.
    Picture("branch", "secretary", "/m/branch", PHONE, 1000),
    Picture("branch-minutes", "secretary", "/m/branch", PHONE, 1000, steps=_minutes),
    Picture("branch-owed", "secretary", "/desk/obligations", height=720, steps=_owed),
    Picture("branch-roll", "secretary", "/m/branch", PHONE, 1000, steps=_roll),
)


# How they are taken.


def _environment(data: Path) -> dict[str, str]:
    given = {
        **os.environ,
        "BIHUAN_DATA": str(data),
        "BIHUAN_PUBLIC_URL": SITE,
        "BIHUAN_ADMINS_NEED_FACTOR": "0",
    }
    given.pop("BIHUAN_DATABASE_URL", None)
    return given


def _told(data: Path, *words: str) -> str:
    """What a command says about an installation."""
    run = subprocess.run(
        [BIHUAN, *words], env=_environment(data), check=True, stdout=subprocess.PIPE, text=True
    )
    return run.stdout


def _made(data: Path, city: Path | None, *, empty: bool) -> dict[str, str]:
    """An installation in a folder; returns what its addresses need. What is due is done beforehand, so that no page
    changes while it is looked at."""
    if city is not None and not empty:
        shutil.copytree(city, data)
    else:
        data.mkdir(mode=0o700)
    told = _told(data, "init" if empty or city is not None else "demo")
    _told(data, "work", "--once")
    return {"code": told.split("/setup#")[1].split()[0]} if empty else {}


@contextmanager
def _served(data: Path) -> Iterator[int]:
    """The product's own server on a data folder; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [BIHUAN, "serve", "--port", str(port), "--no-work"],
        env=_environment(data),
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _log_in(page: Page, username: str, password: str) -> None:
    page.goto("/desk/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


class Photographer:
    """Takes pictures of one installation; people stay logged in between them."""

    def __init__(self, browser: Browser, places: dict[str, str]) -> None:
        self.browser, self.places = browser, places
        self.kept: dict[str, dict[str, object]] = {}

    def _page(self, one: Picture) -> Page:
        context = self.browser.new_context(
            base_url=SITE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": one.width, "height": one.height},
            storage_state=self.kept.get(one.who),
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        # A draft kept meanwhile would say so or not, as fast as the machine is.
        page.route("**/draft/**", lambda route: route.fulfill(status=204))
        if one.who and one.who not in self.kept:
            _log_in(page, one.who, PASSWORD)
            self.kept[one.who] = context.storage_state()
        return page

    def take(self, one: Picture) -> bytes:
        page = self._page(one)
        answer = page.goto(one.address.format(**self.places))
        if answer is None or answer.status != 200:
            raise Error(f"{one.address} does not open")
        if one.steps is not None:
            one.steps(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement?.blur()")
        taken = page.screenshot(animations="disabled", caret="hide")
        page.context.close()
        return taken


def _small(taken: bytes) -> bytes:
    """As a PNG of few colours: text and lines lose nothing by it."""
    for colours in (128, 64, 32):
        kept = io.BytesIO()
        few = (
            Image.open(io.BytesIO(taken)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        )
        few.save(kept, "PNG", optimize=True)
        if kept.tell() <= MOST_BYTES:
            break
    return kept.getvalue()


def _all(pictures: list[Picture], data: Path, places: dict[str, str], out: Path) -> list[str]:
    """Those of one installation, in their order: what one leaves behind the next may see. Returns which failed."""
    failed = []
    with _served(data) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next((one for one in CHROMIUM if one.exists()), None),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                f"--host-resolver-rules=MAP {SITE.removeprefix('http://')}:80 127.0.0.1:{port}",
            ],
        )
        photographer = Photographer(browser, places)
        for one in pictures:
            try:
                kept = _small(photographer.take(one))
            except Error as error:
                failed.append(one.name)
                print(f"{one.name}: {error.message}", file=sys.stderr, flush=True)
                continue
            (out / f"{one.name}.png").write_bytes(kept)
            print(f"{one.name}.png {len(kept) / 1000:.0f} kB", flush=True)
        browser.close()
    return failed


def main() -> int:
    """Reads what is asked for; 0 when all of it was taken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these pictures")
    parser.add_argument("--city", type=Path, help="a data folder with the demonstration city")
    parser.add_argument("--out", type=Path, default=HERE, help="where they go")
    given = parser.parse_args()
    unknown = set(given.names) - {one.name for one in PICTURES}
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    wanted = [one for one in PICTURES if not given.names or one.name in given.names]
    failed = []
    with tempfile.TemporaryDirectory(prefix="bihuan_pictures_") as scratch:
        for empty in (False, True):
            mine = [one for one in wanted if one.empty == empty]
            if mine:
                data = Path(scratch) / ("empty" if empty else "city")
                failed += _all(mine, data, _made(data, given.city, empty=empty), given.out)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
