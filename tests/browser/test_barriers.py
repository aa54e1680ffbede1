"""Axe on every page of the house, phone and desktop, both languages. A new page without its row
fails, as does a page wider than the screen or one that shows the name of a word for the word."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta

import aliens
import house as city
import pytest
from addresses import names
from allauth.mfa.totp.internal import auth as totp
from docx import Document
from looks import Looks, too_wide
from PIL import Image
from playwright.sync_api import Page
from sealing import handed_on

from bihuan.facets.pair import cards
from bihuan.facets.round import nominating
from bihuan.foundation.access import api as access
from bihuan.foundation.access import factors, governing
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.access.providers import Provider
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Task
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.kernel.absences import api as absences
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters
from bihuan.kernel.people import api as people
from bihuan.kernel.watches import api as watches
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules.periods import Grain, Period
from bihuan.rules.slots import Plan
from bihuan.web.desk import cockpit

pytestmark = pytest.mark.browser

LANGUAGES = ["zh-CN", "en"]
WIDTHS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 800}}
# At the end of a page nothing that is fixed lies over what can be pressed there.
COVERED = """() => {
  scrollTo(0, document.documentElement.scrollHeight);
  const last = [...document.querySelectorAll("main a, main button, footer a, footer button")].filter((one) => one.checkVisibility()).pop();
  if (!last) return null;
  const { x, y, width, height } = last.getBoundingClientRect();
  const above = document.elementFromPoint(x + width / 2, y + height / 2);
  return above && (last.contains(above) || above.contains(last)) ? null : last.outerHTML.slice(0, 90);
}"""
OPEN = """() => document.querySelectorAll("details:not([open])").forEach((one) => {
  one.open = true;
  one.dataset.opened = "";
})"""
CLOSE = """document.querySelectorAll("[data-opened]").forEach((one) => (one.open = false))"""
TEXT = "document.body.innerText"
RAW_KEY = re.compile(
    r"\b(?:portal|desk|studio|site|explain|error|event|events|states|kinds|actions|choices"
    r"|fields|field|clocks|steps|notice|reply|settings|roles)\.[a-z_]+(?:\.[a-z_]+)*\b"
)
LONG = "".join(
    ["平安市", "城市运行管理与公共服务综合协调", "（含夜间应急值守及跨区域协同处置）"] * 3
)
KNOWN = "来信人电话13900000001，住平安路9号。"
TABLE = (
    "标题,内容,类别,时间\n路灯不亮,人民路三号路灯不亮,投诉,\n空行,,投诉,昨天\n,,,\n"
    f"{LONG},{LONG},表扬,2026-13-01\n"
    f"\n{LONG}\n内容,标题,地点\n积水,人民路积水,人民路\n"
)
# Nothing listens there.
NOWHERE = "http://127.0.0.1:9"
# No HTML of their own: an answer to a form elsewhere, a file, a fragment, a probe.
NO_PAGE = {
    "desk:by",
    # Open as long as there is no house.
    "setup",
    "openapi",
    "index",
    "desk:home",
    "desk:bell",
    "desk:own_data",
    "desk:passkey",
    "desk:factor_app",
    "desk:factor_passkey",
    "desk:factor_codes",
    "desk:factor_off",
    "desk:send_code",
    "desk:draft",
    "portal:challenge",
    "desk:bulk",
    "desk:choose",
    "desk:obligation_export",
    "desk:open_choose",
    "desk:export",
    "desk:file",
    "each:sheet",
    "roll:sheet",
    "pair:sheet",
    "gathering:choose",
    "gathering:export",
    "quiz:sheet",
    "gatherings:calendar",
    "desk:away_choose",
    "desk:members_choose",
    "desk:members_export",
    "plan:book",
    "desk:issue_paper",
    "desk:paper_file",
    "desk:papers_together",
    "desk:withdraw_paper",
    "plan:choose",
    "plan:export",
    "round:choose",
    "desk:filters",
    "desk:mobile_give_up",
    "desk:mobile_hand_on",
    "desk:mobile_outings",
    "desk:mobile_sync",
    "desk:mobile_worker",
    "member:icon",
    "member:manifest",
    "member:worker",
    "desk:logout",
    "healthz",
    "language",
    "look",
    "emblem",
    "portal:alike",
    "desk:bulletin_file",
    "desk:layout_file",
    "desk:layout_preview",
    "desk:layout_start",
    "portal:bulletin_file",
    "portal:feed",
    "portal:log_proof",
    "portal:seal",
    "portal:seals_consistency",
    "portal:seals_feed",
    "portal:notices_calendar",
    "portal:visits_calendar",
    "portal:queue_calendar",
    "portal:file",
    "portal:roundups",
    "readyz",
    "metrics",
    "studio:choose",
    "studio:parts",
    "studio:workbook_out",
    "studio:first_passwords",
}
Scene = dict[str, str]
Step = Callable[[Page, Scene], None]


@dataclass(frozen=True)
class View:
    """One look at a page: who looks, where, and what is done before looking. In `path` and in
    what is typed, {names} stand for things of the scene."""

    who: str
    path: str
    do: Step | None = None


def directory(page: Page, scene: Scene) -> None:
    """Looks at a workbook with faults, changes and people who are left."""
    del scene
    text = "姓名,机构,角色\n林望舒,城管局,\n钟离新,城管局,仙人\n,没有的局,\n"
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("#file").set_input_files([file])
    with page.expect_navigation():
        page.locator("form:has(#file) [type=submit]").click()


def roll(page: Page, scene: Scene) -> None:
    """Looks at a list of members with somebody new and faults."""
    del scene
    text = "姓名,工号,单位,状态,起\n独孤东,k7,城管局,full,2020-07-01\n,,没有的局,仙人,那年\n"
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("#under-text, #under").first.fill("城管局")
    page.locator("#file").set_input_files([file])
    with page.expect_navigation():
        page.locator("form:has(#file) [type=submit]").click()


def send(form: str, button: str = "[type=submit]", **fields: str) -> Step:
    """Fills a form and sends it past the browser's own checks, so that the house's are seen."""

    def step(page: Page, scene: Scene) -> None:
        found = page.locator(form.format_map(scene)).first
        for name, value in fields.items():
            typed = value.format_map(scene)
            field = found.locator(f"[name={name}]").first
            field.evaluate("(field, value) => { field.value = value }", typed)
        with page.expect_navigation():
            found.locator(button).first.evaluate(
                "button => { button.form.noValidate = true; button.form.requestSubmit(button) }"
            )

    return step


def then(*steps: Step) -> Step:
    def step(page: Page, scene: Scene) -> None:
        for one in steps:
            one(page, scene)

    return step


def act(action: str, **fields: str) -> Step:
    return send(f"form[action$='/act/{action}']", **fields)


def look_up(code: str) -> Step:
    return send("form:has(#code)", code=code)


def upload(page: Page, scene: Scene) -> None:
    del scene
    table = {"name": "rows.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.locator("input[type=file]").set_input_files([table])
    with page.expect_navigation():
        page.locator("form:has(input[type=file]) [type=submit]").click()


def broken_layout(page: Page, scene: Scene) -> None:
    del scene
    document, out = Document(), io.BytesIO()
    for line in ("{{number}}", "{{recieved}}件", "满意率99%"):
        document.add_paragraph(line)
    document.save(out)
    form = page.locator("form:has(#file)")
    form.locator("#name").fill("红头")
    form.locator("#file").set_input_files(
        [{"name": "a.docx", "mimeType": "application/octet-stream", "buffer": out.getvalue()}]
    )
    with page.expect_navigation():
        form.locator("[type=submit]").click()


def take_over(page: Page, scene: Scene) -> None:
    upload(page, scene)
    with page.expect_navigation():
        page.locator("button[name=confirm]").click()


IN_PART = send("form:has(#password)", username="{factored}", password=city.PASSWORD)
NOTICE = "2027年：\n国庆节：10月1日（周六）至7日（周四）放假调休，共7天。9月26日（周日）上班。"
MATTER, MESSAGE = "/desk/matters/{%s}", "form:has([name=body])"
PAGES: dict[str, list[View]] = {
    "portal:home": [View("", "/")],
    "portal:promise": [View("", "/promise")],
    "portal:privacy": [View("", "/privacy")],
    "portal:terminal": [
        View("", "/terminal"),
        View("", "/terminal", send("main form", seconds="60")),
    ],
    "portal:interface": [View("", "/api/")],
    "operations": [View("", "/api/operations/#open_matter")],
    "portal:ask": [
        View("", "/ask"),
        View("", "/ask", send(MESSAGE, body="", phone="abc")),
        View("", "/ask", send(MESSAGE, body=LONG)),
    ],
    "portal:receiving": [
        View("", "/ask/to"),
        View("", "/ask/to?q=路灯"),
        View("", "/ask/to?q=没有这样的单位"),
    ],
    "portal:follow": [
        View("", "/follow"),
        View("", "/follow", look_up("AAAAAAAAAA")),
        View("", "/follow", look_up("{answered_code}")),
        View("", "/follow", look_up("{waiting_code}")),
        View("", "/follow", look_up("{fresh_code}")),
    ],
    "portal:paper": [
        View("", "/paper"),
        View("", "/paper", look_up("AAAAAAAAAAAAAAAA")),
        View("", "/paper", look_up("{paper_code}")),
    ],
    "portal:watch": [
        View("", "/watch"),
        View("", "/watch", look_up("AAAAAAAAAA")),
        View("", "/watch", look_up("{watch_code}")),
        View("", "/watch", look_up("{unread_code}")),
    ],
    "portal:watch_say": [
        View("", "/watch", then(look_up("{watch_code}"), send("form:has(#opinion)", opinion=""))),
        View("", "/watch", then(look_up("{watch_code}"), send("form:has(#opinion)", opinion=LONG))),
    ],
    "portal:act": [
        View("", "/follow", then(look_up("{waiting_code}"), send("form:has(#supplement-text)")))
    ],
    "portal:published": [
        View("", "/published"),
        View("", "/published?q=红绿灯"),
        View("", "/published?q=xyz"),
    ],
    "portal:publication": [View("", "/published/{shown}"), View("", "/published/{gone}")],
    "portal:roundup": [View("", "/roundup/{week}"), View("", "/roundup/2026-W01")],
    "portal:subscribe": [
        View("", "/roundup/{week}", send("form:has(#roundup-email)", email="无")),
        View("", "/roundup/{week}", send("form:has(#roundup-email)", email="a@example.org")),
    ],
    "portal:subscribe_confirm": [View("", "/roundup/confirm/{asked}")],
    "portal:unsubscribe": [View("", "/roundup/end/{subscribed}")],
    "portal:seals": [
        View("", "/seals"),
        View("", "/seals?before=1"),
        View("", "/seals/consistency?old=1"),
    ],
    "portal:kept": [View("", "/kept"), View("", "/kept?of=quarter")],
    "portal:honours": [View("", "/honours")],
    "portal:notices": [View("", "/notices")],
    "portal:notice": [
        View("", "/notices/{notice}"),
        View("", "/notices/{notice}", send("form:has(#object-body)", body="", phone="无")),
        View("", "/notices/{notice_back}"),
    ],
    "desk:notices": [
        View("desk", "/desk/notices"),
        View("desk", "/desk/notices", send("form:has(#notice-body)", subject="", body="")),
        View("stranger", "/desk/notices"),
    ],
    "portal:bulletins": [View("", "/bulletins")],
    "portal:bulletin": [View("", "/bulletins/{issued}"), View("", "/bulletins/{taken_back}")],
    "desk:cockpit": [View("leader", "/desk/cockpit"), View("desk", "/desk/cockpit")],
    "screen": [View("", "/screen/{wall}")],
    "desk:bulletins": [
        View("desk", "/desk/bulletins"),
        View("desk", "/desk/bulletins", send("form:has(#what)", period="zzz")),
        View("stranger", "/desk/bulletins"),
    ],
    "desk:bulletin": [
        View("leader", "/desk/bulletins/{bulletin}"),
        View("leader", "/desk/bulletins/{bulletin}", send("form:has(#text)", text="收到99件。")),
        View("leader", "/desk/bulletins/{issued}"),
    ],
    "desk:layouts": [
        View("leader", "/desk/layouts"),
        View("leader", "/desk/layouts", broken_layout),
        View("stranger", "/desk/layouts"),
    ],
    "desk:layout": [
        View("leader", "/desk/layouts/{layout}"),
        View("leader", "/desk/layouts/{layout}", send("form:has(#start)", day="")),
    ],
    "desk:login": [
        View("", "/desk/login"),
        View("", "/desk/login", send("form:has(#password)", username="desk", password="wrong")),
    ],
    "desk:invited": [
        View("", "/desk/invited"),
        View("", "/desk/invited", send("form:has(#code)", code="nope")),
        View("", "/desk/invited", send("form:has(#code)", code="{invitation}")),
        View(
            "",
            "/desk/invited",
            then(
                send("form:has(#code)", code="{invitation}"),
                send("form:has(#password)", username="desk", password="x"),
            ),
        ),
    ],
    "desk:forgotten": [
        View("", "/desk/forgotten"),
        View("", "/desk/forgotten", send("form:has(#who)", who=" ")),
        View("", "/desk/forgotten", send("form:has(#who)", who="desk")),
    ],
    "desk:by_back": [View("", "/desk/by/wecom/back")],
    "desk:me": [
        View("desk", "/desk/me"),
        View("desk", "/desk/me", send("form:has(#email)", old_password="x", new_password="y")),
    ],
    "desk:second": [
        View("", "/desk/login", IN_PART),
        View("", "/desk/login/second", send("form:has(#code)", code="1")),
    ],
    "desk:factors": [
        View("desk", "/desk/me/factors"),
        View("desk", "/desk/me/factors", send("form:has([name=sealed])", code="0")),
        View("publisher", "/desk/me/factors"),
        View("publisher", "/desk/me/factors", send("form[action$=codes]")),
    ],
    "desk:tokens": [View("desk", "/desk/me/tokens")],
    "desk:inbox": [View("desk", "/desk/inbox"), View("stranger", "/desk/inbox")],
    "desk:today": [
        View("desk", "/desk/today"),
        View("handler", "/desk/today"),
        View("stranger", "/desk/today"),
    ],
    "member:today": [View("ppp_keeper", "/m/"), View("stranger", "/m/"), View("leader", "/m/")],
    "member:join": [View("ppp_keeper", "/m/join"), View("stranger", "/m/join")],
    "member:mine": [View("ppp_keeper", "/m/mine"), View("stranger", "/m/mine")],
    "member:say": [View("ppp_keeper", "/m/say"), View("stranger", "/m/say")],
    "member:branch": [View("ppp_keeper", "/m/branch"), View("stranger", "/m/branch")],
    "member:open": [
        View("ppp_keeper", "/m/say/ppp_pledges/outing"),
        View("ppp_keeper", "/m/say/ppp_pledges/outing", send("main form", whereto="", body="")),
    ],
    "member:offline": [View("", "/m/offline/zh-hans")],
    "desk:find": [
        View("desk", "/desk/find"),
        View("desk", "/desk/find?q=a"),
        View("leader", "/desk/find?q=%E5%9F%8E%E5%B8%82"),
        View("admin", "/desk/find?q=xyzzy"),
    ],
    "desk:queue": [
        View("desk", "/desk/?tab=all"),
        View("desk", "/desk/?tab=new"),
        View("desk", "/desk/?tab=all&text=红绿灯&category=complaint"),
        View("leader", "/desk/?tab=late"),
        View("stranger", "/desk/"),
    ],
    "desk:register": [
        View("desk", "/desk/register"),
        View("desk", "/desk/register", send(MESSAGE, body="", phone="abc")),
        View(
            "desk", "/desk/register", send(MESSAGE, "[name=look]", body="{body}", phone="1390000")
        ),
        View("handler", "/desk/register"),
    ],
    "desk:openings": [View("leader", "/desk/open"), View("handler", "/desk/open")],
    "desk:open": [
        View("leader", "/desk/open/supervision/plan"),
        View("leader", "/desk/open/supervision/inspection", send("form:has(#body)", body="")),
    ],
    "desk:import": [
        View("desk", "/desk/import"),
        View("desk", "/desk/import", upload),
        View("desk", "/desk/import", take_over),
        View("desk", "/desk/import", send("form:has([type=file])")),
        View("handler", "/desk/import"),
    ],
    "desk:matter": [
        View("desk", MATTER % "fresh"),
        View("desk", MATTER % "long"),
        View("handler", MATTER % "waiting"),
        View("handler", MATTER % "handling"),
        View("leader", MATTER % "late"),
        View("leader", MATTER % "directive"),
        View("supervisor", MATTER % "closed"),
        View("desk", MATTER % "published"),
        View("stranger", MATTER % "fresh"),
    ],
    "desk:act": [
        View("desk", MATTER % "accepted", act("dispatch", unit="")),
        View("handler", MATTER % "handling", act("reply", reply="请拨打13900000001。")),
        View("leader", MATTER % "late", act("instruct", words="", days="x")),
    ],
    "desk:note": [View("handler", MATTER % "handling", send("form[action$='/note']", note=" "))],
    "desk:recuse": [View("handler", MATTER % "handling", send("form[action$='/recuse']"))],
    "desk:name": [
        View("desk", MATTER % "fresh", send("form[action$='/named']", complained_of="某某")),
        View("desk", MATTER % "fresh", send("form[action$='/named']", complained_of="教育局")),
    ],
    "desk:drop_name": [
        View(
            "leader",
            MATTER % "fresh",
            then(
                send("form[action$='/named']", complained_of="教育局"),
                send("form[action$='/drop']", reason=" "),
            ),
        ),
    ],
    "desk:contact": [
        View("desk", MATTER % "long", send("form[action$='/contact']", reason=" ")),
        View("desk", MATTER % "long", send("form[action$='/contact']", reason="回访")),
    ],
    "desk:code": [View("desk", MATTER % "fresh", send("form[action$='/code']"))],
    "desk:slip": [View("desk", "/desk/matters/{long}/slip")],
    "desk:dates": [View("desk", "/desk/matters/{long}/dates")],
    "desk:publications": [
        View("publisher", "/desk/publications"),
        View("stranger", "/desk/publications"),
    ],
    "desk:publication": [
        View("publisher", "/desk/publications/{draft}"),
        View("publisher", "/desk/publications/{draft}", send("form:has(#title)", title=" ")),
        View("publisher", "/desk/publications/{shown}"),
        View("publisher", "/desk/publications/{gone}"),
    ],
    "desk:catalogue": [View("desk", "/desk/programmes"), View("stranger", "/desk/programmes")],
    "studio:home": [View("admin", "/studio/"), View("desk", "/studio/")],
    "studio:orgs": [View("admin", "/studio/orgs")],
    "studio:org": [
        View("admin", "/studio/orgs/{org}"),
        View("admin", "/studio/orgs/{org}", send("form:has([value=save])", name=" ")),
        View("admin", "/studio/orgs/{empty_org}"),
    ],
    "studio:org_types": [
        View("admin", "/studio/org-types"),
        View("keeper", "/studio/org-types", send("#new", name="党支部")),
    ],
    "studio:merge": [
        View("admin", "/studio/orgs/{org}/merge"),
        View("admin", "/studio/orgs/{org}/merge", send("main form", into="{empty_org}")),
        View("admin", "/studio/orgs/{org}/merge", send("main form", into="{org}")),
    ],
    "studio:people": [
        View("admin", "/studio/people"),
        View("admin", "/studio/people?q=zzz"),
        View("admin", "/studio/people", send("form:has(#title)", name="新人")),
    ],
    "studio:person": [
        View("admin", "/studio/people/{person}"),
        View("admin", "/studio/people/{unaccounted}"),
    ],
    "studio:invite": [
        View("admin", "/studio/people/{person}/invite"),
        View("admin", "/studio/people/{unaccounted}/invite", send("form:has(#expires)")),
    ],
    "portal:service": [View("", "/services/{service}")],
    "portal:apply": [
        View("", "/services/{service}/apply"),
        View("", "/services/{service}/apply", send("main form", phone="abc")),
        View("", "/services/{service}/apply", send("main form", name="甘棠", phone="13900000001")),
    ],
    "portal:book": [
        View("", "/services/{service}/book"),
        View("", "/services/{service}/book", send("form:has([name=slot])", phone="abc")),
        View("", "/follow", look_up("{booked_code}")),
    ],
    "portal:visits": [View("", "/visits")],
    "desk:visits": [
        View("desk", "/desk/visits"),
        View("desk", "/desk/visits", send("form:has(#place)", place="")),
    ],
    "desk:mobile": [View("desk", "/desk/mobile/")],
    "desk:entries": [View("desk", "/desk/entries"), View("handler", "/desk/entries")],
    "desk:entry": [
        View("desk", "/desk/entries/{entry}"),
        View("desk", "/desk/entries/{entry}", send("main form:has([value=open])", "[value=open]")),
        View(
            "leader", "/desk/entries/{entry}", send("main form:has([value=open])", "[value=open]")
        ),
        View("desk", "/desk/entries/{entry}", send("form:has(#reason)", reason="")),
    ],
    "gathering:index": [
        View("qqq_warden", "/desk/gatherings/"),
        View("stranger", "/desk/gatherings/"),
    ],
    "gathering:attendance": [View("qqq_warden", "/desk/gatherings/attendance?period=2026")],
    "gathering:screen": [View("qqq_warden", "/desk/gatherings/{evening}/screen")],
    "gathering:sign": [
        View("qqq_warden", "/desk/gatherings/{evening}/sign"),
        View("qqq_warden", "/desk/matters/{evening}"),
    ],
    "quiz:answer": [
        View("rrr_riddler", "/desk/quizzes/{riddles}/answer"),
        View("rrr_sage", "/desk/quizzes/{riddles}/answer"),
        View("rrr_sage", "/desk/quizzes/{riddles}/answer?again=1", send("#quiz")),
        View("rrr_riddler", "/desk/matters/{riddles}"),
    ],
    "quiz:people": [View("rrr_riddler", "/desk/quizzes/{riddles}/people")],
    "quiz:person": [View("rrr_riddler", "/desk/quizzes/{riddles}/people/{guesser}")],
    "quiz:bring": [View("rrr_riddler", "/desk/quizzes/{box}/questions")],
    "pair:index": [
        View("handler2", "/desk/pair/"),
        View("stranger", "/desk/pair/"),
    ],
    "pair:card": [
        View("handler2", "/desk/pair/pairing/p{person}"),
        View("handler2", "/desk/pair/pairing/p{person}", send("main form", can_more=LONG)),
    ],
    "pair:all": [
        View("handler2", "/desk/matters/{paired}/pairs"),
        View("handler2", "/desk/matters/{paired}/pairs", send("#edits")),
        View("handler2", "/desk/matters/{paired}"),
    ],
    "round:index": [
        View("handler2", "/desk/rounds/"),
        View("handler2", "/desk/matters/{round}"),
        View("stranger", "/desk/rounds/"),
    ],
    "round:nominate": [
        View("handler2", "/desk/rounds/{open_round}/nominate"),
        View("handler2", "/desk/rounds/{open_round}/nominate", send("form:has(#why)", why="")),
    ],
    "round:ballot": [View("handler2", "/desk/rounds/{round}/ballot")],
    "wall:wall": [View("", "/wall")],
    "plan:index": [
        View("stranger", "/desk/plan/"),
        View("handler2", "/desk/plan/"),
        View("handler2", "/desk/matters/{planned}"),
    ],
    "plan:read": [View("handler2", "/desk/plan/{planned}/book")],
    "desk:members": [
        View("admin", "/desk/members"),
        View("admin", "/desk/members", send("form:has(#since)", since="1899-01-01")),
        View("stranger", "/desk/members"),
    ],
    "desk:members_import": [
        View("admin", "/desk/members/import"),
        View("admin", "/desk/members/import", roll),
    ],
    "desk:member": [
        View("admin", "/desk/members/{membership}"),
        View("admin", "/desk/members/{membership}", send("form:has(#last)", last="2199-01-01")),
    ],
    "desk:mine": [View("handler", "/desk/people/me"), View("stranger", "/desk/people/me")],
    "desk:person": [View("leader", "/desk/people/{person}")],
    "desk:org": [View("leader", "/desk/orgs/{org}"), View("desk", "/desk/orgs/{org}")],
    "desk:away": [
        View("leader", "/desk/away"),
        View("leader", "/desk/away", send("form:has(#start)", end="2020-01-01")),
        View("other_handler", "/desk/away"),
    ],
    "desk:places": [
        View("desk", "/desk/places"),
        View("desk", "/desk/places", send("form:has(#spans)", places="x")),
    ],
    "portal:hall": [View("", "/halls/{hall}"), View("", "/halls/{hall}", send("main form"))],
    "portal:screen": [View("", "/halls/{hall}/screen")],
    "desk:obligations": [View("ppp_chief", "/desk/obligations")],
    "desk:obligation": [
        View("ppp_chief", "/desk/obligations/ppp_pledges.outings"),
        View("ppp_chief", "/desk/obligations/ppp_pledges.campaigns"),
    ],
    "desk:obligation_below": [View("ppp_chief", "/desk/obligations/ppp_pledges.outings/below")],
    "desk:obligation_cell": [
        View("ppp_chief", "/desk/obligations/ppp_pledges.outings/{lodge}/{month}"),
        View(
            "ppp_chief",
            "/desk/obligations/ppp_pledges.outings/{lodge}/{month}",
            send("form:has(#reason)", start="2026-03-31", end="2026-03-01"),
        ),
    ],
    "desk:obligation_person": [
        View("ppp_keeper", "/desk/obligations/ppp_pledges.campaigns/{hall}/{week}/{sworn}")
    ],
    "desk:burden": [View("leader", "/desk/burden"), View("leader", "/desk/burden?period=x")],
    "desk:pressures": [View("leader", "/desk/pressures")],
    "desk:attach": [
        View("leader", "/desk/matters/{handling}/attach"),
        View("leader", "/desk/matters/{handling}/attach", send("form:has(#body)", body="")),
    ],
    "desk:watches": [
        View("leader", "/desk/matters/{directive}/watches"),
        View("leader", "/desk/matters/{directive}/watches", send("form:has(#holder)", holder="")),
        View(
            "leader",
            "/desk/matters/{directive}/watches",
            send("form:has(#holder)", holder="督查室", purpose="跟踪", expires="{today}"),
        ),
    ],
    "desk:watch_text": [
        View("desk", "/desk/watch-texts/{unread}"),
        View("desk", "/desk/watch-texts/{unread}", send("form:has(#words)", words=" ")),
        View("desk", "/desk/watch-texts/{unread}", send("form:has(#words)", words="{known}")),
        View("desk", "/desk/watch-texts/{read}"),
    ],
    "roll:all": [
        View("ppp_keeper", "/desk/matters/{rolled}"),
        View("ppp_keeper", "/desk/matters/{rolled}/roll"),
        View("ppp_keeper", "/desk/matters/{rolled}/roll?state=done"),
    ],
    "each:all": [
        View("ppp_chief", "/desk/matters/{each}"),
        View("ppp_chief", "/desk/matters/{each}/each"),
        View("ppp_chief", "/desk/matters/{each}/each?list=done"),
    ],
    "desk:document": [View("leader", "/desk/matters/{directive}/document")],
    "desk:window": [
        View("desk", "/desk/window"),
        View("desk", "/desk/window", send("form:has(#service)", button="[value=accept]")),
    ],
    "portal:services": [View("", "/services"), View("", "/services?q=zzz")],
    "studio:services": [
        View("admin", "/studio/services"),
        View("admin", "/studio/services", send("form:has(#code)", code="x")),
    ],
    "studio:services_import": [View("admin", "/studio/services/import")],
    "studio:workbook": [
        View("admin", "/studio/workbook"),
        View("admin", "/studio/workbook", directory),
    ],
    "studio:programmes": [
        View("admin", "/studio/programmes"),
        View("admin", "/studio/programmes", send("#new", **{"org-text": "受理中心"})),
    ],
    "studio:programme": [
        View("admin", "/studio/programmes/public_voice"),
        View("admin", "/studio/programmes/supervision"),
    ],
    "studio:local": [
        View("admin", "/studio/programmes/public_voice/local"),
        View(
            "admin",
            "/studio/programmes/public_voice/local",
            send("form:has(#set-value)", value="x", clause="y"),
        ),
    ],
    "studio:switches": [View("admin", "/studio/switches")],
    "desk:common": [View("desk", "/desk/common"), View("stranger", "/desk/common")],
    "desk:figures": [View("leader", "/desk/figures")],
    "desk:figure": [View("leader", "/desk/figures/public_voice/received")],
    "desk:figure_matters": [View("leader", "/desk/figures/public_voice/received/matters")],
    "studio:calendar": [
        View("admin", "/studio/calendar"),
        View("keeper", "/studio/calendar"),
        View("keeper", "/studio/calendar", send("form:has(#text)", text=NOTICE)),
        View("keeper", "/studio/calendar", send("form:has(#text)", text="值班")),
    ],
    "studio:security": [
        View("admin", "/studio/security"),
        View("admin", "/studio/security?kind=login&name=desk"),
        View("desk", "/studio/security"),
    ],
    "studio:site": [
        View("admin", "/studio/site"),
        View("keeper", "/studio/site"),
        View("keeper", "/studio/site", send("form:has(#site-name)", name=" ")),
    ],
    "studio:upkeep": [
        View("admin", "/studio/upkeep"),
        View("admin", "/studio/upkeep", send("form:has(#url)", url="nonsense", types="")),
    ],
}
ELSEWHERE = [View("desk", "/nothing-here"), View("", "/nothing-here")]


def test_every_page_has_its_row():
    assert names() == set(PAGES) | NO_PAGE


@pytest.fixture
def scene(made) -> Scene:
    """All of it, sealed."""
    audit.seal(at=now(), until=now() + timedelta(days=1))
    return made


@pytest.fixture(autouse=True)
def declared(settings):
    """Two providers that nobody reaches: their buttons, and what is said where one is silent."""
    settings.PROVIDERS = {
        "wecom": Provider(key="wecom", kind="wecom", client="c", secret="s", agent="1"),
        "portal": Provider(
            key="portal", kind="oidc", client="c", secret="s", name=LONG[:30], address=NOWHERE
        ),
    }


@pytest.fixture
def made(today) -> Scene:
    """A house with something on every page: the ids and codes that the table's paths name."""
    past = city.House(at=now() - timedelta(days=40))
    for programme in ("ppp_pledges", "qqq_evenings", "rrr_riddles"):
        aliens.land_one(programme)
    late = past.dispatched(past.open("河道边的护栏倒了两处，孩子常在那里玩。"))
    answered, handling = today.answered(), today.handling(today.open("健身器材松动，很危险。"))
    waiting = today.handling(today.open("公园的灯不亮。"))
    today.act(waiting, "ask_more", "handler", missing="公园名称")
    accepted = today.open("公交站牌倒了，请扶正。")
    today.act(accepted, "accept", "desk")
    contact = vault.Person("来信人", "13900000001", "a@example.org")
    long = today.handling(
        today.open(LONG * 3, contact=contact, fields={"place": LONG[:110]}, files=[photo()])
    )
    today.act(long, "request_extension", "handler", reason=LONG)
    today.act(late, "supervise", "supervisor", words=LONG, days=3)
    matters.note(long.matter.pk, LONG, actor=today.actor("handler"), at=today.at)
    workbench.add_phrase(
        today.org("city"), "收到", "来信收悉。", at=today.at, actor=today.actor("admin")
    )
    workbench.save_filter(today.person("desk").pk, "投诉", "tab=all&category=complaint")
    for ago in (3, 0):
        matters.sweep(now() - timedelta(days=ago))
    closed = today.closed(today.open("夜市噪声扰民。"))
    drafts = [publication(today, body) for body in ("红绿灯又坏了。", "井盖缺失。", "树枝挡灯。")]
    publisher = today.actor("publisher")
    for row in drafts[1:]:
        publicity.publish(row.pk, version=row.version, actor=publisher, at=today.at)
    publicity.withdraw(drafts[2].pk, "内容有误", actor=publisher, at=today.at)
    for name, types in (("https://example.org/hook", ["public_voice.open"]),):
        notify.add_webhook(name, types, at=today.at, actor=SYSTEM)
    access.issue_token(
        today.person("desk").pk,
        "试点",
        ["matters:read"],
        expires=today.day + timedelta(days=30),
        at=today.at,
        actor="system",
    )
    notices = []
    for _ in range(2):
        opening = matters.Opening(
            "public_notice", "notice", today.org("center"), LONG, fields={"category": "list"}
        )
        drawn = matters.open_matter(opening, actor=today.actor("desk"), at=today.at).matter
        notices.append(today.act(drawn, "put_up", "publisher"))
    publicity.object_to(notices[0].pk, LONG, vault.Person(), at=today.at)
    today.act(notices[1], "withdraw", "leader", reason=LONG)
    insight.export(insight.store())
    month = Period.of(Grain.MONTH, today.day).before()
    drawn_up = [
        bulletins.draft(
            "public_voice",
            "monthly",
            today.org("center"),
            month,
            actor=today.actor("desk"),
            at=today.at,
        )
        for _ in range(3)
    ]
    leader = today.actor("leader")
    (directive,) = matters.open_children(late.matter)
    for row in drawn_up[1:]:
        bulletins.issue(row.pk, version=row.version, actor=leader, at=today.at)
    bulletins.withdraw(drawn_up[2].pk, "口径有误", actor=leader, at=today.at)
    booked = appointment(today)
    outing(today)
    access.give(
        today.person("stranger").pk,
        "handler",
        today.org("streets").pk,
        start=city.SINCE,
        at=today.at,
        actor="system",
    )
    absences.say_away(
        today.person("other_handler").pk,
        today.person("stranger").pk,
        today.day,
        today.day + timedelta(days=3),
        actor=today.actor("leader"),
        at=today.at,
    )
    monthly = ("public_voice", "monthly", today.org("city"))
    content = bulletins.starting_layout(leader, *monthly, today.at)
    layout = bulletins.upload_layout(*monthly, "市局红头", content, actor=leader, at=today.at)
    fresh = today.open("建议增设自行车停放点。", category="suggestion")
    publicity.subscriptions.ask("a@example.org", "week", "zh-Hans", at=today.at)
    asked_for = Task.objects.get(name=publicity.subscriptions.ASKED).payload["token"]
    subscribed = publicity.subscriptions.confirm(asked_for, at=today.at)
    held = {
        "answered": answered,
        "handling": handling,
        "waiting": waiting,
        "accepted": accepted,
        "long": long,
        "late": late,
        "closed": closed,
        "fresh": fresh,
        "booked": booked,
    }
    unaccounted = governing.add_person(
        "买买提吐尔逊" * 10, place=today.org("center"), code="0042", at=today.at, actor=SYSTEM
    )
    return {
        "body": city.BODY,
        "factored": factored(today),
        "draft": str(drafts[0].pk),
        "wall": cockpit.wall(leader, today.org("city")),
        "bulletin": str(drawn_up[0].pk),
        "layout": str(layout.pk),
        "notice": str(notices[0].pk),
        "notice_back": str(notices[1].pk),
        "issued": str(drawn_up[1].pk),
        "taken_back": str(drawn_up[2].pk),
        "shown": str(drafts[1].pk),
        "gone": str(drafts[2].pk),
        "published": drafts[1].subject.partition(":")[2],
        "rolled": str(aliens.pledging(today)["drive"].pk),
        "each": str(aliens.pledging(today)["campaign"].pk),
        "directive": str(directive.pk),
        **followed(today, directive),
        "asked": asked_for,
        "subscribed": publicity.subscriptions.reader(subscribed.pk)[2],
        "week": Period.of(Grain.WEEK, today.day).text,
        "month": Period.of(Grain.MONTH, today.day).text,
        "lodge": str(orgs.find_orgs("甲甲分会")[0].pk),
        "sworn": str(today.person("ppp_keeper").pk),
        "entry": str(handed_on(today).pk),
        "membership": str(belonging(today)),
        "planned": str(planned(today)),
        "evening": str(aliens.singing(today).pk),
        "riddles": str(aliens.riddling(today).pk),
        "guesser": str(today.person("rrr_sage").pk),
        "box": str(aliens.boxed(today).pk),
        "paired": str(paired(today)),
        **rounds_of(today),
        "today": today.day.isoformat(),
        "hall": str(today.org("center").pk),
        "service": str(today.service("plate").pk),
        "org": str(today.org("center").pk),
        "empty_org": str(today.org("vehicles_one").pk),
        "person": str(today.person("desk").pk),
        "unaccounted": str(unaccounted.pk),
        "invitation": governing.invite(unaccounted.pk, at=today.at, actor=SYSTEM)[1],
        **{name: str(opened.matter.pk) for name, opened in held.items()},
        **{f"{name}_code": opened.code for name, opened in held.items()},
    }


