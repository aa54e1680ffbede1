"""Outside `programmes/` and `stories/` the house names nothing that a shipped programme declares.

Every name is one that no other programme could have in its place. Both lists below can only shrink:
a use that is not listed fails, and so does a listed one that is gone.
"""

import naming
import pytest

from bihuan.kernel.programmes import api as programmes

# Ids that are words of the house too, which it uses in its own sense: nobody can tell them apart.
HOUSE = {
    "answered": "the mail that says so",
    "application": "a kind of file (application/json); what a web server runs",
    "booked": "places of halls that were taken",
    "cancel": "an outing of the mobile unit is called off",
    "clicks": "how often a publication was opened",
    "code_renewed": "the event that says so, and the fact that the house leaves of it",
    "common": "the page of common problems",
    "common_problems": "the same, in the interface",
    "contact": "how to reach a sender, kept in the vault",
    "explain": "how a limit came about",
    "findings": "what a proof found",
    "forms": "the forms of a page",
    "found": "what was found",
    "immediate": "a service that is settled at once",
    "issue": "a bulletin gets its number and is frozen",
    "issue_bulletin": "an operation of the interface",
    "missing": "what is not there",
    "notices": "what everybody reads in the public part",
    "objections": "those to a notice, which its facet knows",
    "opinion": "what somebody outside says through a watch",
    "ordered_by": "who ordered a matter under another: the house fills it in where a kind asks for it",
    "published": "the state of a publication",
    "purpose": "what a watch is for",
    "raised": "went up to the pool above",
    "reason": "why somebody did what only the house's own verbs do",
    "received": "the notice that says so; where a limit's count begins",
    "report": "the report of promises kept",
    "result": "what came of a row or question",
    "summary": "what an address of the interface or a calendar's entry says of itself",
    "verify": "the command that proves the log",
}


def verb_words() -> set[str]:
    """The parts of the names of verbs, which belong to the format."""
    verbs = programmes.registry.verbs()
    return {word for name in (*verbs.guards, *verbs.effects) for word in name.split(".")}


# What one programme's words still are in the house's rooms, by file: to be moved, never to be added to.
NAMED: dict[str, dict[str, int]] = {
    "spec/answering.py": {"competent": 1, "conclusion": 1, "rating": 1, "reply": 1},
    "spec/duties.py": {"handler": 1, "leader": 1, "publisher": 1, "supervisor": 1},
}


@pytest.fixture(scope="module")
def found():
    known = naming.format_words() | verb_words() | HOUSE.keys()
    return {path: dict(count) for path, count in naming.named(known).items()}


def test_nothing_a_programme_declares_is_named_anew(found):
    grown = {
        f"{path}: {word}": count
        for path, words in found.items()
        for word, count in words.items()
        if count > NAMED.get(path, {}).get(word, 0)
    }
    assert grown == {}, "ask for a duty, a facet or a word of the programme's own instead"


def test_no_exception_outlives_its_need(found):
    left = {
        f"{path}: {word}": found.get(path, {}).get(word, 0)
        for path, words in NAMED.items()
        for word, count in words.items()
        if count > found.get(path, {}).get(word, 0)
    }
    assert left == {}, "well done: lower the count in NAMED, or take the line out"


def test_a_word_of_the_house_is_one_that_a_programme_declares():
    ids = naming.declared()
    known = naming.format_words() | verb_words()
    assert [word for word in HOUSE if word not in ids or word in known] == []
    used = {word for words in naming.named(known).values() for word in words}
    assert sorted(HOUSE.keys() - used) == []


def test_uses_are_found_in_every_kind_of_file(tmp_path, monkeypatch):
    """A planted use of each kind, and what looks like one and is none."""
    planted = {
        "kernel/some.py": 'ROLES = {"leader"}\nKEY = "choices.voice.x"\n# "handler"\n',
        "web/page.html": '{% if form.id == "rate" %}{{ entry.inputs.competent }}{% endif %}desk',
        "web/assets/some.js": "const step = 'slip_red'; // a sentence about a leader\n",
        "web/strings/some.en.toml": '[notice]\nslip_red = "leader"\n',
        "web/urls.py": 'GO = "desk:queue"\nSAID = "the leader and the handler"\n',
        "stories/some.py": 'WHO = "leader"\n',
    }
    for name, text in planted.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    naming.declared()
    monkeypatch.setattr(naming, "SRC", tmp_path)
    assert naming.named(set()) == {
        "kernel/some.py": {"leader": 1, "voice": 1},
        "web/page.html": {"rate": 1, "competent": 1},
        "web/assets/some.js": {"slip_red": 1},
        "web/strings/some.en.toml": {"notice": 1, "slip_red": 1},
    }
