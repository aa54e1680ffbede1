"""Every page of the house × every role. A new address without its row fails."""

from datetime import timedelta

import pytest
from addresses import names
from sealing import handed_on
from testing_settings import PROVING

from bihuan.insight import api as insight
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.watches import api as watches
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules import periods
from bihuan.web.headers import CODES, SECRET

pytestmark = pytest.mark.django_db

STAFF = (
    "desk",
    "handler",
    "other_handler",
    "leader",
    "supervisor",
    "publisher",
    "admin",
    "stranger",
    "outsider",
)
EVERYBODY = dict.fromkeys(STAFF, 200)
ADMIN_ONLY = dict.fromkeys(STAFF, 403) | {"admin": 200}
# Who sees the one matter (received at 受理中心, in the hands of 车辆管理所).
SEERS = ("desk", "handler", "leader", "supervisor", "publisher")
MATTER = dict.fromkeys(STAFF, 404) | dict.fromkeys(SEERS, 200)
COUNTS = EVERYBODY | {"admin": 403, "stranger": 403}
# Who drafts or issues bulletins of 受理中心.
PAPER = dict.fromkeys(STAFF, 404) | dict.fromkeys(
    ("desk", "leader", "supervisor", "publisher"), 200
)
# Who issues them, and so keeps their layouts.
ISSUES = dict.fromkeys(STAFF, 404) | dict.fromkeys(("leader", "supervisor"), 200)
LEADS = dict.fromkeys(STAFF, 403) | dict.fromkeys(("leader", "supervisor", "outsider"), 200)
OVER_DESK = ("desk", "publisher", "leader", "supervisor", "admin")
POST_ONLY = dict.fromkeys(STAFF, 405)
# name: (status for nobody, status by role); nobody is sent to the log-in by 302.
PAGES = {
    "portal:home": (200, EVERYBODY),
    "portal:promise": (200, EVERYBODY),
    "portal:privacy": (200, EVERYBODY),
    "portal:services": (200, EVERYBODY),
    "portal:service": (200, EVERYBODY),
    "portal:apply": (200, EVERYBODY),
    "portal:book": (200, EVERYBODY),
    "portal:hall": (200, EVERYBODY),
    "portal:screen": (200, EVERYBODY),
    "portal:ask": (200, EVERYBODY),
    "portal:receiving": (200, EVERYBODY),
    "portal:alike": (405, POST_ONLY),
    "portal:challenge": (200, EVERYBODY),
    "portal:follow": (200, EVERYBODY),
    "portal:act": (405, POST_ONLY),
    "portal:file": (404, dict.fromkeys(STAFF, 404)),
    "portal:published": (200, EVERYBODY),
    "portal:seals": (200, EVERYBODY),
    "portal:seals_feed": (200, EVERYBODY),
    "portal:seals_consistency": (404, dict.fromkeys(STAFF, 404)),
    "portal:seal": (404, dict.fromkeys(STAFF, 404)),
    "portal:log_proof": (405, POST_ONLY),
    "portal:paper": (200, EVERYBODY),
    "portal:watch": (200, EVERYBODY),
    "portal:watch_say": (405, POST_ONLY),
    "portal:publication": (404, dict.fromkeys(STAFF, 404)),
    "portal:bulletins": (200, EVERYBODY),
    "portal:bulletin": (404, dict.fromkeys(STAFF, 404)),
    "portal:bulletin_file": (404, dict.fromkeys(STAFF, 404)),
    "portal:feed": (200, EVERYBODY),
    "portal:roundups": (302, dict.fromkeys(STAFF, 302)),
    "portal:roundup": (200, EVERYBODY),
    "portal:subscribe": (405, POST_ONLY),
    "portal:subscribe_confirm": (404, dict.fromkeys(STAFF, 404)),
    "portal:unsubscribe": (404, dict.fromkeys(STAFF, 404)),
    "portal:kept": (200, EVERYBODY),
    "portal:honours": (200, EVERYBODY),
    "portal:notices": (200, EVERYBODY),
    "portal:notice": (404, dict.fromkeys(STAFF, 404)),
    "portal:notices_calendar": (200, EVERYBODY),
    "portal:visits_calendar": (200, EVERYBODY),
    "portal:queue_calendar": (404, dict.fromkeys(STAFF, 404)),
    "desk:login": (200, EVERYBODY),
    "desk:second": (302, dict.fromkeys(STAFF, 302)),
    "desk:passkey": (405, POST_ONLY),
    "desk:factors": (302, EVERYBODY),
    "desk:factor_app": (302, POST_ONLY),
    "desk:factor_passkey": (302, POST_ONLY),
    "desk:factor_codes": (302, POST_ONLY),
    "desk:factor_off": (302, POST_ONLY),
    "desk:invited": (200, EVERYBODY),
    "desk:forgotten": (200, EVERYBODY),
    # Of this house no provider is declared; what one does is asked in test_providers.py.
    "desk:by": (404, dict.fromkeys(STAFF, 404)),
    "desk:by_back": (404, dict.fromkeys(STAFF, 404)),
    "desk:logout": (405, POST_ONLY),
    "desk:me": (302, EVERYBODY),
    "desk:tokens": (302, EVERYBODY),
    "desk:own_data": (302, POST_ONLY),
    "desk:inbox": (302, EVERYBODY),
    "desk:bell": (302, EVERYBODY),
    "desk:home": (302, dict.fromkeys(STAFF, 302)),
    "desk:today": (302, EVERYBODY),
    "desk:find": (302, EVERYBODY),
    "desk:queue": (302, EVERYBODY),
    "desk:catalogue": (302, EVERYBODY),
    "desk:export": (302, EVERYBODY),
    "desk:bulk": (302, POST_ONLY),
    "desk:filters": (302, POST_ONLY),
    "desk:register": (302, EVERYBODY),
    "desk:openings": (302, EVERYBODY),
    "desk:open": (
        302,
        dict.fromkeys(STAFF, 404) | {"leader": 200, "supervisor": 200, "outsider": 200},
    ),
    "desk:open_choose": (302, EVERYBODY),
    # Of no shipped programme anything is owed by period: `tests/web/test_obligation_pages.py` has one.
    # A leader has a part in organisational life.
    "desk:obligations": (
        302,
        dict.fromkeys(STAFF, 403) | dict.fromkeys(("leader", "outsider"), 200),
    ),
    "desk:obligation": (302, dict.fromkeys(STAFF, 404)),
    "desk:obligation_below": (302, dict.fromkeys(STAFF, 404)),
    "desk:obligation_export": (302, dict.fromkeys(STAFF, 404)),
    "desk:obligation_cell": (302, dict.fromkeys(STAFF, 404)),
    "desk:obligation_person": (302, dict.fromkeys(STAFF, 404)),
    "desk:burden": (302, LEADS | {"admin": 200}),
    "desk:pressures": (
        302,
        dict.fromkeys(STAFF, 403) | dict.fromkeys(("leader", "supervisor", "outsider"), 200),
    ),
    "desk:attach": (
        302,
        dict.fromkeys(STAFF, 404)
        | dict.fromkeys(SEERS, 403)
        | dict.fromkeys(("leader", "supervisor"), 200),
    ),
    "desk:document": (302, dict.fromkeys(STAFF, 404)),
    "desk:watches": (
        302,
        dict.fromkeys(STAFF, 404) | dict.fromkeys(SEERS, 403),
    ),
    "desk:issue_paper": (302, POST_ONLY),
    "desk:withdraw_paper": (302, POST_ONLY),
    "desk:paper_file": (302, MATTER),
    "desk:papers_together": (302, MATTER),
    "desk:watch_text": (302, PAPER),
    "desk:window": (302, dict.fromkeys(STAFF, 403) | {"desk": 200, "outsider": 200}),
    "portal:visits": (200, EVERYBODY),
    "portal:terminal": (200, EVERYBODY),
    "portal:interface": (200, EVERYBODY),
    "desk:visits": (302, dict.fromkeys(STAFF, 403) | {"desk": 200, "outsider": 200}),
    # Whoever lost the right to enter still settles what they entered.
    "desk:mobile": (302, EVERYBODY),
    "desk:mobile_outings": (302, EVERYBODY),
    "desk:mobile_worker": (200, EVERYBODY),
    "desk:mobile_sync": (302, POST_ONLY),
    "desk:mobile_hand_on": (302, POST_ONLY),
    "desk:mobile_give_up": (302, POST_ONLY),
    "desk:entries": (302, EVERYBODY),
    "desk:entry": (302, dict.fromkeys(STAFF, 404) | {"desk": 200, "leader": 200}),
    "desk:members": (302, EVERYBODY),
    "desk:members_export": (
        302,
        dict.fromkeys(STAFF, 403) | dict.fromkeys(("leader", "outsider", "admin"), 200),
    ),
    "desk:members_choose": (302, EVERYBODY),
    "desk:members_import": (302, ADMIN_ONLY),
    "desk:member": (302, dict.fromkeys(STAFF, 404)),
    "gathering:index": (302, EVERYBODY),
    "gathering:attendance": (302, EVERYBODY),
    "gathering:export": (302, EVERYBODY),
    "gathering:choose": (302, EVERYBODY),
    "gathering:screen": (302, dict.fromkeys(STAFF, 404)),
    "gathering:sign": (302, dict.fromkeys(STAFF, 404)),
    "gatherings:calendar": (404, dict.fromkeys(STAFF, 404)),
    **dict.fromkeys(
        ("quiz:answer", "quiz:people", "quiz:sheet", "quiz:person", "quiz:bring"),
        (302, dict.fromkeys(STAFF, 404)),
    ),
    "pair:index": (302, EVERYBODY),
    "pair:card": (302, dict.fromkeys(STAFF, 404)),
    "pair:all": (302, dict.fromkeys(STAFF, 404)),
    "pair:sheet": (302, dict.fromkeys(STAFF, 404)),
    "plan:index": (302, EVERYBODY),
    "plan:export": (302, EVERYBODY),
    "plan:choose": (302, EVERYBODY),
    "plan:book": (302, dict.fromkeys(STAFF, 404)),
    "plan:read": (302, dict.fromkeys(STAFF, 404)),
    "round:index": (302, EVERYBODY),
    "round:nominate": (302, dict.fromkeys(STAFF, 404)),
    "round:choose": (302, dict.fromkeys(STAFF, 404)),
    "round:ballot": (302, dict.fromkeys(STAFF, 404)),
    "wall:wall": (200, EVERYBODY),
    "desk:away": (302, EVERYBODY),
    "desk:away_choose": (302, EVERYBODY),
    "desk:places": (302, dict.fromkeys(STAFF, 403) | {"desk": 200, "outsider": 200}),
    "desk:common": (302, EVERYBODY),
    "desk:import": (302, dict.fromkeys(STAFF, 403) | {"desk": 200, "outsider": 200}),
    "desk:matter": (302, MATTER),
    "desk:act": (302, POST_ONLY),
    "desk:draft": (302, POST_ONLY),
    "desk:note": (302, POST_ONLY),
    "desk:recuse": (302, POST_ONLY),
    "desk:name": (302, POST_ONLY),
    "desk:drop_name": (302, POST_ONLY),
    "desk:contact": (302, POST_ONLY),
    "desk:code": (302, POST_ONLY),
    "desk:send_code": (302, POST_ONLY),
    "desk:choose": (302, MATTER),
    "desk:slip": (302, MATTER),
    "desk:dates": (302, MATTER),
    "desk:file": (302, dict.fromkeys(STAFF, 404)),
    "desk:mine": (302, EVERYBODY),
    # Somebody at 受理中心, and the whole city: themselves, and who has a role over them.
    "desk:person": (302, dict.fromkeys(STAFF, 404) | dict.fromkeys(OVER_DESK, 200)),
    "desk:org": (302, EVERYBODY | {"stranger": 404, "outsider": 404}),
    "member:today": (302, EVERYBODY),
    "member:join": (302, EVERYBODY),
    "member:mine": (302, EVERYBODY),
    "member:say": (302, EVERYBODY),
    "member:branch": (302, EVERYBODY),
    "member:open": (
        302,
        dict.fromkeys(STAFF, 404) | {"leader": 200, "supervisor": 200, "outsider": 200},
    ),
    # What stays on a phone names nobody.
    "member:worker": (200, EVERYBODY),
    "member:manifest": (200, EVERYBODY),
    "member:icon": (200, EVERYBODY),
    "member:offline": (200, EVERYBODY),
    # Of kinds that have one; the one matter has none.
    "roll:all": (302, dict.fromkeys(STAFF, 404)),
    "roll:sheet": (302, dict.fromkeys(STAFF, 404)),
    "each:all": (302, dict.fromkeys(STAFF, 404)),
    "each:sheet": (302, dict.fromkeys(STAFF, 404)),
    "desk:notices": (302, EVERYBODY),
    "desk:publications": (302, EVERYBODY),
    "desk:publication": (
        302,
        dict.fromkeys(STAFF, 404)
        | dict.fromkeys(("desk", "leader", "supervisor", "publisher"), 200),
    ),
    "desk:bulletins": (302, EVERYBODY),
    "desk:bulletin": (302, PAPER),
    "desk:bulletin_file": (302, dict.fromkeys(STAFF, 404)),
    "desk:layouts": (302, EVERYBODY),
    "desk:layout_start": (302, dict.fromkeys(STAFF, 404)),
    "desk:layout": (302, ISSUES),
    "desk:layout_file": (302, ISSUES),
    "desk:layout_preview": (302, ISSUES),
    "desk:cockpit": (302, LEADS),
    "screen": (404, dict.fromkeys(STAFF, 404)),
    "desk:figures": (302, COUNTS),
    "desk:figure": (302, COUNTS),
    "desk:figure_matters": (302, COUNTS),
    "studio:home": (302, ADMIN_ONLY),
    "studio:orgs": (302, ADMIN_ONLY),
    "studio:org": (302, ADMIN_ONLY),
    "studio:merge": (302, ADMIN_ONLY),
    "studio:org_types": (302, ADMIN_ONLY),
    "studio:choose": (302, ADMIN_ONLY),
    "studio:workbook": (302, ADMIN_ONLY),
    "studio:workbook_out": (302, ADMIN_ONLY),
    "studio:first_passwords": (302, ADMIN_ONLY | {"admin": 405}),
    "studio:people": (302, ADMIN_ONLY),
    "studio:person": (302, ADMIN_ONLY),
    "studio:invite": (302, ADMIN_ONLY),
    "studio:programmes": (302, ADMIN_ONLY),
    "studio:programme": (302, ADMIN_ONLY),
    "studio:local": (302, ADMIN_ONLY),
    "studio:services": (302, ADMIN_ONLY),
    "studio:services_import": (302, ADMIN_ONLY),
    "studio:switches": (302, ADMIN_ONLY),
    "studio:calendar": (302, ADMIN_ONLY),
    "studio:security": (302, ADMIN_ONLY),
    "studio:site": (302, ADMIN_ONLY),
    "studio:upkeep": (302, ADMIN_ONLY),
    # For whoever makes pages, in debug.
    "studio:parts": (302, ADMIN_ONLY | {"admin": 404}),
    "language": (405, POST_ONLY),
    "look": (405, POST_ONLY),
    "emblem": (404, dict.fromkeys(STAFF, 404)),
    # Open as long as nobody administers: `tests/cli/test_first_run.py`.
    "setup": (302, dict.fromkeys(STAFF, 302)),
    "healthz": (200, EVERYBODY),
    "readyz": (200, EVERYBODY),
    # For whoever brings a token: `tests/web/test_metrics.py`.
    "metrics": (404, dict.fromkeys(STAFF, 404)),
    "openapi": (200, EVERYBODY),
    "index": (200, EVERYBODY),
    "operations": (200, EVERYBODY),
}
# What a stranger's POST to each writing address gets; the matter is not theirs.
POSTS = {
    "desk:act": 404,
    "desk:draft": 404,
    "desk:note": 404,
    "desk:recuse": 404,
    "desk:name": 404,
    "desk:drop_name": 404,
    "desk:contact": 404,
    "desk:code": 404,
    "desk:send_code": 404,
    "desk:issue_paper": 404,
    "desk:withdraw_paper": 404,
    "portal:paper": 404,
    "desk:watches": 404,
    "desk:watch_text": 404,
    "desk:publication": 404,
    "desk:bulletins": 404,
    "desk:bulletin": 404,
    "desk:layouts": 404,
    "desk:layout": 404,
    "studio:orgs": 403,
    "studio:org": 403,
    "studio:merge": 403,
    "studio:org_types": 403,
    "studio:person": 403,
    "studio:invite": 403,
    "studio:home": 403,
    "studio:workbook": 403,
    "studio:workbook_out": 403,
    "studio:first_passwords": 403,
    "studio:people": 403,
    "studio:programmes": 403,
    "studio:programme": 403,
    "studio:local": 403,
    "studio:services": 403,
    "studio:services_import": 403,
    "studio:switches": 403,
    "studio:calendar": 403,
    "studio:site": 403,
    "studio:upkeep": 403,
    "desk:import": 403,
    "desk:window": 403,
    "desk:places": 403,
    "desk:away": 422,
    "desk:members": 422,
    "desk:members_import": 403,
    "desk:member": 404,
    "pair:card": 404,
    "pair:all": 404,
    "desk:visits": 403,
    "desk:mobile_sync": 400,
    "desk:mobile_hand_on": 400,
    "desk:mobile_give_up": 400,
    "desk:entry": 404,
    "desk:attach": 404,
    "desk:common": 409,
    "desk:notices": 403,
    "desk:register": 403,
    "desk:open": 404,
    "member:open": 404,
}


