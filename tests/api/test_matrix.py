"""Who may do what: every operation of the OpenAPI document for every role.

The object in question is a message that `handler` of 车辆管理所 has signed for; `outsider` holds all
roles, but in another city. `sender` has the query code, `nobody` a wrong one; neither a token.
A new operation without a row fails.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cached_property, lru_cache
from typing import Any

import pytest
import sealing
from addresses import interface
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import resolve
from django.utils.timezone import localdate
from house import BODY, House
from testing_settings import PROVING

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.kernel.absences import api as absences
from bihuan.kernel.halls import api as halls
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.watches import api as watches
from bihuan.kernel.watches.api import Reading
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.rules.periods import parse
from bihuan.rules.slots import Plan

STAFF = (
    "stranger", "handler", "desk", "leader", "supervisor", "publisher", "admin", "outsider",
)  # fmt: skip
ROLES = ("nobody", "sender", *STAFF)


@dataclass
class World:
    """The objects that requests name."""

    house: House
    opened: Opened
    code: str = ""

    @property
    def matter(self) -> str:
        return f"/matters/{self.opened.matter.pk}"

    def org(self, key: str) -> int:
        return self.house.org(key).pk

    def person(self, key: str) -> int:
        return self.house.person(key).pk

    def named(self) -> str:
        """The key of an office complained of."""
        pk, leader = self.opened.matter.pk, self.house.actor("leader")
        found = impartiality.naming.name(pk, "教育局", actor=leader, at=self.house.at)
        return impartiality.naming.of(found)[0].key

    def publication(self) -> int:
        answered = self.house.answered()
        self.house.act(answered, "publish", "desk")
        return publicity.of_subject(answered.matter.stream)[0].pk

    def notice(self) -> int:
        """A notice that everybody may read and object to."""
        given = {"category": "list"}
        opening = matters.Opening(
            "public_notice", "notice", self.house.org("center"), BODY, fields=given
        )
        desk = self.house.actor("desk")
        pk = matters.open_matter(opening, actor=desk, at=self.house.at).matter.pk
        self.house.act(pk, "put_up", "publisher", at=now())
        return pk

    def published(self) -> int:
        pk = self.publication()
        row = publicity.draft_of(self.house.actor("desk"), pk)
        publicity.publish(pk, version=row.version, actor=self.house.actor("desk"), at=self.house.at)
        return pk

    def sealed(self) -> int:
        """Over how many events the newest seal is, one having been made."""
        later = now() + timedelta(seconds=1)
        if audit.proofs.newest() is None:
            # Made for another role, and undone with it.
            settings.SEALS_FILE.unlink(missing_ok=True)
        audit.seal(at=later, until=later)
        newest = audit.proofs.newest()
        assert newest is not None
        return newest.size

    @property
    def directive(self) -> str:
        return f"/matters/{self.child().pk}"

    def child(self) -> Matter:
        found = matters.open_children(Matter.objects.get(pk=self.opened.matter.pk))
        if not found:
            self.house.act(self.opened, "supervise", "supervisor", words="速办", days=3)
            found = matters.open_children(Matter.objects.get(pk=self.opened.matter.pk))
        return found[0]

    def paper(self) -> tuple[int, str]:
        """A paper of a directive, and its code."""
        row = papers.issue(
            self.child().pk, "order", actor=self.house.actor("leader"), at=self.house.at
        )
        return row.pk, papers.sheet_of(row).code

    def watch(self) -> tuple[int, str]:
        asked = {"holder": "督查室", "purpose": "跟踪", "expires": DAY}
        row, code = watches.watch(
            self.child().pk, asked, actor=self.house.actor("leader"), at=self.house.at
        )
        return row.pk, code

    def watch_text(self) -> Reading:
        """What waits to be read of a directive that is followed."""
        self.watch()
        return watches.texts_of(self.child().pk, actor=self.house.actor("leader"))[0]

    def shown_text(self) -> Reading:
        one, leader = self.watch_text(), self.house.actor("leader")
        watches.release_text(
            one.row.pk, "已读。", version=one.row.version, actor=leader, at=self.house.at
        )
        return watches.reading(one.row.pk, actor=leader)

    def grant(self) -> int:
        day = self.house.day
        return next(
            g.pk for g in access.grants_within(self.house.org("city").path, day)
            if g.role == "handler"
        )  # fmt: skip

    def post(self) -> int:
        made = orgs.give_post(
            self.person("stranger"), self.org("city"), start=self.house.day,
            at=self.house.at, actor="system",
        )  # fmt: skip
        return made.pk

    def override(self) -> int:
        voice = next(one for one in programmes.known() if one.id == "public_voice")
        made = programmes.override(
            voice, "limit_answer", 3, org=self.house.org("city"),
            start=self.house.day, clause="c", at=self.house.at, actor=SYSTEM,
        )  # fmt: skip
        return made.pk

    def hook(self) -> int:
        made = notify.add_webhook(
            "http://a.example/", ["x.y"], at=self.house.at, actor=SYSTEM,
            org_path=self.house.org("city").path,
        )  # fmt: skip
        return made.pk

    def visit(self) -> int:
        outing = halls.Outing(
            "人民广场", self.house.day, time(9), time(12), [self.house.service("plate").pk]
        )
        center = self.house.org("center")
        return halls.plan(center, outing, at=self.house.at, actor="system").pk

    def held(self) -> int:
        """An entry of `desk` that could not be taken in and waits for whoever is in charge."""
        return sealing.handed_on(self.house).pk

    # What takes long to make is made once for all roles.
    @cached_property
    def bulletin(self) -> Bulletin:
        """A draft of last month's."""
        return bulletins.draft(
            "public_voice", "monthly", self.house.org("center"), parse("2026-02"),
            actor=self.house.actor("desk"), at=self.house.at,
        )  # fmt: skip

    @cached_property
    def issued(self) -> int:
        row = self.bulletin
        leader = self.house.actor("leader")
        return bulletins.issue(row.pk, version=row.version, actor=leader, at=self.house.at).pk

    @cached_property
    def own_layout(self) -> dict[str, Any]:
        """What is asked for to upload the house's own."""
        content = bulletins.starting_layout(
            self.house.actor("leader"),
            "public_voice",
            "monthly",
            self.house.org("city"),
            self.house.at,
        )
        return {
            "programme": "public_voice", "kind": "monthly", "org": self.org("city"),
            "name": "红头", "content": b64encode(content).decode(),
        }  # fmt: skip

    @cached_property
    def layout(self) -> int:
        content = b64decode(self.own_layout["content"])
        row = bulletins.upload_layout(
            "public_voice", "monthly", self.house.org("city"), "红头", content,
            actor=self.house.actor("leader"), at=self.house.at,
        )  # fmt: skip
        return row.pk

    def saved(self) -> int:
        return workbench.save_filter(self.person("handler"), "逾期", "level=late").pk

    def phrase(self) -> int:
        city = self.house.org("city")
        return workbench.add_phrase(city, "收悉", "来信收悉。", at=self.house.at, actor=SYSTEM).pk

    def table(self) -> dict[str, Any]:
        content = b64encode("编号,内容\n1,路灯坏了\n".encode()).decode()
        return {"home": self.org("center"), "name": "a.csv", "content": content}

    def timetable(self) -> int:
        plan = Plan("", (0,), ((time(9), time(11)),), 3, after_hours=False)
        hall = self.house.org("center")
        row, _ = halls.set_timetable(
            hall, plan, start=self.house.day, at=self.house.at, actor="system"
        )
        return row.pk

    def accepted(self) -> int:
        """A message that could be merged with another."""
        return self.house.act(self.house.open(), "accept", "desk").pk

    def absence(self) -> int:
        today = self.house.day
        return absences.say_away(
            self.person("handler"), self.person("handler2"), today, today,
            actor=self.house.actor("handler"), at=self.house.at,
        ).pk  # fmt: skip

    def office(self) -> "House":
        """Lets the supervisor keep the list of members."""
        who, city = self.person("supervisor"), self.house.org("city")
        access.give(
            who, "org_office", city.pk, start=self.house.day, at=self.house.at, actor="system"
        )
        return self.house

    def membership(self) -> int:
        self.office()
        return people.begin(
            self.person("desk"), self.house.org("center"), "party_members.party", "applicant",
            start=self.house.day, at=self.house.at, actor=SYSTEM,
        ).pk  # fmt: skip

    def exemption(self) -> int:
        return people.exempt(
            self.membership(), "leave", start=self.house.day, at=self.house.at, actor=SYSTEM
        ).pk

    def in_force(self) -> int:
        places = programmes.current("public_voice", self.house.day)
        return next(p.pk for p in places if p.org.code == "city")

    def invitation(self) -> str:
        """The code of an invitation of somebody to a new password."""
        who = self.person("stranger")
        return governing.invite(who, at=now(), actor=SYSTEM)[1]

    def token(self) -> int:
        who, day = self.person("desk"), self.house.day
        access.issue_token(
            who, "t", ["matters:read"], expires=day, at=self.house.at, actor="system"
        )
        return access.tokens_of(who)[0].pk


