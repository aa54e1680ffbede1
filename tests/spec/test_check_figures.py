"""`bihuan check` on figures: every name must exist, every measure have what it needs."""

import shutil

import pytest

from bihuan.kernel.programmes import api as programmes

VOICE = next(p for p in programmes.folders() if p.name == "public_voice")
COUNT = 'version = 1\nmeasure = "count"\n'
# what is written under [wrong] → (path, part of the cause)
MISTAKES = {
    "a kind": (f'{COUNT}among = {{ kinds = ["noise"] }}', "among.kinds", "no 'noise'"),
    "an action": (f'{COUNT}among = {{ actions = ["sing"] }}', "among.actions", "no 'sing'"),
    "a state": (f'{COUNT}among = {{ to = ["gone"] }}', "among.to", "no 'gone'"),
    "a category": (f'{COUNT}among = {{ categories = ["praise"] }}', "among.categories", "no 'praise'"),
    "a board": (f'{COUNT}among = {{ boards = ["wall"] }}', "among.boards", "no 'wall'"),
    "a flag": (f'{COUNT}among = {{ flags = ["rating"] }}', "among.flags", "no 'rating'"),
    "what was said": (
        f'{COUNT}among = {{ said = {{ rating = ["superb"] }} }}', "among.said.rating", "no 'superb'",
    ),
    "nothing": (f"{COUNT}among = {{ }}", "among", "no condition"),
    "a share without a part": (
        'version = 1\nmeasure = "share"\namong = { kinds = ["voice"] }', "part", "share needs it",
    ),
    "a count with a part": (
        f'{COUNT}among = {{ kinds = ["voice"] }}\npart = {{ kinds = ["voice"] }}', "part", "count has none",
    ),
    "a sum of words": (
        'version = 1\nmeasure = "sum"\ninput = "place"\namong = { kinds = ["voice"] }',
        "input", "no number 'place'",
    ),
    "a sum of whole numbers as of money": (
        'version = 1\nmeasure = "sum_money"\ninput = "visitors"\namong = { kinds = ["outreach"] }',
        "input", "no number 'visitors' is filled in as money",
    ),
    "an exclusion of a sum": (
        ('version = 1\nmeasure = "sum"\ninput = "visitors"\namong = { kinds = ["outreach"] }\n'
        'excluded = [{ kinds = ["voice"] }]'), "excluded", "has none",
    ),
    "readers by person": (
        ('version = 1\nmeasure = "tally"\ntally = "views"\nby = ["person"]\n'
        'among = { boards = ["answers"] }'), "by", "nobody",
    ),
    "a month of what stands": (
        'version = 1\nmeasure = "standing"\nby = ["period"]\namong = { phases = ["open"] }',
        "by", "no month",
    ),
    "an age of what happened": (
        f'{COUNT}by = ["age"]\nbands = [3]\namong = {{ kinds = ["voice"] }}', "by", "no age",
    ),
    "an age without bands": (
        'version = 1\nmeasure = "standing"\nby = ["age"]\namong = { phases = ["open"] }',
        "bands", "go together",
    ),
    "bands downwards": (
        ('version = 1\nmeasure = "standing"\nby = ["age"]\nbands = [7, 3]\n'
        'among = { phases = ["open"] }'), "bands", "upwards",
    ),
    "a grouping by a field that is none": (
        f'{COUNT}by = ["field.mood"]\namong = {{ kinds = ["voice"] }}', "by", "'mood' is no field",
    ),
    "a grouping by somebody's words": (
        f'{COUNT}by = ["field.place"]\namong = {{ kinds = ["voice"] }}', "by", "can group by",
    ),
    "a grouping of readers by a field": (
        ('version = 1\nmeasure = "tally"\ntally = "views"\nby = ["field.category"]\n'
        'among = { boards = ["answers"], kinds = ["voice"] }'), "by", "have no fields",
    ),
    "an unknown key": (f'{COUNT}colour = "red"\namong = {{ kinds = ["voice"] }}', "colour", "Extra"),
    "an unknown grouping": (
        f'{COUNT}by = ["weather"]\namong = {{ kinds = ["voice"] }}', "by.0", "should match",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake, tmp_path):
    text, path, cause = MISTAKES[mistake]
    folder = tmp_path / "public_voice"
    shutil.copytree(VOICE, folder)
    (folder / "figures.toml").write_text(f"[wrong]\n{text}\n", encoding="utf-8")
    found = [p for p in programmes.check_folder(folder) if p.file == "figures.toml"]
    assert [(p.path, cause in p.cause, bool(p.remedy)) for p in found] == [
        (f"wrong.{path}", True, True)
    ]


def test_a_figure_needs_its_words(tmp_path):
    folder = tmp_path / "public_voice"
    shutil.copytree(VOICE, folder)
    with (folder / "figures.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[extra]\n{COUNT}among = {{ kinds = ["voice"] }}\n')
    found = {(p.file, p.path) for p in programmes.check_folder(folder)}
    assert found == {
        (f"strings/{locale}.toml", f"{room}.extra")
        for locale in ("zh-Hans", "en")
        for room in ("figures", "definitions")
    }
