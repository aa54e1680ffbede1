"""Mistakes planted in the block `gathering` and its verbs: each is named."""

import shutil

import planting
import pytest
from evenings import FOLDER

from bihuan.kernel.programmes import api as programmes

M = "matters.toml"
BLOCK = 'gathering = { day = "sung_on"'
WHY = 'inputs.why_drop = { type = "text", required = true, private = true, max = 200 }'
SHIFT = 'effects = [{ do = "gathering.move", with = { reason = "why_shift" } }]'
PIECES = 'inputs.pieces_sung = { type = "longtext", required = true, private = true, max = 2000 }\n'
GUESTS = "columns = { name = { type"
RHYTHM = 'choices = ["week", "month_weekday", "month_day"]'
ACTIONS = "rehearsal.actions"
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a key that is none": (BLOCK, 'gathering = { days = 1, day = "sung_on"', "rehearsal.gathering.days", "", ""),
    "nobody should come": ('roll = "singers"\n' + BLOCK, BLOCK, "rehearsal.gathering", "no roll", "roll = "),
    "a day that is no field": (BLOCK, 'gathering = { day = "sung"', "rehearsal.gathering", "no field 'sung' of type date", "fields.sung"),
    "a day that is a time": (BLOCK, 'gathering = { day = "sung_from"', "rehearsal.gathering", "no field 'sung_from' of type date", "date"),
    "a day that may be left empty": ('sung_on = { type = "date", required = true }\nsung_from', 'sung_on = { type = "date" }\nsung_from', "rehearsal.gathering", "may be left empty", "required"),
    "a place that some may read": ("sung_at = { type", 'sung_at = { seen_by = ["qqq_warden"], type', "rehearsal.gathering", "kept apart", "seen_by"),
    "a quorum by a switch": ('setting = "voices_needed"', 'setting = "by_digits"', "rehearsal.gathering.quorum.setting", "no setting that counts", "percent"),
    "a quorum of nobody": ('of = "voices"', 'of = "voice"', "rehearsal.gathering.quorum.of", "no roster 'voice'", "voices"),
    "a share and a setting": ('setting = "voices_needed"', 'percent = 50, setting = "voices_needed"', "rehearsal.gathering.quorum", "not both", ""),
    "a code that a number switches": ('signin = "by_digits"', 'signin = "voices_needed"', "rehearsal.gathering.signin", "no setting that switches", "switch"),
    "a code by which nobody signs in": ('effects = [{ do = "gathering.sign", with = { code = "digits" } }]\n\n[rehearsal', "\n[rehearsal", "rehearsal.gathering", "signin and gathering.sign belong together", "both, or neither"),
    "a part nobody is asked for": (PIECES, "", f"{ACTIONS}.write_up.effects.0", "nobody is asked for the part 'pieces_sung'", "inputs.pieces_sung"),
    "a part that cannot be erased": (PIECES, PIECES.replace("private = true, ", ""), f"{ACTIONS}.write_up.effects.0", "half of the log that stays", "private"),
    "a reason that cannot be erased": (WHY, WHY.replace("private = true, ", ""), f"{ACTIONS}.drop_it.effects.0.with.reason", "could never be erased", "private"),
    "a reason that some may read": (WHY, WHY.replace("private", 'seen_by = ["qqq_warden"], private'), f"{ACTIONS}.drop_it.effects.0.with.reason", "not for everybody", "seen_by"),
    "a time that moves in silence": (SHIFT, "", f"{ACTIONS}.shift.effects", "those who should come are not told", "gathering.move"),
    "announced before it is known to whom": ('{ do = "roll.take", with = { again = true } }, { do = "gathering.announce" }', '{ do = "gathering.announce" }, { do = "roll.take", with = { again = true } }', f"{ACTIONS}.call_out.effects", "before it is known who", "put roll.take"),
    "nobody keeps the list": ('effects = [{ do = "gathering.mark", with = { who = "walkers" } }]', "", "outdoors.gathering", "nobody keeps the list", "gathering.mark"),
    "the roll is told, and the list is not": ('effects = [{ do = "gathering.mark", with = { who = "walkers" } }]', 'effects = [{ do = "gathering.mark", with = { who = "walkers" } }, { do = "roll.done", with = { input = "walkers" } }]', "outdoors.actions.tick_walkers.effects", "the list of the gathering does not know it", "gathering.mark"),
    "excuses that nobody decides": ('effects = [{ do = "gathering.decline", with = { who = "singer_meant" } }]', "", "rehearsal.gathering", "nobody decides on excuses", "auto"),
    "an excuse by the house": ('[rehearsal.actions.beg_off]\nfrom = ["called_out", "under_way"]\nby = ["member"]', '[rehearsal.actions.beg_off]\nfrom = ["called_out", "under_way"]\nby = ["member", "system"]', f"{ACTIONS}.beg_off.by", "system is no person", "who"),
    "guests without names": (GUESTS, GUESTS.replace("name", "called"), f"{ACTIONS}.note_guests.effects.0.with.rows", "no column 'name'", "name"),
    "a rule of a series that is none": (RHYTHM, RHYTHM.replace("month_day", "moon"), f"{ACTIONS}.make_many.effects.0.with.every", "['moon']", "month_day"),
    "a state that nothing becomes": ('choices = ["came", "excused", "absent"]', 'choices = ["came", "gone"]', f"{ACTIONS}.put_right.effects.0.with.state", "['gone']", "came"),
    "a kind without the block": (BLOCK, '#gathering = { day = "sung_on"', f"{ACTIONS}.call_out.effects.1", "only for kinds with `gathering`", "gathering = "),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    planting.is_named(FOLDER, M, PLANTED[name], tmp_path)


def test_those_who_should_come_must_see_it(tmp_path):
    copy = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, copy)
    text = (copy / M).read_text(encoding="utf-8").replace('by = ["member"]', 'by = ["qqq_warden"]')
    (copy / M).write_text(text, encoding="utf-8")
    found = [one for one in programmes.check_folder(copy) if "do not see it" in one.cause]
    assert [one.path for one in found] == [
        "rehearsal.gathering",
        "outdoors.gathering",
        "picnic.gathering",
    ]


def test_what_is_tested_with_has_none():
    assert list(programmes.check_folder(FOLDER)) == []