Ask = Callable[[World], tuple[str, Any]]


def staff(usual: int, **other: int) -> dict[str, int]:
    """Without a token 401; with one, `usual` but for the roles named."""
    return {"nobody": 401, "sender": 401, **dict.fromkeys(STAFF, usual), **other}


def everyone(usual: int, **other: int) -> dict[str, int]:
    return {**dict.fromkeys(ROLES, usual), **other}


ABSENT = {"stranger": 404, "admin": 404, "outsider": 404}
DESK_LEADER = {**ABSENT, "supervisor": 403, "handler": 403, "publisher": 403}


def opening(w: World) -> dict[str, Any]:
    return {
        "programme": "public_voice", "kind": "voice", "home": w.org("center"), "body": BODY,
        "fields": {"category": "complaint", "channel": "web"},
    }  # fmt: skip


OWN_CARD = staff(404, desk=200)
OPENS = staff(403, desk=201)
READS = staff(200, **ABSENT)
CONTACTS = staff(200, supervisor=403, publisher=403, **ABSENT)
ORDERS = staff(403, leader=200, supervisor=200, **ABSENT)
ADMINS = staff(403, admin=200)
ADMIN_MAKES = staff(403, admin=201)
ADMIN_ENDS = staff(403, admin=204)
REPLIES = staff(403, handler=200, leader=200, **ABSENT)
PUBLISHES = staff(404, desk=200, leader=200, supervisor=200, publisher=200)
HELD = staff(404, desk=200, leader=200)
COUNTS = staff(200, stranger=403, admin=403)
REPLY = {"inputs": {"reply": "已修好。"}}
DAY = "2026-03-02"
TIMETABLE = {
    "weekdays": [0, 1], "hours": [{"opens": "09:00", "closes": "11:00"}], "places": 3, "start": DAY,
}  # fmt: skip

