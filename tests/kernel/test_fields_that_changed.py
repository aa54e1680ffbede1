"""A field that has another type in the next release, and two programmes that use the same words: every
value is told, summed and given out by what it was when it was filled in."""

import io
import shutil
from datetime import date

import openpyxl
import pytest
from django.test import Client
from house import BUILT, SINCE

from bihuan.cli import main
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import RefusedError
from bihuan.rules.periods import parse

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = """
cost = { type = "money" }
colour = { type = "text" }
size = { type = "choice", choices = ["small", "large"] }
"""
AFTER = """
cost = { type = "int", max = 1000000 }
colour = { type = "choice", choices = ["red", "blue"] }
size = { type = "choice", choices = ["small"] }
"""
FIGURE = """
[spent]
version = 1
measure = "sum"
input = "cost"
among = { actions = ["tell"] }
by = ["org", "period"]
[red]
version = 1
measure = "count"
among = { actions = ["tell"], said = { colour = ["red"] } }
by = ["org", "period"]
"""
WORDS = {
    "zh-Hans": ("小事", "花费", "颜色", "大小", "红", "蓝", "小", "大", "做完"),
    "en": ("Errand", "Cost", "Colour", "Size", "Red", "Blue", "Small", "Large", "Done"),
}


EXACT = """
cost = { type = "money" }
colour = { type = "number", places = 2 }
size = { type = "choice", choices = ["small", "large"] }
"""
EXACT_FIGURE = FIGURE.partition("[red]")[0].replace('"sum"', '"sum_money"') + FIGURE.partition(
    "[red]"
)[0].replace("[spent]", "[red]").replace('"sum"', '"sum_number"').replace('"cost"', '"colour"')


def written(folder, fields, *, version, words=WORDS, figures=FIGURE):
    """The folder of a small programme whose id is the folder's name."""
    (folder / "strings").mkdir(parents=True)
    (folder / "programme.toml").write_text(
        f'id = "{folder.name}"\nversion = "{version}"\nspec = 1\n'
        '[[sources]]\nid = "house"\nkind = "house"\ntitle = "x"\n'
        '[[roles]]\nid = "desk"\nat = "any"\ndoes = ["receive"]\n'
    )
    inputs = "".join(f"inputs.{line}\n" for line in fields.strip().splitlines())
    (folder / "matters.toml").write_text(
        '[errand]\nprefix = "XS"\ninitial = "begun"\nopened_by = ["desk"]\n'
        f"[errand.fields]\n{fields}\n"
        '[errand.states]\nbegun = { phase = "open" }\nended = { phase = "done" }\n'
        f'[errand.actions.tell]\nfrom = ["begun"]\nby = ["desk"]\n{inputs}'
        '[errand.actions.finish]\nfrom = ["begun"]\nto = "ended"\nby = ["desk"]\n'
    )
    summed = 'cost = { type = "int"' in fields or figures is not FIGURE
    if summed:
        (folder / "figures.toml").write_text(figures)
    for language, (kind, cost, colour, size, red, blue, small, large, done) in words.items():
        choices = f'[choices.size]\nsmall = "{small}"\n'
        choices += f'large = "{large}"\n' if '"large"' in fields else ""
        if 'colour = { type = "choice"' in fields:
            choices += f'[choices.colour]\nred = "{red}"\nblue = "{blue}"\n'
        titles = '[figures]\nspent = "x"\nred = "y"\n[definitions]\nspent = "x"\nred = "y"\n'
        (folder / "strings" / f"{language}.toml").write_text(
            f'title = "{kind}"\nsummary = "x"\n[roles]\ndesk = "x"\n[kinds]\nerrand = "{kind}"\n'
            f'[states.errand]\nbegun = "x"\nended = "y"\n'
            f'[fields]\ncost = "{cost}"\ncolour = "{colour}"\nsize = "{size}"\n'
            f'[actions.errand]\ntell = "y"\nfinish = "{done}"\n[events.errand]\ntell = "y"\nfinish = "{done}"\n'
            f"{choices}{titles if summed else ''}"
        )
    return folder


def in_force(house, folder):
    release = programmes.install(folder, at=BUILT, actor="system")
    programmes.put_in_force(release.pk, house.org("city"), start=SINCE, at=BUILT, actor=SYSTEM)
    return release


