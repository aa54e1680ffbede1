"""Mistakes planted in the blocks `pair` and `partners`, their verbs and the dictionary: each is named."""

import planting
import pytest

from bihuan.kernel.programmes import api as programmes

M = "matters.toml"
BLOCK = 'pair = { of = "training_pair", rosters = ["members"]'
TWO = 'partners = { is = "person", fields = ["party_a", "party_b"] }'
FACTS = 'with = { subject = "互培互带", facts = { year = "year" } }'
WHY = (
    'inputs.why = { type = "longtext", private = true, max = 2000 }\neffects = [{ do = "pair.swap"'
)
THAT = 'inputs.that_one = { type = "person", required = true, private = true }\ninputs.why = { type = "longtext", private = true, max = 2000 }\neffects = [{ do = "pair.swap"'
SWAP = "training_round.actions.trade_partners.effects.0.with"
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a kind that is none": (BLOCK, BLOCK.replace("training_pair", "pairs"), "training_round.pair.of", "no kind 'pairs'", "training_pair"),
    "a kind without partners": (BLOCK, BLOCK.replace("training_pair", "joint_round"), "training_round.pair.of", "nobody are partners", "training_pair"),
    "partners of another sort": (BLOCK, BLOCK.replace("training_pair", "joint_pair"), "training_round.pair.of", "of type org", ""),
    "a roster that is none": (BLOCK, BLOCK.replace("members", "member"), "training_round.pair.rosters.0", "no roster 'member'", "members"),
    "persons with organisations": (BLOCK, BLOCK.replace('"members"', '"members", "branches"'), "training_round.pair.rosters", "the other organisations", "two of persons"),
    "the same roster twice": (BLOCK, BLOCK.replace('"members"', '"members", "members"'), "training_round.pair.rosters", "the same", "one roster"),
    "a rule asked of nothing": ('other_group = "only_across"', 'other_group = "across"', "training_round.pair.other_group", "no field of type bool", "value itself"),
    "a number asked of a word": ('least = "least_in_common", firm', 'least = "year", firm', "training_round.pair.least", "no field of type int", ""),
    "room where each has one": ('firm = ["before"] }', 'firm = ["before"], room = 2 }', "training_round.pair.room", "one each", "two rosters"),
    "firm in what is no rule": (', not_before = "last", least = "least_in_common", firm', ', least = "least_in_common", firm', "training_round.pair.firm", "that there is not", "not_before"),
    "a child that lacks what it asks for": (FACTS, 'with = { subject = "互培互带" }', "training_round.actions.settle_pairs.effects.0.with", "requires 'year'", "give year"),
    "a reason in the open half of the log": (WHY, WHY.replace("private = true, ", ""), f"{SWAP}.reason", "open half", "private"),
    "organisations in a round of persons": (THAT, THAT.replace('"person"', '"org"'), f"{SWAP}.second", "of type org", "make it person"),
    "one who may be nobody": (THAT, THAT.replace("required = true, ", ""), f"{SWAP}.second", "told nobody", "required"),
    "both in one field": (TWO, TWO.replace("party_b", "party_a"), "training_pair.partners.fields", "one field", "two fields"),
    "partners in a field that is none": (TWO, TWO.replace("party_b", "party_c"), "training_pair.partners.fields.1", "no field 'party_c'", "add party_c"),
    "an action that is none": ('[{ do = "pair.both", with = { action = "put_name" } }]', '[{ do = "pair.both", with = { action = "sign" } }]', "training_pair.actions.put_name.turns.0.when.0.with.action", "sign", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    shipped = next(one for one in programmes.folders() if one.name == "pairing")
    planting.is_named(shipped, M, PLANTED[name], tmp_path)