def watch_text(house, opened):
    """A text for somebody outside who follows a directive under a message in hand."""
    house.act(opened, "supervise", "supervisor", words="速办", days=5)
    (child,) = matters.open_children(opened.matter)
    house.act(child, "report_progress", "handler", progress="独有的一句：灯已买好。")
    last = (house.day + timedelta(days=9)).isoformat()
    asked = {"holder": "督查室", "purpose": "跟踪", "expires": last}
    watches.watch(child.pk, asked, actor=house.actor("leader"), at=house.at)
    return watches.texts_of(child.pk, actor=house.actor("leader"))[-1].row.pk


def paper(house, opened):
    """A paper of the directive under a message."""
    (child,) = matters.open_children(opened.matter)
    return papers.issue(child.pk, "order", actor=house.actor("leader"), at=house.at).pk


@pytest.fixture
def scene(house):
    ordered = house.handling()
    text = watch_text(house, ordered)
    printed = paper(house, ordered)
    opened = house.answered()
    house.act(opened, "publish", "desk")
    from bihuan.outcomes.publicity import api as publicity

    insight.export(insight.store())
    draft = publicity.of_subject(opened.matter.stream)[0]
    bulletin = bulletins.draft(
        "public_voice",
        "monthly",
        house.org("center"),
        periods.parse("2026-03"),
        actor=house.actor("desk"),
        at=house.at,
    )
    leader, city = house.actor("leader"), house.org("city")
    monthly = ("public_voice", "monthly", city)
    content = bulletins.starting_layout(leader, *monthly, house.at)
    layout = bulletins.upload_layout(*monthly, "红头", content, actor=leader, at=house.at)
    return {
        "layout": layout.pk,
        "watch_text": text,
        "ordered": ordered.matter.pk,
        "paper": printed,
        "entry": handed_on(house).pk,
        "matter": opened.matter.pk,
        "draft": draft.pk,
        "bulletin": bulletin.pk,
        "org": house.org("city").pk,
        "person": house.person("desk").pk,
        "hall": house.org("center").pk,
        "service": house.service("plate").pk,
    }