def opened(house, programme, **fields):
    opening = Opening(programme, "errand", house.org("center"), "办一件小事。", fields=fields)
    desk = house.actor("desk")
    made = matters.open_matter(opening, actor=desk, at=house.at).matter
    return matters.act(made.pk, "tell", actor=desk, at=house.at, data=fields)


@pytest.fixture
def changed(house, tmp_path):
    """(release of before, a matter of it, release of after, a matter of it)."""
    old = in_force(house, written(tmp_path / "one" / "errands", BEFORE, version="0.1.0"))
    first = opened(house, "errands", cost="12.50", colour="red", size="large")
    folder = written(tmp_path / "two" / "errands", AFTER, version="0.2.0")
    new = programmes.install(folder, at=house.at, actor="system")
    for row in programmes.current("errands", house.day):
        programmes.end_in_force(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    programmes.put_in_force(new.pk, house.org("city"), start=house.day, at=house.at, actor=SYSTEM)
    return old, first, new, opened(house, "errands", cost="7", colour="red", size="small")


def page(house, matter):
    return house.client("desk").get(f"/desk/matters/{matter.pk}").content.decode()


def told_by_api(house, matter):
    token = access.issue_token(
        house.person("desk").pk,
        "x",
        ["matters:read"],
        expires=date(2099, 1, 1),
        at=house.at,
        actor="system",
    )
    answer = Client().get(
        f"/api/v1/matters/{matter.pk}", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def value(house, name):
    insight.export(insight.store())
    told = insight.figure(insight.definition("errands", name), parse("2026-03"), house.org("city"))
    return told.total.value


def test_each_value_is_told_by_the_type_it_was_filled_in_with(house, changed):
    _, first, _, second = changed
    was, now = page(house, first), page(house, second)
    assert "12.50元" in was
    assert ">大<" in was.replace("\n", "").replace(" ", "")
    assert "12.50" not in now
    assert "红" in now
    listed = house.client("desk").get("/desk/export.xlsx", {"programme": "errands"})
    sheet = openpyxl.load_workbook(io.BytesIO(listed.content)).active
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {12.5, 7, "大", "红"} <= cells


def test_whoever_installs_a_release_is_told_what_open_matters_would_lose(
    house, tmp_path, settings, capsys
):
    old = in_force(house, written(tmp_path / "one" / "errands", BEFORE, version="0.1.0"))
    first = opened(house, "errands", cost="12.50", colour="red", size="large")
    settings.PROGRAMMES_ROOT = tmp_path / "two"
    folder = written(tmp_path / "two" / "errands", AFTER, version="0.2.0")
    text = (folder / "matters.toml").read_text()
    assert main(["init"]) == 0
    told = capsys.readouterr().out
    assert (
        f"0.1.0 (release {old.pk}): 1 open matters stay under it; not to be moved: {first.number}"
        in told
    )
    for line in (
        "errand.fields.cost: it was money and is int",
        "errand.fields.size: no choice any more: large",
        "errand.actions.tell.inputs.cost: it was money and is int",
    ):
        assert line in told
    # Nothing new, nothing to tell; and kinds that are gone are named.
    assert main(["init"]) == 0
    assert "errand.fields" not in capsys.readouterr().out
    (folder / "matters.toml").write_text(text.replace("begun", "started"))
    for one in (folder / "strings").iterdir():
        one.write_text(one.read_text().replace("begun", "started"))
    manifest = folder / "programme.toml"
    manifest.write_text(manifest.read_text().replace("0.2.0", "0.3.0"))
    assert main(["init"]) == 0
    assert "errand.states.begun: the state is gone" in capsys.readouterr().out


def test_a_figure_counts_what_was_such_an_input_then(house, changed):
    assert changed[0].pk != changed[2].pk
    # Not 1,250 fen and 7 together, nor a text that happens to read like a choice.
    assert value(house, "spent") == 7
    assert value(house, "red") == 1


def test_money_and_numbers_with_places_are_summed_exactly(house, tmp_path):
    in_force(house, written(tmp_path / "one" / "errands", AFTER, version="0.1.0"))
    opened(house, "errands", cost="7", colour="red", size="small")
    folder = written(tmp_path / "two" / "errands", EXACT, version="0.2.0", figures=EXACT_FIGURE)
    assert [str(one) for one in programmes.check_folder(folder)] == []
    new = programmes.install(folder, at=house.at, actor="system")
    for row in programmes.current("errands", house.day):
        programmes.end_in_force(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    programmes.put_in_force(new.pk, house.org("city"), start=house.day, at=house.at, actor=SYSTEM)
    for cost, weight in (("0.10", "0.1"), ("1,234.25", "0.2"), ("0.05", "1000")):
        opened(house, "errands", cost=cost, colour=weight, size="large")
    # The 7 of before were no money; 0.1 and 0.2 are 0.3.
    assert value(house, "spent") == 1234.4
    assert value(house, "red") == 1000.3
    told = house.client("desk").get("/desk/figures/errands/spent?period=2026-03").content.decode()
    assert "1,234.40 元" in told
    told = house.client("desk").get("/desk/figures/errands/red?period=2026-03").content.decode()
    assert "1,000.3<" in told.replace("\n", "").replace(" ", "")


def test_a_matter_whose_values_would_read_otherwise_is_not_moved(house, changed):
    old, first, new, _ = changed
    assert upkeep.blocked_moves(old.pk, new.pk) == [first.number]
    with pytest.raises(RefusedError, match=first.number):
        upkeep.move_release(old.pk, new.pk, actor=house.actor("admin"), at=house.at)
    assert list(audit.everything()) == []


def test_one_without_such_values_is_moved(house, changed):
    old, first, new, _ = changed
    matters.act(first.pk, "finish", actor=house.actor("desk"), at=house.at)
    assert upkeep.move_release(old.pk, new.pk, actor=house.actor("admin"), at=house.at)[0] == 0


def test_a_sum_of_two_types_is_named_by_check(tmp_path):
    folder = written(tmp_path / "errands", AFTER, version="0.1.0")
    text = (folder / "matters.toml").read_text()
    (folder / "matters.toml").write_text(text + 'inputs.cost = { type = "money" }\n')
    found = [str(one) for one in programmes.check_folder(folder)]
    assert any("filled in as int and as money" in one for one in found), found


def test_two_programmes_with_the_same_words_do_not_meet(house, changed, tmp_path):
    others = {"zh-Hans": tuple(f"别的{w}" for w in WORDS["zh-Hans"]), "en": WORDS["en"]}
    in_force(house, written(tmp_path / "three" / "trips", AFTER, version="0.1.0", words=others))
    other = opened(house, "trips", cost="100", colour="blue", size="small")
    assert value(house, "spent") == 7
    assert "别的蓝" in page(house, other)
    assert "别的" not in page(house, changed[3])
    shown = told_by_api(house, other)
    assert shown["kind"] == "errand"
    assert shown["programme"] == "trips"


def test_a_programme_whose_folder_is_gone_goes_on(house, settings, tmp_path):
    settings.PROGRAMMES_ROOT = tmp_path
    folder = written(tmp_path / "errands", AFTER, version="0.1.0")
    in_force(house, folder)
    found = opened(house, "errands", cost="7", colour="red", size="small")
    shutil.rmtree(folder)
    programmes.forget_cached()
    desk = house.client("desk")
    for path in ("/desk/", "/desk/?q=小事", "/desk/open", "/desk/figures", "/desk/export.xlsx",
                 "/desk/open/errands/errand", f"/desk/matters/{found.pk}"):  # fmt: skip
        assert desk.get(path).status_code in (200, 302, 404), path
    assert "红" in page(house, found)
    for path in ("/", "/ask", "/promise"):
        assert Client().get(path).status_code == 200, path
    assert told_by_api(house, found)["number"] == found.number
    assert value(house, "spent") == 7
    matters.sweep(house.after(days=30))
    assert list(audit.everything()) == []
    assert (
        matters.act(found.pk, "finish", actor=house.actor("desk"), at=house.after(days=31)).state
        == "ended"
    )
    # Put back, it is the release it was.
    written(tmp_path / "errands", AFTER, version="0.1.0")
    again = programmes.install(folder, at=house.at, actor="system")
    assert again.pk == found.release_id