# operation → (path and body, role → status)
TABLE: dict[str, tuple[Ask, dict[str, int]]] = {
    "list_matters": (lambda w: ("/matters", None), staff(200)),
    "open_matter": (lambda w: ("/matters", opening(w)), OPENS),
    "open_matter_with_files": (lambda w: ("/matters/upload", opening(w)), OPENS),
    "act_on_many": (
        lambda w: ("/matters/bulk", {"ids": [w.opened.matter.pk], "action": "close"}),
        staff(200),
    ),
    "find_alike": (lambda w: ("/matters/alike", {"text": BODY}), staff(200)),
    "get_matter": (lambda w: (w.matter, None), READS),
    "explain_clock": (lambda w: (f"{w.matter}/clocks/promise", None), READS),
    "act_on_matter": (lambda w: (f"{w.matter}/actions/reply", REPLY), REPLIES),
    "act_on_matter_with_files": (
        lambda w: (f"{w.matter}/actions/reply/upload", REPLY),
        REPLIES,
    ),
    "add_note": (lambda w: (f"{w.matter}/notes", {"text": "记"}), staff(201, **ABSENT)),
    "recuse_person": (
        lambda w: (
            f"{w.matter}/recusals",
            {"person": w.person("handler"), "reason": "亲属"},
        ),
        # Oneself, or from above the unit.
        staff(403, handler=204, leader=204, supervisor=204, **ABSENT),
    ),
    "list_complained_of": (lambda w: (f"{w.matter}/complained", None), READS),
    "name_complained_of": (
        lambda w: (f"{w.matter}/complained", {"complained_of": "城管局"}),
        # The receiving desk, or from above the unit.
        staff(403, desk=201, leader=201, supervisor=201, **ABSENT),
    ),
    "drop_complained_of": (
        lambda w: (f"{w.matter}/complained/{w.named()}/drop", {"reason": "同名"}),
        staff(403, leader=204, supervisor=204, **ABSENT),
    ),
    "renew_code": (lambda w: (f"{w.matter}/code", {}), staff(403, desk=200, **ABSENT)),
    "reveal_contact": (lambda w: (f"{w.matter}/contact", {"reason": "回访"}), CONTACTS),
    "open_under_matter": (
        lambda w: (
            f"{w.matter}/children",
            {
                "programme": "supervision", "kind": "directive", "body": "速办",
                "units": [w.org("vehicles"), w.org("streets")],
            },
        ),
        staff(403, leader=201, supervisor=201, **ABSENT),
    ),
    "list_papers": (lambda w: (f"{w.directive}/papers", None), READS),
    "issue_paper": (
        lambda w: (f"{w.directive}/papers", {"paper": "order"}),
        {**ORDERS, "leader": 201, "supervisor": 201},
    ),
    "withdraw_paper": (
        lambda w: (f"/papers/{w.paper()[0]}/withdraw", {"reason": "下错了"}),
        ORDERS,
    ),
    "get_paper_file": (lambda w: (f"/papers/{w.paper()[0]}/files/docx", None), READS),
    "check_paper": (lambda w: ("/public/paper", {"code": w.paper()[1]}), everyone(200)),
    "list_watches": (lambda w: (f"{w.directive}/watches", None), ORDERS),
    "give_watch": (
        lambda w: (
            f"{w.directive}/watches",
            {"holder": "市督查室 钱某", "purpose": "跟踪", "expires": DAY},
        ),
        {**ORDERS, "leader": 201, "supervisor": 201},
    ),
    "end_watch": (lambda w: (f"{w.directive}/watches/{w.watch()[0]}/end", {}), ORDERS),
    "list_watch_texts": (lambda w: (f"{w.directive}/watch-texts", None), READS),
    "list_waiting_watch_texts": (lambda w: ("/watch-texts", None), staff(200)),
    "get_watch_text": (lambda w: (f"/watch-texts/{w.watch_text().row.pk}", None), PUBLISHES),
    "release_watch_text": (
        lambda w: (
            f"/watch-texts/{w.watch_text().row.pk}/release",
            {"words": "已读。", "version": 1},
        ),
        PUBLISHES,
    ),
    "withdraw_watch_text": (
        lambda w: (f"/watch-texts/{w.shown_text().row.pk}/withdraw", {"version": 2}),
        PUBLISHES,
    ),
    "look_at_watched": (lambda w: ("/public/watch", {"code": w.watch()[1]}), everyone(200)),
    "opine_on_watched": (
        lambda w: ("/public/watch/opinions", {"code": w.watch()[1], "opinion": "何时办结？"}),
        everyone(201),
    ),
    "get_file": (lambda w: (f"{w.matter}/files/none", None), staff(404)),
    "find_orgs": (lambda w: ("/orgs", None), staff(200)),
    "get_org": (lambda w: (f"/orgs/{w.org('city')}", None), staff(200)),
    "find_people": (lambda w: ("/people", None), staff(200, stranger=403)),
    "get_person": (
        lambda w: (f"/people/{w.person('desk')}", None),
        staff(404, desk=200, publisher=200, leader=200, supervisor=200, admin=200),
    ),
    "get_inbox": (lambda w: ("/inbox", None), staff(200)),
    "get_own_data": (lambda w: ("/own-data", None), staff(200)),
    "list_joinable": (lambda w: ("/me/joinable", None), staff(200)),
    "list_pairs": (lambda w: (f"/pair/rounds{w.matter.removeprefix('/matters')}", None), staff(404)),
    "list_pair_cards": (lambda w: ("/pair/cards", None), staff(200)),
    "get_pair_card": (lambda w: (f"/pair/cards/pairing/p{w.person('desk')}", None), OWN_CARD),
    "say_pair_card": (
        lambda w: (f"/pair/cards/pairing/p{w.person('desk')}", {"can": ["writing"]}),
        OWN_CARD,
    ),
    "get_attendance": (lambda w: ("/gathering/attendance?period=2026", None), staff(200)),
    "get_screen": (
        lambda w: (f"/gathering{w.matter.removeprefix('/matters')}/screen", None),
        staff(404),
    ),
    "get_quiz_questions": (
        lambda w: (f"/quiz{w.matter.removeprefix('/matters')}/questions", None),
        staff(404),
    ),
    "get_quiz_people": (
        lambda w: (f"/quiz{w.matter.removeprefix('/matters')}/people", None),
        staff(404),
    ),
    "mark_read": (lambda w: ("/inbox/read", {}), staff(204)),
    "list_programmes": (lambda w: ("/programmes", None), staff(200)),
    "get_programme": (lambda w: ("/programmes/public_voice", None), staff(200)),
    "get_settings": (lambda w: ("/programmes/public_voice/settings", None), staff(200)),
    "list_drafts": (lambda w: ("/publications/drafts", None), staff(200)),
    "list_inside": (lambda w: ("/publications/inside", None), staff(200)),
    "get_draft": (lambda w: (f"/publications/{w.publication()}", None), PUBLISHES),
    "edit_draft": (
        lambda w: (
            f"/publications/{w.publication()}",
            {"title": "题", "question": "问", "answer": "答"},
        ),
        PUBLISHES,
    ),
    "publish": (lambda w: (f"/publications/{w.publication()}/publish", {"version": 1}), PUBLISHES),
    "withdraw_publication": (
        lambda w: (f"/publications/{w.published()}/withdraw", {"reason": "有误"}),
        PUBLISHES,
    ),
    "list_figures": (lambda w: ("/figures", None), staff(200)),
    "get_figure": (lambda w: ("/figures/public_voice.received?period=2026-03", None), COUNTS),
    "figure_matters": (
        lambda w: ("/figures/public_voice.received/matters?period=2026-03", None),
        COUNTS,
    ),
    "list_services": (lambda w: ("/public/services", None), everyone(200)),
    "list_slots": (lambda w: (f"/public/halls/{w.org('center')}/slots", None), everyone(200)),
    "list_visits": (lambda w: ("/public/visits", None), everyone(200)),
    "hand_in_entries": (
        lambda w: (
            f"/visits/{w.visit()}/entries",
            {"entries": [{"key": "k", "taken": f"{DAY}T01:00:00Z", "step": "answer"}]},
        ),
        staff(403, desk=200),
    ),
    "plan_visit": (
        lambda w: (
            "/visits",
            {
                "org": w.org("center"), "place": "人民广场", "day": DAY, "opens": "09:00",
                "closes": "12:00", "services": [w.house.service("plate").pk],
            },
        ),
        staff(403, desk=201),
    ),
    "cancel_visit": (
        lambda w: (f"/visits/{w.visit()}/cancel", {"reason": "暴雨"}),
        staff(403, desk=200),
    ),
    # Everybody their own, whatever they may do by now; it is read by whoever is in charge.
    "list_entries": (lambda w: ("/entries", None), staff(200)),
    "hand_on_entry": (
        lambda w: (
            f"/visits/{w.visit()}/entries/hand-on",
            {"key": "k", "taken": f"{DAY}T01:00:00Z", "step": "answer", "told": "无权限"},
        ),
        staff(200),
    ),
    "give_up_entry": (
        lambda w: (
            f"/visits/{w.visit()}/entries/give-up",
            {"key": "k", "owner": w.person("desk"), "reason": "填错了"},
        ),
        staff(403, desk=200, leader=200),
    ),
    "open_entry": (lambda w: (f"/entries/{w.held()}/open", {}), HELD),
    "register_entry": (
        lambda w: (
            f"/entries/{w.held()}/register",
            {
                "org": w.org("center"), "step": "accept", "service": w.house.service("plate").pk,
                "contact": {"name": "甘棠", "phone": "13900000001"}, "remark": "人民路七号",
            },
        ),
        # Who leads there has no window.
        {**HELD, "desk": 201, "leader": 403},
    ),
    "drop_entry": (
        lambda w: (f"/entries/{w.held()}/drop", {"reason": "重复"}),
        {**HELD, "desk": 204, "leader": 204},
    ),
    "export_matters": (lambda w: ("/matters.xlsx", None), staff(200)),
    "import_matters": (lambda w: ("/imports", w.table()), staff(403, desk=200)),
    "list_filters": (lambda w: ("/filters", None), staff(200)),
    "save_filter": (lambda w: ("/filters", {"name": "逾期", "query": "level=late"}), staff(201)),
    # Of another's nothing is said, and nothing changes.
    "delete_filter": (lambda w: (f"/filters/{w.saved()}", None), staff(204)),
    "list_form_drafts": (lambda w: (f"{w.matter}/drafts", None), READS),
    "keep_form_draft": (lambda w: (f"{w.matter}/drafts/reply", REPLY), READS),
    "drop_form_draft": (lambda w: (f"{w.matter}/drafts/reply", None), staff(204, **ABSENT)),
    "list_phrases": (
        lambda w: (f"/orgs/{w.org('vehicles')}/phrases", None),
        staff(200, stranger=403, outsider=403, desk=403, publisher=403),
    ),
    "add_phrase": (
        lambda w: (f"/admin/orgs/{w.org('city')}/phrases", {"shortcut": "收悉", "body": "您好。"}),
        ADMIN_MAKES,
    ),
    "drop_phrase": (
        lambda w: (f"/admin/orgs/{w.org('city')}/phrases/{w.phrase()}/end", {}),
        ADMIN_ENDS,
    ),
    "list_timetables": (
        lambda w: (f"/halls/{w.org('center')}/timetables", None), staff(403, desk=200),
    ),
    "set_timetable": (
        lambda w: (f"/halls/{w.org('center')}/timetables", TIMETABLE), staff(403, desk=201),
    ),
    "end_timetable": (
        lambda w: (f"/timetables/{w.timetable()}/end", {}), staff(403, desk=200),
    ),
    # Everybody is proposed what they may merge: nothing, mostly.
    "list_common": (lambda w: ("/common-problems", None), staff(200)),
    "merge_common": (
        lambda w: ("/common-problems", {"lead": w.accepted(), "others": [w.accepted()]}),
        staff(404, desk=200, leader=200, supervisor=409, publisher=409, handler=404),
    ),
    # Of no shipped programme anything is owed by period: `tests/web/test_obligation_pages.py` has one.
    "list_obligations": (lambda w: ("/obligations", None), staff(200)),
    "list_owed": (lambda w: ("/obligations/owed?obligation=none.none&period=2026", None), staff(404)),
    "read_burden": (lambda w: ("/burden?period=2026-03", None), staff(403, leader=200, supervisor=200, outsider=200, admin=200)),
    "pressures": (lambda w: ("/pressures", None), staff(403, leader=200, supervisor=200, outsider=200)),
    # The programme's leaders read the list; its office keeps it, and the administrator.
    "list_members": (lambda w: ("/memberships", None), staff(200)),
    "begin_membership": (
        lambda w: (
            "/memberships",
            {
                "person": w.office().person("desk").pk, "org": w.org("center"),
                "membership": "party_members.party", "status": "applicant",
            },
        ),
        staff(403, supervisor=201, admin=201),
    ),
    "end_membership": (
        lambda w: (f"/memberships/{w.membership()}/leave", {}), staff(404, supervisor=200, admin=200, leader=403),
    ),
    "exempt_member": (
        lambda w: (f"/memberships/{w.membership()}/exemptions", {"reason": "leave"}),
        staff(404, supervisor=201, admin=201, leader=403),
    ),
    "end_exemption": (
        lambda w: (f"/exemptions/{w.exemption()}/end", {}), staff(404, supervisor=200, admin=200, leader=403),
    ),
    "list_absences": (lambda w: ("/absences", None), staff(200)),
    # The handler's own, or their leader's and administrator's to say.
    "say_away": (
        lambda w: (
            "/absences",
            {
                "person": w.person("handler"), "stand_in": w.person("handler2"),
                "start": str(localdate()), "end": str(localdate() + timedelta(days=3)),
            },
        ),
        staff(403, handler=201, leader=201, admin=201),
    ),
    "say_back": (
        lambda w: (f"/absences/{w.absence()}/back", {}),
        staff(403, handler=200, leader=200, admin=200),
    ),
    "offer_service": (
        lambda w: (
            "/admin/services",
            {
                "org": w.org("schools"), "code": "A-1", "name": "教师资格认定", "statutory": 30,
                "promised": 15, "clause": "教师法 §13", "start": DAY,
            },
        ),
        ADMIN_MAKES,
    ),
    "end_service": (
        lambda w: (f"/admin/services/{w.house.service('plate').pk}/end", {"on": DAY}),
        ADMINS,
    ),
    "list_public_kinds": (lambda w: ("/public/kinds", None), everyone(200)),
    "send_matter": (lambda w: ("/public/matters", opening(w)), everyone(201)),
    "follow_matter": (
        lambda w: ("/public/follow", {"code": w.code}),
        everyone(404, sender=200),
    ),
    "act_as_sender": (
        lambda w: ("/public/actions/add", {"code": w.code, "inputs": {"text": "补充"}}),
        everyone(404, sender=200),
    ),
    "list_answers": (lambda w: ("/public/answers", None), everyone(200)),
    "get_roundup": (lambda w: ("/public/roundups/2026-W10", None), everyone(200)),
    "get_answer": (lambda w: (f"/public/answers/{w.published()}", None), everyone(200)),
    "list_notices": (lambda w: ("/public/notices", None), everyone(200)),
    "get_notice": (lambda w: (f"/public/notices/{w.notice()}", None), everyone(200)),
    "object_to_notice": (
        lambda w: (f"/public/notices/{w.notice()}/objections", {"body": BODY}),
        everyone(201),
    ),
    "list_public_bulletins": (lambda w: ("/public/bulletins", None), everyone(200)),
    "get_public_bulletin": (lambda w: (f"/public/bulletins/{w.issued}", None), everyone(200)),
    "get_kept": (lambda w: ("/public/kept", None), everyone(200)),
    "get_honours": (lambda w: ("/public/honours?of=quarter", None), everyone(200)),
    "list_seals": (lambda w: ("/public/seals", None), everyone(200)),
    "get_newest_seal": (lambda w: (f"/public/seals/{w.sealed() and 'newest'}", None), everyone(200)),
    "get_seal": (lambda w: (f"/public/seals/{w.sealed()}", None), everyone(200)),
    "get_seals_consistency": (
        lambda w: (f"/public/seals/consistency?old={w.sealed()}", None),
        everyone(200),
    ),
    "prove_matter": (
        lambda w: ("/public/proof", {"code": w.code} if w.sealed() else None),
        everyone(404, sender=200),
    ),
    "list_bulletins": (lambda w: ("/bulletins", None), staff(200)),
    "draft_bulletin": (
        lambda w: (
            "/bulletins",
            {
                "programme": "public_voice", "kind": "monthly", "org": w.org("center"),
                "period": "2026-02",
            },
        ),
        staff(403, desk=201, supervisor=201, publisher=201),
    ),
    "get_bulletin": (lambda w: (f"/bulletins/{w.bulletin.pk}", None), PUBLISHES),
    "edit_bulletin": (
        lambda w: (
            f"/bulletins/{w.bulletin.pk}",
            {"title": "月报", "text": "本月平稳。", "version": 1},
        ),
        PUBLISHES,
    ),
    "refresh_bulletin": (lambda w: (f"/bulletins/{w.bulletin.pk}/refresh", {}), PUBLISHES),
    "issue_bulletin": (
        lambda w: (f"/bulletins/{w.bulletin.pk}/issue", {"version": 1}),
        {**PUBLISHES, "desk": 403, "publisher": 403},
    ),
    "withdraw_bulletin": (
        lambda w: (f"/bulletins/{w.issued}/withdraw", {"reason": "口径有误"}),
        {**PUBLISHES, "desk": 403, "publisher": 403},
    ),
    "get_bulletin_file": (lambda w: (f"/bulletins/{w.issued}/files/pdf", None), PUBLISHES),
    "list_layouts": (lambda w: ("/layouts", None), staff(200)),
    "upload_layout": (
        lambda w: ("/layouts", w.own_layout),
        staff(403, leader=201, supervisor=201),
    ),
    "start_layout": (
        lambda w: (f"/layouts/{w.layout}/start", {"version": 1, "day": str(localdate())}),
        staff(404, leader=200, supervisor=200),
    ),
    "end_layout": (
        lambda w: (f"/layouts/{w.layout}/end", {"version": 1, "day": str(localdate())}),
        staff(404, leader=200, supervisor=200),
    ),
    "find_answers_alike": (lambda w: ("/public/likes", {"text": BODY}), everyone(200)),
    "import_directory": (
        lambda w: (
            "/admin/directory/imports",
            {
                "under": w.org("city"),
                "name": "a.csv",
                "content": b64encode("姓名,机构\n钟离新,城管局\n".encode()).decode(),
            },
        ),
        ADMINS,
    ),
    "export_directory": (lambda w: ("/admin/directory.xlsx", None), ADMINS),
    "list_org_types": (lambda w: ("/org-types", None), staff(200)),
    "add_org_type": (lambda w: ("/admin/org-types", {"name": "街道办"}), staff(403)),
    "change_org_type": (lambda w: ("/admin/org-types/team", {"name": "班"}), staff(403)),
    "create_org": (lambda w: ("/admin/orgs", {"name": "新", "parent": w.org("city")}), ADMIN_MAKES),
    "change_org": (lambda w: (f"/admin/orgs/{w.org('schools')}", {"short": "教"}), ADMINS),
    "move_org": (
        lambda w: (f"/admin/orgs/{w.org('schools')}/move", {"under": w.org("streets")}),
        ADMINS,
    ),
    "merge_org": (
        lambda w: (f"/admin/orgs/{w.org('schools')}/merge", {"into": w.org("streets")}),
        ADMINS,
    ),
    "create_person": (lambda w: ("/admin/people", {"username": "n", "name": "新"}), ADMIN_MAKES),
    "change_person": (
        lambda w: (f"/admin/people/{w.person('desk')}", {"digest": False}),
        ADMINS,
    ),
    "invite_person": (
        lambda w: (f"/admin/people/{w.person('desk')}/invitation", {}),
        ADMIN_MAKES,
    ),
    "end_invitation": (
        lambda w: (f"/admin/people/{w.person('desk')}/invitation/end", {}),
        ADMIN_ENDS,
    ),
    "accept_invitation": (
        lambda w: (
            "/public/invitation/accept",
            {"code": w.invitation(), "password": "Quiet-harbour-71"},
        ),
        everyone(201),
    ),
    "give_post": (
        lambda w: (
            "/admin/posts",
            {"person": w.person("handler2"), "org": w.org("city"), "start": DAY},
        ),
        ADMIN_MAKES,
    ),
    "end_post": (lambda w: (f"/admin/posts/{w.post()}/end", {"on": DAY}), ADMIN_ENDS),
    "list_grants": (lambda w: (f"/admin/grants?org={w.org('city')}", None), ADMINS),
    "list_security_events": (lambda w: ("/admin/security-events", None), ADMINS),
    "give_grant": (
        lambda w: (
            "/admin/grants",
            {
                "person": w.person("handler2"), "role": "desk", "org": w.org("city"),
                "start": DAY,
            },
        ),
        ADMIN_MAKES,
    ),
    "end_grant": (lambda w: (f"/admin/grants/{w.grant()}/end", {"on": DAY}), ADMIN_ENDS),
    "set_calendar_year": (
        lambda w: ("/admin/calendar/years/2027", {"status": "provisional", "off": [], "work": []}),
        # Every city works by it: only who administers them all.
        staff(403),
    ),
    "list_overrides": (lambda w: ("/admin/overrides?programme=public_voice", None), ADMINS),
    "set_override": (
        lambda w: (
            "/admin/overrides",
            {
                "programme": "public_voice", "name": "limit_answer", "value": 3,
                "org": w.org("city"), "start": DAY, "clause": "第三条",
            },
        ),
        ADMIN_MAKES,
    ),
    "end_override": (lambda w: (f"/admin/overrides/{w.override()}/end", {"on": DAY}), ADMIN_ENDS),
    "get_difference": (
        lambda w: (
            f"/admin/overrides/difference?programme=public_voice&org={w.org('city')}", None,
        ),
        ADMINS,
    ),
    "list_releases": (lambda w: ("/admin/releases", None), ADMINS),
    "put_in_force": (
        lambda w: (
            "/admin/in-force",
            {"release": programmes.releases()[0].pk, "org": w.org("city"), "start": DAY},
        ),
        ADMIN_MAKES,
    ),
    "end_in_force": (lambda w: (f"/admin/in-force/{w.in_force()}/end", {"on": DAY}), ADMIN_ENDS),
    "site": (lambda w: ("/admin/site", None), ADMINS),
    "set_site": (lambda w: ("/admin/site", {"name": "平安市"}), staff(403)),
    "list_webhooks": (lambda w: ("/admin/webhooks", None), ADMINS),
    "add_webhook": (
        lambda w: (
            "/admin/webhooks",
            {"url": "http://a.example/", "types": ["x.y"], "org": w.org("city")},
        ),
        ADMIN_MAKES,
    ),
    "stop_webhook": (lambda w: (f"/admin/webhooks/{w.hook()}/stop", {}), ADMIN_ENDS),
    "list_tokens": (lambda w: ("/admin/tokens", None), ADMINS),
    "revoke_token": (lambda w: (f"/admin/tokens/{w.token()}/revoke", {}), ADMIN_ENDS),
}  # fmt: skip


