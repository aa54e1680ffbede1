"""Mistakes planted in the block `scores`: each is named."""

import planting
import pytest

from bihuan.kernel.programmes import api as programmes

M = "matters.toml"
ITEMS = 'items = ["attitude_shown", "content_given", "form_used", "effect_felt"]'
GRADES = "{ very_good = 5, good = 4, fair = 3, poor = 2, very_poor = 1 }"
FIRST = 'inputs.attitude_shown = { type = "choice", choices = ["very_good", "good", "fair", "poor", "very_poor"], required = true, private = true }'
GIVE = "lecture.actions.score_lecture"
SHEET = "lecture.actions.count_paper_forms.inputs.paper_forms"
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "an item named twice": (ITEMS, ITEMS.replace('"effect_felt"', '"form_used"'), "lecture.scores", "named twice", ""),
    "two grades of one worth": (GRADES, GRADES.replace("good = 4", "good = 5"), "lecture.scores", "worth the same", ""),
    "fewer than five": ('minimum = "least_scores"', "minimum = 2", "lecture.scores.minimum.constrained-int", "greater than or equal to 5", ""),
    "a setting that is none": ('minimum = "least_scores"', 'minimum = "fewest"', "lecture.scores.minimum", "no setting of type int", "number"),
    "an item nobody is asked for": (FIRST, FIRST.replace("attitude_shown", "manner"), GIVE, "asked for the item 'attitude_shown'", "choice"),
    "a grade that is worth nothing": (FIRST, FIRST.replace('"very_poor"]', '"very_poor", "none"]'), f"{GIVE}.inputs.attitude_shown", "worth nothing", "good"),
    "what was given in the open half": (FIRST, FIRST.replace(", private = true", ""), f"{GIVE}.inputs.attitude_shown", "open half", "private"),
    "nobody closes them": ('  { do = "score.average" },\n', "", "lecture.scores", "nobody closes", "score.average"),
    "nobody gives any": ('effects = [{ do = "score.give" }]\n', "", "lecture.scores", "nobody gives", "score.give"),
    "a sheet without a grade": (', fair = { type = "int", max = 999 }, poor', ", poor", SHEET, "counts the grade 'fair'", "int"),
    "a sheet that lacks an item": ('item = { type = "choice", choices = ["attitude_shown", ', 'item = { type = "choice", choices = [', SHEET, "of which item", "choice"),
    "a sheet in the open half": ('inputs.paper_forms = { type = "rows", required = true, private = true', 'inputs.paper_forms = { type = "rows", required = true', SHEET, "few forms", "private"),
    "a score of nobody": ('[lecture.actions.score_lecture]\nfrom = ["being_scored"]\nby = ["member"]', '[lecture.actions.score_lecture]\nfrom = ["being_scored"]\nby = ["member", "system"]', f"{GIVE}.by", "system is no person", "member"),
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped():
    return next(one for one in programmes.folders() if one.name == "open_lecture")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, shipped, tmp_path):
    planting.is_named(shipped, M, PLANTED[name], tmp_path)