def address(name, scene):
    from django.urls import reverse

    args = {
        "emblem": ["forged"],
        "portal:file": ["forged"],
        "desk:by": ["nowhere"],
        "desk:by_back": ["nowhere"],
        "portal:service": [scene["service"]],
        "portal:apply": [scene["service"]],
        "portal:book": [scene["service"]],
        "portal:hall": [scene["hall"]],
        "portal:screen": [scene["hall"]],
        "portal:publication": [scene["draft"]],
        "desk:act": [scene["matter"], "reply"],
        "desk:choose": [scene["matter"], "person"],
        **{
            f"{name}:{what}": [scene["matter"]]
            for name in ("roll", "each", "pair")
            for what in ("all", "sheet")
        },
        "desk:open": ["supervision", "plan"],
        "member:open": ["supervision", "plan"],
        "member:icon": [192, "any"],
        "member:offline": ["en"],
        "desk:open_choose": ["person"],
        **{
            f"desk:obligation{name}": ["none.none", *more]
            for name, more in {
                "": (),
                "_below": (),
                "_export": (),
                "_cell": (scene["org"], "2026-03"),
                "_person": (scene["org"], "2026-03", scene["person"]),
            }.items()
        },
        "desk:members_choose": ["org"],
        "desk:member": [2**31],
        "pair:card": ["pairing", "p2147483648"],
        "gathering:choose": ["org"],
        "gathering:screen": [scene["matter"]],
        "gathering:sign": [scene["matter"]],
        "gatherings:calendar": ["forged"],
        **{
            key: [scene["matter"]]
            for key in ("quiz:answer", "quiz:people", "quiz:sheet", "quiz:bring")
        },
        "quiz:person": [scene["matter"], scene["person"]],
        "plan:choose": ["org"],
        "plan:book": [2**31, "pdf"],
        "plan:read": [2**31],
        "round:nominate": [2**31],
        "round:choose": [2**31, "person"],
        "round:ballot": [2**31],
        "desk:entry": [scene["entry"]],
        "portal:bulletin": [scene["bulletin"]],
        "portal:bulletin_file": [scene["bulletin"], "pdf"],
        "desk:bulletin": [scene["bulletin"]],
        "desk:bulletin_file": [scene["bulletin"], "pdf"],
        "screen": ["forged"],
        "portal:notice": [scene["matter"]],
        "portal:roundup": ["2026-W10"],
        "portal:seal": [1],
        "portal:subscribe_confirm": ["forged"],
        "portal:unsubscribe": ["forged"],
        "portal:queue_calendar": ["forged"],
        "studio:choose": ["org"],
        "desk:draft": [scene["matter"], "reply"],
        "desk:drop_name": [scene["matter"], "named-org-1"],
        "desk:file": [scene["matter"], "none"],
        "desk:publication": [scene["draft"]],
        "desk:issue_paper": [scene["ordered"], "order"],
        "desk:withdraw_paper": [scene["paper"]],
        "desk:paper_file": [scene["paper"], "docx"],
        "desk:papers_together": [scene["ordered"], "order", "docx"],
        "desk:watch_text": [scene["watch_text"]],
        "desk:figure": ["public_voice", "received"],
        "desk:figure_matters": ["public_voice", "received"],
        "studio:org": [scene["org"]],
        "studio:merge": [scene["org"]],
        "studio:person": [scene["person"]],
        "desk:person": [scene["person"]],
        "desk:org": [scene["org"]],
        "studio:invite": [scene["person"]],
        "studio:programme": ["public_voice"],
        "studio:local": ["public_voice"],
    }
    if name.startswith("desk:layout") and name not in ("desk:layouts", "desk:layout_start"):
        return reverse(name, args=[scene["layout"]])
    if name.startswith("desk:") and name.split(":")[1] in (
        "matter",
        "note",
        "recuse",
        "name",
        "contact",
        "code",
        "send_code",
        "slip",
        "attach",
        "document",
        "watches",
        "dates",
    ):
        return reverse(name, args=[scene["matter"]])
    return reverse(name, args=args.get(name, []))