# What a token must hold: reading for what reads, and for writing reading too, since the answer
# shows the thing; the exceptions answer nothing but what was given, or do not read at all.
SCOPES = ("matters:read", "matters:write", "contacts:reveal", "admin")
WRITES, ADMIN = {"matters:write"}, {"admin"}
BOTH = {"matters:read", "matters:write"}
ONLY = {
    "find_alike": {"matters:read"},
    "reveal_contact": {"contacts:reveal", "matters:read"},
    # Drafts are read by those who write them.
    "list_drafts": BOTH, "get_draft": BOTH, "list_bulletins": BOTH, "get_bulletin": BOTH,
    "get_bulletin_file": BOTH,
    "list_common": {"matters:read", "matters:write"},
    "list_watches": BOTH, "list_watch_texts": BOTH, "list_waiting_watch_texts": BOTH,
    "get_watch_text": BOTH,
    "mark_read": WRITES, "save_filter": WRITES, "delete_filter": WRITES, "say_away": WRITES,
    "say_back": WRITES, "plan_visit": WRITES, "cancel_visit": WRITES, "hand_in_entries": WRITES,
    "hand_on_entry": WRITES, "give_up_entry": WRITES, "drop_entry": WRITES,
    "open_entry": {"contacts:reveal", "matters:read"},
    "set_timetable": WRITES, "end_timetable": WRITES, "add_phrase": ADMIN, "drop_phrase": ADMIN,
}  # fmt: skip


