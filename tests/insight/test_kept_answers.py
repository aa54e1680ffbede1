"""What figures answered lies in files that change no figure, stop nothing and do not stay."""

import json
import os
import pickle
import stat
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from house import AT

from bihuan.insight import api as insight
from bihuan.insight.facts.store import File, Manifest, Store
from bihuan.insight.figures import engines, kept, telling
from bihuan.insight.figures.kept import Table
from bihuan.jobs import schedule
from bihuan.rules import periods

ROWS = [
    (1, -2.5, "字\n", None, True, Decimal("1.10"), date(2026, 3, 1), datetime(2026, 3, 1, 8, 0, 1)),  # noqa: DTZ001 - as facts have them
    (0, 1e-9, "", None, False, Decimal(0), date.min, datetime.max),  # noqa: DTZ901 - as above
]
TABLE = Table(tuple("abcdefgh"), ROWS)


class _Code:
    def __reduce__(self):
        return (os.mkdir, (os.environ["BIHUAN_FORGED"],))


@pytest.fixture(autouse=True)
def answers(settings, tmp_path):
    settings.ANSWERS_ROOT = tmp_path / "answers"
    kept.forget_memory()
    yield settings.ANSWERS_ROOT
    kept.forget_memory()


def files(folder):
    return sorted(one for one in folder.rglob("*") if one.is_file())


def anew():
    """As the next process."""
    kept.forget_memory()
    telling._chains.cache_clear()
    telling._grid.cache_clear()


def test_the_next_process_has_exactly_what_was_kept(answers):
    kept.keep("one", TABLE, ["d"])
    kept.forget_memory()
    found = kept.find("one")
    assert found == TABLE
    assert [list(map(type, row)) for row in found.rows] == [list(map(type, row)) for row in ROWS]
    (file,) = files(answers)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # Not what would come back as something else.
    kept.keep("two", Table(("a",), [(AT,)]), ["d"])
    kept.keep("two", Table(("a",), [([1],)]), ["d"])
    assert kept.find("two") is None
    assert files(answers) == [file]
    # What another process deleted is gone from the memory of this one.
    file.unlink()
    assert kept.find("one") is None


def test_what_is_damaged_or_forged_is_as_if_it_were_not_there(answers, monkeypatch, tmp_path):
    monkeypatch.setenv("BIHUAN_FORGED", str(tmp_path / "forged"))
    kept.keep("one", TABLE, ["d"])
    kept.keep("other", Table(("a",), [(9,)]), ["d"])
    file, other = files(answers)
    honest = file.read_bytes()
    spoilt = [
        b"",
        b"\xff\x80",
        honest[:-3],
        honest.replace(b"-2.5", b"-9.5"),
        # Signed, for another question.
        other.read_bytes(),
        b"[" * 100_000,
        pickle.dumps(_Code()),
    ]
    for text in spoilt:
        file.write_bytes(text)
        kept.forget_memory()
        assert kept.find("one") is None
        assert not file.exists()
    assert not (tmp_path / "forged").exists()
    file.mkdir()
    assert kept.find("one") is None
    os.mkfifo(file)
    assert kept.find("one") is None
    kept.keep("one", TABLE, ["d"])
    kept.forget_memory()
    assert kept.find("one") == TABLE


def test_a_folder_that_cannot_be_written_to_costs_nothing_else(answers):
    answers.write_text("no folder")
    kept.keep("one", TABLE, ["d"])
    kept.forget_memory()
    assert kept.find("one") is None


def test_what_nobody_asks_for_again_goes(answers, settings, tmp_path):
    facts = Store(tmp_path)
    facts.commit(Manifest(steps=(File("a", 1, "counts"),)))
    at = datetime.now(AT.tzinfo)
    for name, of in (("stays", ["counts"]), ("old", ["counts"]), ("gone", ["counts", "dropped"])):
        kept.keep(name, TABLE, of)
    folder = files(answers)[0].parent
    long_ago = (at - timedelta(days=8)).timestamp()
    os.utime(folder / "old", (long_ago, long_ago))
    (folder / "no_answer").write_bytes(b"\xff")
    (folder / "deep").write_text("[" * 100_000)
    (answers / "earlier.djcache").write_bytes(b"")
    settings.FACTS_PERSONS = True
    kept.keep("by_person", TABLE, ["counts"])
    settings.FACTS_PERSONS = False
    # Of facts under another rule: neither found nor left.
    assert kept.find("by_person") is None
    kept.forget(at, facts)
    assert files(answers) == [folder / "stays"]
    kept.forget(at + timedelta(days=8), facts)
    assert files(answers) == []


def test_not_more_than_so_many(answers, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 6)
    monkeypatch.setattr(kept, "LOOKED_THROUGH", 1)
    monkeypatch.setattr(kept, "IN_MEMORY", 2)
    for n in range(9):
        kept.keep(f"n{n}", TABLE, ["d"])
    assert len(files(answers)) <= 6
    assert len(kept._memory) == 2


@pytest.mark.django_db(transaction=True)
def test_figures_stay_right_and_answers_go_with_what_they_are_of(house, answers, monkeypatch):
    for _ in range(6):
        house.closed()
    insight.export(insight.store())

    def figure():
        anew()
        found = insight.definition("public_voice", "received")
        return insight.figure(found, periods.parse("2026"), None, by=("org",)).total.value

    assert figure() == 6
    for file in files(answers):
        file.write_bytes(b"\x80\x04broken")
    assert figure() == 6
    # From the files alone.
    with monkeypatch.context() as no_engine:
        no_engine.setattr(engines._DuckDB, "_asked", None)
        assert figure() == 6
    for file in files(answers):
        text = file.read_text()
        file.write_text(json.dumps([]) + text[text.index("\n") :].replace("6", "7"))
    assert figure() == 6
    duty = {one.name: one for one in schedule.duties(lambda key, **values: key)}
    duty["kept_answers"].run(datetime.now(AT.tzinfo))
    assert files(answers)
    duty["retention"].run(AT + timedelta(days=365 * 40))
    assert files(answers) == []
    assert figure() == 6
    insight.rebuild(insight.store())
    assert files(answers) == []