def test_every_address_has_its_row():
    assert names() == set(PAGES)


def strict(answer, name):
    """Whether an answer says to the browser what every page does."""
    policy = dict(
        one.strip().split(" ", 1) for one in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy == STRICT, name
    # A path that is itself the secret, or leads from one, is told to nobody.
    secret = name in SECRET or answer.wsgi_request.path.startswith(CODES)
    expected = HEADERS | ({"Referrer-Policy": "strict-origin"} if secret else {})
    assert {k: answer.headers.get(k) for k in HEADERS} == expected, name
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    if answer.wsgi_request.method == "POST" or name.startswith(("desk:", "studio:")):
        assert "no-store" in answer.headers["Cache-Control"], name
    if secret:
        assert answer.headers["Cache-Control"] == "no-store", name


def test_pages_open_for_those_they_are_for(house, scene):
    """Everybody who may not is refused; of those who may, but for `make prove`, the first is let in. Whatever is
    answered is strict with the browser."""
    wrong, shown = {}, set()
    for role in ("nobody", *STAFF):
        client = house.client(None if role == "nobody" else role)
        for name, (nobody, by_role) in PAGES.items():
            expected = nobody if role == "nobody" else by_role[role]
            if expected == 200 and name in shown and not PROVING:
                continue
            if expected == 200 and role != "nobody":
                shown.add(name)
            answer = client.get(address(name, scene))
            strict(answer, name)
            if answer.status_code != expected:
                wrong[name, role] = (answer.status_code, expected)
    assert wrong == {}


def test_a_strangers_writes_are_refused_and_nothing_changes(house, scene):
    from bihuan.foundation.audit.api import Event

    client = house.client("stranger")
    before = Event.objects.count()
    wrong = {}
    for name, expected in POSTS.items():
        got = client.post(
            address(name, scene), {"reason": "x", "note": "x", "reply": "x", "confirm": "1"}
        ).status_code
        if got != expected:
            wrong[name] = (got, expected)
    assert wrong == {}
    assert Event.objects.count() == before


# What hangs on the one matter: nobody who is kept away from it meets any of it.
HANGS = (
    "desk:matter", "desk:act", "desk:draft", "desk:note", "desk:recuse", "desk:name", "desk:drop_name", "desk:contact",
    "desk:code", "desk:send_code", "desk:choose", "desk:slip", "desk:dates", "desk:file", "roll:all", "roll:sheet", "each:all", "each:sheet", "desk:attach",
    "desk:watches", "desk:document", "desk:publication", "desk:watch_text",
    "desk:issue_paper", "desk:withdraw_paper", "desk:paper_file", "desk:papers_together",
)  # fmt: skip


@pytest.mark.parametrize("why", ["recused", "named", "posted"])
def test_who_is_kept_away_meets_nothing_of_the_matter(house, scene, why):
    from bihuan.foundation.orgs import api as orgs
    from bihuan.outcomes.publicity import api as publicity

    key, named = "desk2", {}
    if why == "named":
        named = {"named_people": [house.person(key).pk]}
    if why == "posted":
        named = {"named_orgs": [house.org("schools").pk]}
        place, person = house.org("schools").pk, house.person(key).pk
        orgs.give_post(person, place, start=house.day, at=house.at, actor="system")
    opened = house.handling(house.open("独有的一句：学校门口的灯坏了。", **named))
    text = watch_text(house, opened)
    printed = paper(house, opened)
    house.act(opened, "reply", "handler", reply="已修复。")
    matter = house.act(opened, "publish", "desk")
    if why == "recused":
        who = house.actor(key)
        impartiality.recuse(matter.pk, who.person_id, actor=who, at=house.at, reason="亲属")
    draft = publicity.of_subject(matter.stream)[0].pk
    client, wrong = house.client(key), {}
    for name in HANGS:
        own = {"matter": matter.pk, "draft": draft, "watch_text": text}
        path = address(name, scene | own | {"ordered": matter.pk, "paper": printed})
        got = (client.get(path).status_code, client.post(path, {"reason": "x"}).status_code)
        if not set(got) <= {404, 405} or 404 not in got:
            wrong[name] = got
    assert wrong == {}
    for path in (
        "/desk/?tab=all",
        "/desk/?tab=all&q=独有",
        "/desk/export",
        "/desk/publications",
        "/desk/common",
    ):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "独有的一句" not in body.decode(errors="ignore"), path


STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "role",
    [None, "admin", *(pytest.param(one, marks=pytest.mark.again) for one in ("stranger", "desk"))],
)
def test_every_answer_to_a_form_is_strict_with_the_browser(house, scene, role):
    """What is read by them is looked at where pages are opened."""
    client = house.client(role)
    for name in PAGES:
        if name not in ("desk:logout", "desk:recuse"):
            strict(client.post(address(name, scene)), name)