def scopes_of(operation: str) -> set[str]:
    method, path = operations()[operation]
    if TABLE[operation][1]["nobody"] != 401:
        return set()
    if operation in ONLY:
        return ONLY[operation]
    if "/admin/" in path:
        return {"admin"}
    return {"matters:read"} if method == "GET" else {"matters:read", "matters:write"}


NEEDS_FACTS = re.compile("/(figures|bulletins|layouts|kept|honours|burden)")


@lru_cache(maxsize=1)
def operations() -> dict[str, tuple[str, str]]:
    """operation → (method, path) of the document."""
    found = {}
    for path, methods in interface().items():
        for method, one in methods.items():
            assert one["operationId"] not in found
            found[one["operationId"]] = (method.upper(), path)
    return found


def test_every_operation_has_a_row():
    assert set(operations()) == set(TABLE)
    for name, (_, expected) in TABLE.items():
        assert set(expected) == set(ROLES), name


def test_the_document_says_what_a_token_must_hold():
    for name, (method, path) in operations().items():
        told = interface()[path][method.lower()]["x-scopes"]
        assert set(told) == scopes_of(name), name


def areas() -> dict[str, list[str]]:
    """Operations by what their addresses begin with."""
    found: dict[str, list[str]] = {}
    for name in sorted(TABLE):
        method, path = operations()[name]
        area = path.split("/")[3]
        area = area if method == "GET" else f"{area}, writing"
        found.setdefault(area, []).append(name)
    return found