def factored(today):
    """The user name of somebody whose log-in asks for a second step."""
    who, secret, step = today.actor("publisher"), factors.new_secret(), int(today.at.timestamp())
    shown = totp.format_hotp_value(totp.hotp_value(secret, step // 30))
    factors.add_app(who, secret, shown, today.at)
    factors.new_codes(who, today.at)
    return today.person("publisher").username


def planned(today):
    """A project five weeks under way: a step moved and overdue, weeks in time, late and missing."""
    start = today.at - timedelta(days=35)
    for name, role, org in (
        ("handler2", "centre_office", "center"),
        ("handler2", "centre_head", "center"),
        ("handler2", "proposer", "center"),
        ("handler", "tackler", "vehicles"),
    ):
        place, person = today.org(org).pk, today.person(name).pk
        access.give(person, role, place, start=city.SINCE, at=today.at, actor="system")

    def act(action, by, days=0, **data):
        at = start + timedelta(days=days)
        matters.act(found.pk, action, actor=today.actor(by), at=at, data=data)

    # Somebody else puts it up than whoever decides on it.
    place, person = today.org("center").pk, today.person("other_handler").pk
    access.give(person, "proposer", place, start=city.SINCE, at=today.at, actor="system")
    fields = {"category": "bottleneck", "theme": "缩短办理时间"}
    opening = matters.Opening("task_force", "tackling", today.org("center"), LONG, fields=fields)
    found = matters.open_matter(opening, actor=today.actor("other_handler"), at=start).matter
    who = today.person("handler").pk
    act("single_out", "handler2")
    act("set_up", "handler2", unit=today.org("vehicles").pk, person=who)
    day = (start + timedelta(days=10)).date()
    act("lay_out", "handler", steps=[{"title": LONG[:100], "by": f"{day}", "person": who}])
    duties = ("as_project", "as_duty", "as_rule", "aim", "ways_and_means", "how_assessed")
    act("fill_in", "handler", **dict.fromkeys((*duties, "how_rewarded"), LONG))
    act("set_off", "handler")
    moved = f"{day + timedelta(days=3)}"
    act("lay_out", "handler", 9, steps=[{"line": 1, "title": LONG[:100], "by": moved}])
    names = ("team_and_theme", "moves_made", "effect_seen", "overall_view")
    for days, week in ((1, 1), (20, 3), (21, 3)):
        meant = f"{(start + timedelta(days=week)).date()}"
        act("write_up", "handler", days, day_in_it=meant, **dict.fromkeys(names, LONG))
    said = {"day_in_it": f"{start.date()}", "judgement": LONG}
    act("judge_journal", "handler2", 22, **said)
    return found.pk


def paired(today):
    """A round with a pair put together against a rule, one suggested, and somebody alone."""
    for role in ("org_office", "secretary"):
        place, person = today.org("center").pk, today.person("handler2").pk
        access.give(person, role, place, start=city.SINCE, at=today.at, actor="system")
    names = [LONG[:60], "于见山", "申屠望", "欧阳向晚", "木子"]
    told = {"start": today.day, "at": today.at, "actor": SYSTEM}
    party, org = "party_members.party", today.org("center")
    some = [people.admit(name, org, party, "full", **told).person_id for name in names]
    office = today.actor("handler2")
    for n, pk in enumerate(some[:4]):
        said = {
            "can": [("computing", "writing")[n % 2]],
            "needs": [("writing", "computing")[n % 2]],
        }
        cards.say(f"p{pk}", "pairing", said, actor=office, at=today.at)
    fields = {"year": f"{today.day.year}", "only_across": False}
    opening = matters.Opening("pairing", "training_round", org, LONG, fields=fields)
    found = matters.open_matter(opening, actor=office, at=today.at).matter
    joined = {"this_one": some[0], "that_one": some[2], "why": LONG}
    for action, data in (("take_list", {}), ("put_together", joined), ("propose", {})):
        matters.act(found.pk, action, actor=office, at=today.at, data=data)
    return found.pk


def rounds_of(today):
    """A round that takes nominations, and one that is voted on, of people with long reasons."""
    place = today.org("city")
    for role in ("org_office", "juror"):
        who = today.person("handler2").pk
        access.give(who, role, place.pk, start=city.SINCE, at=today.at, actor="system")
    office, told = today.actor("handler2"), {}
    for name in ("open_round", "round"):
        fields = {"category": "model_volunteer", "sort_of_round": "special"}
        opening = matters.Opening(
            "honours", "selection", place, LONG, subject=LONG[:80], fields=fields
        )
        found = matters.open_matter(opening, actor=office, at=today.at).matter
        matters.act(found.pk, "call", actor=office, at=today.at)
        for one in ("handler", "desk"):
            nominating.nominate(found.pk, today.person(one).pk, LONG, actor=office, at=today.at)
        told[name] = str(found.pk)
    for action in ("accept_all", "put_to_vote"):
        matters.act(int(told["round"]), action, actor=office, at=today.at)
    return told


def belonging(today):
    """Somebody on the list of members, exempt for a while."""
    row = people.begin(
        today.person("desk").pk,
        today.org("center"),
        "party_members.party",
        "full",
        start=today.day,
        at=today.at,
        actor=SYSTEM,
    )
    people.exempt(row.pk, "away", start=today.day, note="驻村", at=today.at, actor=SYSTEM)
    return row.pk


def followed(house, directive):
    """By somebody outside whose texts were read, and by one whose texts wait."""
    leader = house.actor("leader")
    asked = {
        "holder": LONG,
        "purpose": LONG,
        "expires": (house.day + timedelta(days=2)).isoformat(),
    }
    house.act(directive, "report_progress", "handler", progress=KNOWN + LONG)
    _, code = watches.watch(directive.pk, asked, actor=leader, at=house.at)
    read = watches.texts_of(directive.pk, actor=leader)
    for one in read:
        watches.release_text(one.row.pk, LONG, version=1, actor=leader, at=house.at)
    printed = papers.issue(directive.pk, "order", actor=leader, at=house.at)
    _, unread = watches.watch(directive.pk, asked, actor=leader, at=house.at)
    waiting = watches.waiting_texts(leader, at=house.at)
    return {
        "known": house.person("handler").name,
        "paper_code": papers.sheet_of(printed).code,
        "watch_code": code,
        "unread_code": unread,
        "read": str(read[-1].row.pk),
        "unread": str(waiting[-1][0].pk),
    }


def appointment(house):
    """Somebody's half hour at a hall that takes one person every half hour of every day."""
    plan = Plan("", tuple(range(7)), ((time(0), time(23, 59)),), 1, after_hours=True)
    hall = house.org("center")
    halls.set_timetable(hall, plan, start=city.SINCE, at=house.at, actor="system")
    slot = next(o.written for o in halls.free(hall, house.at, days=14) if o.day > house.day)
    opening = matters.Opening(
        "service_window",
        "appointment",
        hall,
        "预约办理。",
        fields={"service": house.service("plate").pk, "channel": "web", "slot": slot},
    )
    return matters.open_matter(opening, actor=house.actor("sender"), at=house.at)


def outing(house):
    """An outing of the mobile unit today."""
    given = halls.Outing(
        "人民广场", house.day, time(9), time(12), [house.service("plate").pk], "请带身份证。"
    )
    return halls.plan(house.org("center"), given, at=house.at, actor="system")


def photo():
    image = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(image, "PNG")
    return files.accept("路口.png", image.getvalue())


def publication(house, body):
    opened = house.answered(house.open(body), "经查，已经修复。")
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    return row


def _covered(page: Page, view: View) -> list[str]:
    covered = page.evaluate(COVERED)
    return [f"{view.path} phone: covered {covered}"] if covered else []


def _fits(page: Page, view: View, shown: str, looks: Looks | None) -> list[str]:
    found = looks.judge(page) if looks is not None else too_wide(page)
    return [f"{view.path} {shown} {fault}" for fault in found]


def _views(language: str, *, further: bool) -> list[View]:
    """Of each page the first look and, of the two through which everybody comes, what becomes of them by what is done
    there; or (`further`) all else: what other forms say, what else is seen there, by others or of another object. In
    English each page as it opens."""
    if language != LANGUAGES[0]:
        return [views[0] for views in PAGES.values()]
    usual = [
        view
        for name, views in PAGES.items()
        for view in views
        if view is views[0] or (view.do is not None and name in ("portal:ask", "portal:follow"))
    ]
    if further:
        return [view for views in PAGES.values() for view in views if view not in usual]
    return usual


@pytest.mark.long
@pytest.mark.parametrize(
    "asked",
    [
        (LANGUAGES[0], False),
        pytest.param((LANGUAGES[0], True), marks=pytest.mark.again),
        pytest.param((LANGUAGES[1], False), marks=pytest.mark.again),
    ],
    ids=["zh-CN", "zh-CN-further", "en"],
)
def test_no_page_has_a_barrier(visit, log_in, looks, scene, asked):
    """All that is wrong is told at once; each view is loaded once and looked at in both widths. In English
    other words break the lines elsewhere; axe, which reads the same page under other words, sees the
    phone in Chinese and the wide screen in English."""
    language, further = asked
    faults: list[str] = []
    open_pages: dict[str, Page] = {}
    widths: dict[str, str] = {}
    looked_at = "phone" if language == LANGUAGES[0] else "desktop"
    for view in [*_views(language, further=further), *ELSEWHERE]:
        page = open_pages.get(view.who)
        if page is None:
            page = open_pages[view.who] = visit("/", language=language)
            page.set_viewport_size(WIDTHS["phone"])
            log_in(page, view.who)
        shown = widths.setdefault(view.who, "phone")
        page.goto(view.path.format_map(scene))
        if view.do is not None:
            view.do(page, scene)
        if shown == "phone":
            faults += _covered(page, view)
        page.evaluate(OPEN)
        faults += [f"{view.path} {key}" for key in RAW_KEY.findall(page.evaluate(TEXT))]
        faults += _fits(page, view, shown, looks if shown == looked_at else None)
        # As the next one begins: a page is given another width once.
        shown = widths[view.who] = "desktop" if shown == "phone" else "phone"
        page.set_viewport_size(WIDTHS[shown])
        faults += _fits(page, view, shown, looks if shown == looked_at else None)
        if shown == "phone":
            page.evaluate(CLOSE)
            faults += _covered(page, view)
    assert not faults, "\n".join(faults)
