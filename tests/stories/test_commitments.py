"""Promises level by level: every branch and every member, one broken and followed up; nobody decides on
their own."""

import re

import pytest

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.matters.attached import shown
from bihuan.lib.clock import now
from bihuan.stories import burdens, commitments
from bihuan.stories.stage import build, local, ready, root_of, script

pytestmark = pytest.mark.either


def who_did(matter, action):
    return [e.actor for e in audit.history(matter.stream) if audit.read(e).get("action") == action]


def promised(members):
    return {one.facts["promiser"] for one in members}


@pytest.mark.django_db(transaction=True)
def test_the_small_one_promises_and_follows_up_what_was_broken(house):
    assert commitments.tell(commitments.SMALL) == 1 + 5 + 25
    assert all(one.equal for one in commitments.figures_of(commitments.SMALL))
    rows = Matter.objects.filter(home_path__startswith=root_of("story-commitments").path)
    (round_,) = rows.filter(kind="round")
    branches, members = rows.filter(kind="branch_promise"), rows.filter(kind="member_promise")
    assert round_.state == "closed"
    assert set(branches.values_list("state", "parent_id")) == {("fulfilled", round_.pk)}
    # Each hangs under that of the branch in which its member is.
    assert {one.parent.home_id == one.home_id for one in members.select_related("parent")} == {True}
    assert len(promised(members)) == 25
    assert Person.objects.filter(username=None, pk__in=promised(members)).count() == 15
    assert sorted(members.values_list("state", flat=True)) == ["fulfilled"] * 24 + ["verified"]
    for one in members:
        acted = {*who_did(one, "accept"), *who_did(one, "review"), *who_did(one, "conclude")}
        assert f"person:{one.facts['promiser']}" not in acted
        assert not {*who_did(one, "put_down")} & {*who_did(one, "accept")}
    (broken,) = members.filter(state="verified")
    assert not {*who_did(broken, "put_right")} & {*who_did(broken, "verify")}
    # One report of one branch was missed, and it is seen.
    assert sorted(one.facts.get("missed", 0) for one in branches) == [0, 0, 0, 0, 1]
    (paper,) = commitments.bulletins()
    assert (paper.state, paper.programme) == ("issued", "commitments")
    assert list(audit.everything()) == []
    # What burden.toml says of a month is what the story has.
    assert [one.role for one in burdens.heard("commitments") if not one.agrees] == []
    assert commitments.tell(commitments.SMALL) == 0


def test_it_is_told_by_name():
    assert {"commitments", "commitments-small"} <= {*stories.names()}


@pytest.mark.django_db(transaction=True)
def test_one_opened_by_hand_is_that_one_and_the_round_can_end(house):
    plan = script("commitments")
    cast = {"round-office": {**plan["cast"]["org_office"], "name": "白鹭洲", "unit": "root"}}
    units = {f"branch-{n}": {"name": f"第{n}支部", "level": "party_branch"} for n in (1, 2)}
    at = local(plan["begins"])
    ready(at)
    stage = build({**plan, "units": units, "people": cast}, since=plan["since"], at=at)
    office, branch = stage.actor("round-office"), stage.units["branch-1"]
    fields = {"year": "2010", "aim": "全员参加。"}
    begun = Opening("commitments", "round", stage.root, "全员参加。", fields=fields)
    found = matters.open_matter(begun, actor=office, at=at).matter
    own = Opening(
        "commitments", "branch_promise", stage.root, "先行承诺。",
        unit=branch, fields={"promiser": branch.pk, "year": "2010"},
    )  # fmt: skip
    early = matters.open_matter(own, actor=office, at=at).matter
    matters.act(found.pk, "call_on", actor=office, at=at)
    while notify.run(at, lanes=("inside",)):
        continue
    found = Matter.objects.get(pk=found.pk)
    told = shown(found, office, at)["each"]
    assert (told["due"], told["opened"], told["missed"], told["going_on"]) == (2, 2, 0, False)
    assert early.number in {row["number"] for one in told["lists"] for row in one["rows"]}
    for one in Matter.objects.filter(kind="branch_promise"):
        matters.act(one.pk, "excuse", actor=office, at=at, data={"reason": "本年新建，不参加。"})
    assert matters.act(found.pk, "close", actor=office, at=at).state == "closed"
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
def test_a_promise_is_asked_for_once_and_read_where_it_stands(house):
    plan = script("commitments")
    cast = {
        "round-office": {**plan["cast"]["org_office"], "name": "白鹭洲", "unit": "root"},
        "round-keeper": {"name": "安映棠", "unit": "branch-1", "role": "secretary"},
    }
    units = {"branch-1": {"name": "第1支部", "level": "party_branch"}}
    at = local(plan["begins"])
    ready(at)
    stage = build({**plan, "units": units, "people": cast}, since=plan["since"], at=at)
    office, keeper = (house.client() for _ in range(2))
    office.force_login(stage.people["round-office"])
    keeper.force_login(stage.people["round-keeper"])
    # What says it all stands for the text of the matter too.
    address = "/desk/open/commitments/round"
    assert 'name="body"' not in office.get(address).content.decode()
    sent = {"home": stage.root.pk, "aim": "全员参加。", "year": "2026"}
    assert office.post(address, sent).status_code == 302
    found = Matter.objects.get(kind="round")
    first = audit.read(audit.history(found.stream)[0])
    assert (first["private"]["body"], first["typed"]) == ("全员参加。", 2)
    own = Opening(
        "commitments", "branch_promise", stage.root, "年度承诺。", unit=stage.units["branch-1"],
        fields={"promiser": stage.units["branch-1"].pk, "year": "2026"},
    )  # fmt: skip
    promise = matters.open_matter(own, actor=stage.actor("round-office"), at=found.opened_at).matter
    page = f"/desk/matters/{promise.pk}"
    said = {
        "promise": "今年办好三件事。", "pledged-0-what": "公开停电计划",
        "pledged-0-until": "2026-12-20",
    }  # fmt: skip
    assert keeper.post(f"{page}/act/put_down", said).status_code == 302
    shown_now = keeper.get(page).content.decode()
    assert shown_now.count("今年办好三件事。") > 2
    form = re.search(
        r'<details class="act plain">\s*<summary>书写承诺.*?</details>', shown_now, re.DOTALL
    )
    assert "今年办好三件事。</textarea>" in form[0]
    # Changed in one field, one field is typed.
    offered = dict(re.findall(r'name="(offered-[^"]+)" value="([^"]*)"', form[0]))
    assert (
        keeper.post(
            f"{page}/act/put_down", {**said, **offered, "promise": "今年办好四件事。"}
        ).status_code
        == 302
    )
    typed = [audit.read(one)["typed"] for one in audit.history(promise.stream)[1:]]
    assert typed == [3, 1]
    # Until it is on notice it is listed to those who may do something about it.
    assert promise.number in office.get("/desk/notices").content.decode()
    matters.act(promise.pk, "put_up", actor=stage.actor("round-office"), at=now())
    public = house.client().get(f"/notices/{promise.pk}").content.decode()
    assert "公开停电计划" in public