@pytest.mark.parametrize("area", areas())
def test_matrix(area, house, callers):
    """Every operation × everybody (of those who may, but for `make prove`, one), what one asks undone before
    the next asks."""
    known = lru_cache(lambda key, *scopes: callers(key, [*scopes] or None))
    world = World(house, house.handling(house.open(contact=vault.Person("王某", "13800000000"))))
    names, wrong = areas()[area], {}
    if any(NEEDS_FACTS.search(operations()[name][1]) for name in names):
        insight.export(insight.store())
    for operation in names:
        found, expected = answers(operation, world, known)
        if found != expected:
            wrong[operation] = {
                role: (found.get(role), expected[role])
                for role in expected
                if found.get(role) != expected[role]
            }
    assert wrong == {}


def answers(operation: str, world: World, known: Any) -> tuple[dict[str, int], dict[str, int]]:
    """(role → status that came, role → status that was to come) of an operation, and of tokens that
    have what it needs and no more, or all but one of it."""
    method, template = operations()[operation]
    ask, expected = TABLE[operation]
    needed = scopes_of(operation)
    best = min(STAFF, key=lambda role: expected[role])
    if not PROVING:
        # Of those who may one is asked: where there are scopes, with what is needed alone.
        asked = () if needed else (best,)
        expected = {
            k: told for k, told in expected.items() if told >= 400 or k in (*asked, "sender")
        }
    people = {role: known(role) for role in STAFF if role in expected}
    people |= {role: known(None) for role in ("nobody", "sender") if role in expected}
    lacking = {one: known(best, *(s for s in SCOPES if s != one)) for one in sorted(needed)}
    if needed:
        people |= {"narrow": known(best, *sorted(needed)), **lacking}
    if NEEDS_FACTS.search(template):
        ask(world)
    found = {}
    for role, caller in people.items():
        world.code = world.opened.code if role == "sender" else "AAAAAAAAAA"
        cache.clear()
        with transaction.atomic():
            path, body = ask(world)
            if template.endswith("/upload"):
                answer = caller.upload(path, body, [])
            else:
                answer = caller.call(method, path, body)
            transaction.set_rollback(True)
        found[role] = answer.status_code
        if role in lacking:
            assert answer.json()["error"]["code"] == "api.scope", (operation, role)
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error"}, (operation, role)
    # The row is about this operation and no other.
    route = resolve(f"/api/v1{path.partition('?')[0]}").route
    assert route.replace("<", "{").replace(">", "}") == template.removeprefix("/"), template
    scoped = {"narrow": TABLE[operation][1][best], **dict.fromkeys(lacking, 403)} if needed else {}
    return found, expected | scoped


