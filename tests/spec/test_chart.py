"""State charts: everything of the programme is in them, nothing lies on top of another."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import bihuan.programmes
from bihuan.spec import chart, load

HERE = Path(__file__).parent
SHIPPED = Path(next(iter(bihuan.programmes.__path__)))
KINDS = [
    (folder, kind)
    for folder in sorted(p for p in SHIPPED.iterdir() if (p / "matters.toml").exists())
    for kind in load.read(folder).kinds
]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(folder, kind_id, locale="zh-Hans"):
    programme = load.read(folder)
    words = programme.strings[locale].__getitem__
    text = chart.svg(programme, kind_id, title="<图>", desc="说明", words=words)
    return programme, ET.fromstring(text)


@pytest.mark.parametrize(("folder", "kind_id"), KINDS)
def test_every_state_and_every_step_is_drawn(folder, kind_id):
    programme, svg = drawn(folder, kind_id)
    kind, words = programme.kinds[kind_id], programme.strings["zh-Hans"]
    told = " / ".join(span.text or "" for span in svg.iter(f"{SVG}tspan"))
    assert svg.find(f"{SVG}title").text == "<图>"
    for state in kind.states:
        assert words[f"states.{kind_id}.{state}"] in told
    for action_id, action in kind.actions.items():
        targets = {action.to, *(turn.to for turn in action.turns)} - {None}
        if any(o != t for o in kind.sources_of(action) for t in targets):
            assert words[f"actions.{kind_id}.{action_id}"] in told


@pytest.mark.parametrize(("folder", "kind_id"), KINDS)
@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
def test_no_two_boxes_overlap_and_all_are_within_the_picture(folder, kind_id, locale):
    _, svg = drawn(folder, kind_id, locale)
    left, top, width, height = map(float, svg.get("viewBox").split())
    boxes = [
        tuple(float(r.get(n)) for n in ("x", "y", "width", "height"))
        for r in svg.iter(f"{SVG}rect")
    ]
    for index, (x, y, w, h) in enumerate(boxes):
        assert left <= x
        assert x + w <= left + width + 1
        assert top <= y
        assert y + h <= top + height + 1
        for ox, oy, ow, oh in boxes[index + 1 :]:
            assert x + w <= ox or ox + ow <= x or y + h <= oy or oy + oh <= y


def test_a_chart_is_the_same_in_every_process():
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import django; django.setup(); import test_chart as t\n"
        "from xml.etree import ElementTree as E\n"
        "print([E.tostring(t.drawn(*k)[1], 'unicode') for k in t.KINDS])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code, str(HERE), str(HERE.parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
