"""Mistakes in an obligations.toml, each found where it is with what to do."""

import owed
import planting
import pytest

FILE = "obligations.toml"
MISTAKES = {
    "no such roster": ('who = "cells"\nevery = "month"', 'who = "sells"\nevery = "month"', "sittings.who", "no roster 'sells'", "cells"),
    "no such setting": ('times = "how_often"', 'times = "how_oftn"', "sittings.times", "no setting of type int", "how_often"),
    "never owed": ('times = "how_often"', "times = 0", "sittings.times", "never owed", "how often"),
    "grace as long as the period": ('every = "week"\ngrace = 2', 'every = "week"\ngrace = 7', "walks.grace", "a week has 7 days", "at most 6"),
    "reminded before it began": ("remind = 1\n", "remind = 8\n", "walks.remind", "has not begun", "at most 6"),
    "no such role": ('told = ["vvv_keeper"]', 'told = ["vvv_kepper"]', "sittings.told", "no role 'vvv_kepper'", "vvv_keeper"),
    "reminded and nobody reads it": ('told = ["vvv_keeper"]\n', "", "sittings.told", "nobody there reads it", "name the roles"),
    "told to nobody": ('above = ["vvv_above"]\n', "", "sittings.above", "told to nobody", "name the roles"),
    "no such kind": ('kind = "walk"', 'kind = "wlak"', "walks.met_by.0.with.kind", "no kind 'wlak'", "walk"),
    "not needed": ('kind = "walk"', 'kind = "supervision.plan"', "walks.met_by.0.with.kind", "not among the programmes", "needs"),
    "no such action": ('actions = ["open"]', 'actions = ["opened"]', "walks.met_by.0.with.actions", "no action 'opened'", "open"),
    "of whom nothing is about": ('actions = ["open"]', 'of = "subject", actions = ["open"]', "walks.met_by.0.with.of", "a walk is about nobody", "give the kind a subject"),
    "no such state": ('states = ["held"] } }]\nshares = true\nexempt', 'states = ["hold"] } }]\nshares = true\nexempt', "sittings.met_by.0.with.states", "no state 'hold'", "held"),
    "no such category": ('categories = ["lesson"]', 'categories = ["lessen"]', "lessons.met_by.0.with.categories", "category 'lessen'", "lesson"),
    "misspelt argument": ('actions = ["open"]', 'action = ["open"]', "walks.met_by.0.with.action", "", "verbs.md"),
    "names nobody": ('actions = ["open"]', 'actions = ["open"], person = "besides"', "walks.met_by.0.with.person", "no field 'besides'", "beside"),
    "counted twice unasked": ('shares = true\nmissed = "matter"', 'missed = "matter"', "lessons.met_by.0", "counts for 'sittings' already", "shares = true in both"),
    "counted twice by one": ('states = ["held"], categories', 'states = ["held"] } }, { by = "state", with = { kind = "sitting", states = ["held"], categories', "lessons.met_by.1", "of the same obligation already", "each thing once"),
    "opens what there is not": ('kind = "slip"', 'kind = "slap"', "lessons.opens.kind", "no kind 'slap'", "slip"),
    "opened without what it requires": ('fields = { sort = "first" }', "fields = {}", "lessons.opens.fields", "requires 'sort'", "give sort"),
    "a field that is none": ('sort = "first"', 'sort = "first", sart = 1', "lessons.opens.fields.sart", "no", "sort"),
    "spare by organisations": ('roster = "sworn"', 'roster = "cells"', "sittings.spare.small.roster", "no roster of members", "sworn"),
    "a reason twice": ('exempt = ["flooded", "unled"]', 'exempt = ["flooded", "small"]', "sittings.exempt", "a reason twice", "once"),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.django_db
def test_it_is_named(name, tmp_path):
    planting.is_named(owed.FOLDER, FILE, MISTAKES[name], tmp_path)
