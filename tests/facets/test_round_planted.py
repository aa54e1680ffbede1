"""Mistakes planted in the blocks `round` and `nomination`: each is named."""

import planting
import pytest

from bihuan.kernel.programmes import api as programmes

M = "matters.toml"
FRESH = "fresh = { fresh = true }"
VOTER = 'guards = [{ do = "nomination.voter" }]\n'
BAR = 'effects = [{ do = "nomination.bar" }]'
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a field that chooses no award": ('[selection.round]\naward = "category"', '[selection.round]\naward = "sort"', "selection.round.award", "no field that chooses", "choice"),
    "an award the field does not know": ("five_star = { nom", "six_star = { nom", "selection.round.award", "are not the awards", "in both"),
    "a kind that nominates nobody": ('model_member = { nomination = "person_candidate"', 'model_member = { nomination = "objection"', "selection.round.awards.model_member.nomination", "nominates nobody", "person_candidate"),
    "a quota that is no number": ('quota = "quota_five_star"', 'quota = "limit_notice"', "selection.round.awards.five_star.quota", "no setting of type int", "quota_five_star"),
    "a condition that is none": ('["full_member", "nothing_to', '["full", "nothing_to', "selection.round.awards.five_star.eligibility", "no condition 'full'", "full_member"),
    "a condition of two things": (FRESH, 'fresh = { fresh = true, roster = "full_members" }', "selection.round.conditions.fresh", "give one of", ""),
    "a roster that is none": ('{ roster = "full_members" }', '{ roster = "everybody" }', "selection.round.conditions.full_member.roster", "no roster 'everybody'", "full_members"),
    "a kind that another programme lacks": ('nothing_broken = { clear = ["commitments.member_promise"]', 'nothing_broken = { clear = ["commitments.promise"]', "selection.round.conditions.nothing_broken.clear", "no kind 'promise'", "member_promise"),
    "a programme that it does not need": ('among_top_ten = { listed = "service_window', 'among_top_ten = { listed = "task_force', "selection.round.conditions.among_top_ten.listed", "not among those it needs", "add 'task_force'"),
    "a list of honour that is none": ('listed = "service_window.top_ten"', 'listed = "service_window.top"', "selection.round.conditions.among_top_ten.listed", "no list of honour 'top'", "benchmark"),
    "a state that no such matter has": ('states = ["putting_right"]', 'states = ["put_right"]', "selection.round.conditions.nothing_to_put_right.states", "is ever 'put_right'", "putting_right"),
    "a state in which nobody nominates": ('open = ["nominating"]', 'open = ["calling"]', "selection.round.open", "no state 'calling'", "nominating"),
    "a round that is never opened": ('  { do = "round.open" },\n', "", "selection.round", "no action has round.open", "round.open"),
    "a step that no nomination has": ('action = "confer", skip', 'action = "honour", skip', "selection.actions.confer_all.effects.0.with.action", "no nomination has the action 'honour'", "confer"),
    "a step that the house may not take": ('by = ["org_office", "system"]\nguards = [{ do = "nomination.eligible" }]', 'by = ["org_office"]\nguards = [{ do = "nomination.eligible" }]', "selection.actions.accept_all.effects.0.with.action", "which it may not", "system"),
    "a vote by whoever has a stake": (VOTER, "", "person_candidate.actions.cast.guards", "has a stake", "nomination.voter"),
    "nobody looks who has a stake": (BAR, "", "person_candidate.nomination", "nobody looks", "nomination.bar"),
    "a choice that is none": ('counts = "for"', 'counts = "yes"', "person_candidate.nomination.counts", "no stance 'yes'", "for"),
    "a way that the house does not fill in": ('choices = ["self", "branch", "masses"], later', 'choices = ["self", "branch"], later', "person_candidate.nomination.how", "its choices are", "masses"),
    "a place that nobody who waits can take": ('from = ["counted", "reserve"]', 'from = ["counted"]', "person_candidate.nomination.seat", "cannot be taken in 'reserve'", "reserve"),
    "a kind without the block": ("nomination = {", "#nomination = {", "person_candidate.actions.accept.guards.0", "only for kinds with `nomination`", "nomination = "),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    shipped = next(one for one in programmes.folders() if one.name == "honours")
    planting.is_named(shipped, M, PLANTED[name], tmp_path)
