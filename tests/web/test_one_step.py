"""Bar E6: from every figure on every page its definition and its matters are one step away."""

import re
from datetime import timedelta

import pytest
import time_machine
from house import settled

from bihuan.insight import api as insight
from bihuan.insight.figures.shapes import shape_of
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules import periods
from bihuan.web.desk import cockpit, figures

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = re.compile(r'href="(/desk/figures/[^"]+)"')


@settled
def done(house):
    """Something behind every panel: merged, handed on, waiting, late, rated, published, inspected."""
    for _ in range(5):
        house.closed()
    lead, joined = house.handling(), house.open()
    house.act(joined, "accept", "desk")
    house.act(joined, "merge", "desk", into=lead.matter.pk)
    house.act(house.handling(), "transfer", "leader", unit=house.org("streets").pk, reason="归街道")
    house.act(lead, "supervise", "supervisor", words="速办", days=3)
    house.act(house.answered(), "publish", "desk")
    (draft, *_) = publicity.drafts(house.actor("publisher"))
    publicity.publish(draft.pk, version=draft.version, actor=house.actor("publisher"), at=house.at)
    insight.export(insight.store())


@pytest.fixture
def march(house):
    done(house)
    with time_machine.travel(house.at + timedelta(hours=1), tick=False):
        yield house


def sections(page):
    """The panels of a page; what is to be decided today is no figure."""
    found = re.findall(r"<section class=\"card.*?</section>", page, re.DOTALL)
    return [one for one in found if " deciding" not in one.partition(">")[0]]


def words_of(one):
    return one.programme.strings["zh-Hans"][one.text_key]


class Steps:
    """Follows links as a leader and remembers what was found."""

    def __init__(self, house):
        self.client = house.client("leader")
        self.seen = {}

    def read(self, address):
        address = address.replace("&amp;", "&")
        if address not in self.seen:
            answer = self.client.get(address)
            assert answer.status_code == 200, address
            self.seen[address] = answer.content.decode()
        return self.seen[address]

    def follow(self, part, most=None):
        """(pages of definitions, pages of matters) that a part of a page links to, so many of each."""
        links = ADDRESS.findall(part)
        behind = [one for one in links if "/matters?" in one]
        told = [one for one in links if "/matters?" not in one]
        return [[self.read(one) for one in some[:most]] for some in (told, behind)]


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.again)])
def test_on_the_cockpit_and_the_screen(march, every):
    """Every panel leads to both. Of those that show a figure in one way they are opened once; again, those
    of each."""
    opened = set()
    steps = Steps(march)
    declared = [
        (insight.definition(one.id, panel.figure), panel.by)
        for one in programmes.known()
        if insight.scopes(march.actor("leader"), one)
        for panel in insight.COCKPIT.of(one).values()
    ]
    page = steps.read("/desk/cockpit")
    panels = sections(page)
    assert len(panels) == len(declared)
    for (one, by), panel in zip(declared, panels, strict=True):
        assert words_of(one) in panel
        links, page_of = ADDRESS.findall(panel), f"/desk/figures/{one.programme.id}/{one.id}"
        assert page_of in {link.partition("?")[0] for link in links}, one.id
        assert f"{page_of}/matters" in {link.partition("?")[0] for link in links}, one.id
        way = (one.spec.measure, one.spec.of, by)
        if every or way not in opened:
            opened.add(way)
            definitions, behind = steps.follow(panel)
            assert any(words_of(one) in read for read in definitions), one.id
            assert behind, one.id
        for cell in re.findall(r'<td data-label="数值">(.*?)</td>', panel):
            assert "/matters?" in cell or "不显示" in cell or "—" in cell, (one.id, cell)
    wall = steps.read(f"/screen/{cockpit.wall(march.actor('leader'), march.org('city'))}")
    shown = sections(wall)
    assert len(shown) == 11
    for panel in shown:
        definitions, behind = steps.follow(panel)
        assert len(definitions) == len(behind) == 1
        assert any(words_of(one) in panel for one, _ in declared)


@pytest.mark.long
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.again)])
def test_on_the_pages_of_figures(march, every):
    """Each measure of figures once with a grouping, the next with another: all groupings have their
    turn; again, each shape. Figures of one shape differ in names only."""
    steps, turned, shapes = Steps(march), set(), set()
    index = steps.read("/desk/figures")
    leader = march.actor("leader")
    may = [one for one in insight.definitions() if insight.scopes(leader, one.programme)]
    for n, one in enumerate(may):
        path = f"/desk/figures/{one.programme.id}/{one.id}"
        assert words_of(one) in index
        assert path in index
        shape = (one.spec.measure, one.spec.of, one.spec.tally is None, one.spec.part is None)
        if every:
            shape = shape_of(one.spec_json, one.programme.id).spec
        offered = figures.groupings(one)
        by = next((b for b in offered if b not in turned), offered[n % len(offered)])
        if shape in shapes and by in turned:
            continue
        shapes.add(shape)
        turned.add(by)
        page = steps.read(f"{path}?period=2026&by={by}")
        assert words_of(one) in page
        _, behind = steps.follow(page, None if every else 3)
        assert behind, one.id
        for row in re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL):
            assert "/matters?" in row or "不显示" in row or "—" in row, (one.id, by, row)
    own = {one for one in turned if not one.startswith("field.")}
    assert own == {"org", "period", "category", "channel", "from", "into", "age", "flow"}


def test_in_bulletins(march):
    """A number leads to its definition on the same page; from there a leader reaches the matters."""
    row = bulletins.draft(
        "public_voice", "monthly", march.org("center"), periods.parse("2026-03"),
        actor=march.actor("desk"), at=march.at,
    )  # fmt: skip
    steps = Steps(march)
    inside = steps.read(f"/desk/bulletins/{row.pk}")
    leader, later = march.actor("leader"), march.after(days=40)
    issued = bulletins.issue(row.pk, version=row.version, actor=leader, at=later)
    for page in (inside, march.client().get(f"/bulletins/{issued.pk}").content.decode()):
        anchors = set(re.findall(r'class="number" href="#(def-[^"]+)"', page))
        told = dict(re.findall(r'<li id="(def-[^"]+)">(.*?)</li>', page, re.DOTALL))
        assert anchors
        assert anchors <= set(told)
    for line in re.findall(r'<li id="def-[^"]+">(.*?)</li>', inside, re.DOTALL):
        _, behind = steps.follow(line)
        assert behind, line
