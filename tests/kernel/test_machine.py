"""A state machine over the doors of matters: whatever order things are done in, every row is what
its events say. Hypothesis finds the order, and the shortest one when it goes wrong."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.merging import api as merging
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import ProblemError
from bihuan.outcomes.publicity import api as publicity

STAFF = ("desk", "desk2", "handler", "handler2", "leader", "supervisor", "publisher")
WHO = st.sampled_from((*STAFF, "stranger", "outsider", "sender"))
SAID = st.sampled_from(("经查，已修复。", "请补充地点。", "", "\u202e灯\x00坏"))


class Loop(RuleBasedStateMachine):
    """`house` is put on the class by the test; each run lives in a transaction that is undone."""

    house = None
    opened = Bundle("opened")

    def __init__(self):
        super().__init__()
        self.at = self.house.at
        self.undone = transaction.atomic()
        self.undone.__enter__()
        programmes.forget_cached()

    def teardown(self):
        """Every row is what its events say: a row that was wrong on the way still is, or was put right."""
        try:
            assert list(audit.everything()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def try_(self, run):
        """Does it, or is refused in one of the ways the doors declare, and then changes nothing."""
        before = audit.Event.objects.count()
        try:
            with transaction.atomic():
                run()
        except (ProblemError, LookupError, publicity.PublicityError):
            assert audit.Event.objects.count() == before

    @rule(
        target=opened, anonymous=st.booleans(), category=st.sampled_from(("consult", "complaint"))
    )
    def open(self, anonymous, category):
        who = vault.Person() if anonymous else vault.Person("乔映雪", "13912345678", "")
        return self.house.open(contact=who, anonymous=anonymous, category=category, at=self.at)

    @rule(hours=st.sampled_from((1, 30, 24 * 9, 24 * 40)))
    def wait(self, hours):
        self.at += timedelta(hours=hours)
        matters.sweep(self.at)
        notify.run(self.at)

    @rule(
        one=opened,
        who=WHO,
        dice=st.integers(0, 30),
        said=SAID,
        unit=st.sampled_from(("vehicles", "streets")),
    )
    def act(self, one, who, dice, said, unit):
        matter = matters.Matter.objects.get(pk=one.matter.pk)
        kind = programmes.spec_of(matter.release_id).kinds[matter.kind]
        actor = self.house.actor(who)
        fitting = [o.id for o in matters.offered(matter, actor, self.at) if o.refusal is None]
        names = fitting or list(kind.actions)
        action = names[dice % len(names)]
        values = {
            "org": self.house.org(unit).pk, "orgs": [self.house.org(unit).pk], "bool": True, "int": dice,
            "person": self.house.person("handler").pk, "date": "2026-03-09", "matter": one.matter.pk,
        }  # fmt: skip
        data = {
            name: one_.choices[dice % len(one_.choices)]
            if one_.choices
            else values.get(one_.type, said)
            for name, one_ in kind.actions[action].inputs.items()
        }
        code = one.code if who == "sender" else None
        self.try_(lambda: self.house.act(one, action, who, at=self.at, code=code, **data))

    @rule(source=opened, other=opened)
    def merge(self, source, other):
        into = other.matter.pk
        self.try_(lambda: self.house.act(source, "merge", "desk", at=self.at, into=into))

    @rule(one=opened)
    def unmerge(self, one):
        self.try_(lambda: self.house.act(one, "unmerge", "desk", at=self.at))

    @rule(one=opened, whom=st.sampled_from(STAFF))
    def recuse(self, one, whom):
        person, leader = self.house.person(whom).pk, self.house.actor("leader")
        self.try_(
            lambda: impartiality.recuse(
                one.matter.pk, person, actor=leader, at=self.at, reason="亲属"
            )
        )

    @rule(one=opened)
    def publish(self, one):
        publisher = self.house.actor("publisher")
        for row in publicity.of_subject(one.matter.stream):
            self.try_(
                lambda r=row: publicity.publish(
                    r.pk, version=r.version, actor=publisher, at=self.at
                )
            )

    @rule(one=opened)
    def renew(self, one):
        self.try_(
            lambda: senders.renew_code(one.matter.pk, actor=self.house.actor("desk"), at=self.at)
        )

    @rule(one=opened, years=st.sampled_from((2, 6)))
    def erase(self, one, years):
        system = self.house.actor("system")
        self.try_(lambda: senders.erase_contact(one.matter.pk, actor=system, at=self.at))
        upkeep.erase_due(self.at + timedelta(days=366 * years), words="已清除")

    @invariant()
    def counts_are_what_they_count(self):
        for matter in matters.Matter.objects.exclude(facts={}):
            assert matter.facts.get("joined", 0) == merging.merged_here(matter)

    @invariant()
    def nothing_fails_in_the_background(self):
        assert notify.failed() == []


@pytest.mark.parametrize("runs", [2, pytest.param(8, marks=pytest.mark.again)])
def test_any_order_of_things(house, runs):
    Loop.house = house
    run_state_machine_as_test(Loop, settings=settings(max_examples=runs, stateful_step_count=25))