@pytest.mark.parametrize("why", ["recused", "named", "posted"])
def test_who_is_kept_away_meets_nothing_of_the_matter(house, callers, why):
    """Recused, complained of, or posted (without a grant there) in the office complained of."""
    key = "desk2"
    named: dict[str, Any] = {}
    if why == "named":
        named = {"named_people": [house.person(key).pk]}
    if why == "posted":
        named = {"named_orgs": [house.org("schools").pk]}
        place, person = house.org("schools").pk, house.person(key).pk
        orgs.give_post(person, place, start=house.day, at=house.at, actor="system")
    contact = vault.Person("王某", "13800000000")
    opened = house.handling(house.open(contact=contact, **named))
    other = house.answered(house.open("另一件：大厅排队太久。", **named))
    published = house.act(other, "publish", "desk")
    for one in (opened.matter, published) if why == "recused" else ():
        who = house.actor(key)
        impartiality.recuse(one.pk, who.person_id, actor=who, at=house.at, reason="亲属")
    (draft,) = publicity.of_subject(published.stream)
    world = World(house, opened)
    caller, met = callers(key), {}
    for name, (method, template) in operations().items():
        of_draft = template.startswith("/api/v1/publications/{pk}")
        of_text = template.startswith("/api/v1/watch-texts/{pk}")
        of_paper = template.startswith("/api/v1/papers/{pk}")
        of_own = of_draft or of_text or of_paper
        if not (template.startswith("/api/v1/matters/{ref}") or of_own):
            continue
        cache.clear()
        with transaction.atomic():
            if of_draft:
                path = template.removeprefix("/api/v1").format(pk=draft.pk)
                body = TABLE[name][0](world)[1]
            else:
                path, body = TABLE[name][0](world)
            if template.endswith("/upload"):
                answer = caller.upload(path, body, [])
            else:
                answer = caller.call(method, path, body)
            transaction.set_rollback(True)
        met[name] = answer.status_code
    assert len(met) > 12
    assert {name: code for name, code in met.items() if code != 404} == {}
    listed = caller.get("/matters?size=200").json()["items"]
    assert not {opened.matter.pk, published.pk} & {one["id"] for one in listed}
    assert caller.get("/publications/drafts").json().get("items", []) == []
    world.watch()
    waiting = {one["matter"] for one in caller.get("/watch-texts").json()["items"]}
    assert world.child().number not in waiting
