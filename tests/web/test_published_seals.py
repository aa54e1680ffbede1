"""What anybody can check of the log: the page of seals, the proof a sender holds, the script beside the docs."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client

from bihuan.foundation.audit import api as audit

pytestmark = pytest.mark.django_db

SCRIPT = Path(__file__).parents[2] / "docs" / "howto" / "check_log.py"
ATOM = "{http://www.w3.org/2005/Atom}"


def seal(house, days):
    return audit.seal(at=house.after(days=days), until=house.after(days=days))


@pytest.fixture
def told(house):
    """A message with its answer, sealed; another after it, sealed too."""
    opened = house.closed()
    seal(house, 1)
    house.open("又一件事。", at=house.after(days=2))
    seal(house, 3)
    return opened


def script(tmp_path, *argv):
    """Runs the script of the docs as anybody would: with Python alone, away from our code."""
    names = []
    for n, one in enumerate(argv):
        if isinstance(one, str):
            names.append(one)
        else:
            (tmp_path / f"{n}.json").write_text(json.dumps(one), encoding="utf-8")
            names.append(f"{n}.json")
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *names],
        cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def proof_of(opened):
    answer = Client().post("/follow/proof", {"code": opened.code})
    assert answer.status_code == 200, answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]
    return answer.json()


def test_before_the_first_seal_the_page_says_so(house):
    page = Client().get("/seals")
    assert page.status_code == 200
    assert "尚无封签" in page.content.decode()
    assert Client().get("/seals/1.json").status_code == 404
    assert Client().get("/seals/consistency?old=1").status_code == 404
    assert "证明" not in Client().post("/follow", {"code": house.open().code}).content.decode()


def test_the_page_and_the_feed_show_every_seal(told):
    heads = audit.proofs.latest(9)
    page = Client().get("/seals").content.decode()
    feed = ElementTree.fromstring(Client().get("/seals.atom").content)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(heads) == 2
    for head, entry in zip(heads, entries, strict=True):
        assert head.root in page
        assert head.root in entry.find(f"{ATOM}summary").text
        assert head.signature in entry.find(f"{ATOM}summary").text
        saved = Client().get(f"/seals/{head.size}.json").json()
        assert audit.proofs.read_anchor(saved) == head
        assert not list(audit.everything(anchors=[head]))


@pytest.mark.parametrize(
    "asked", ["", "old=", "old=x", "old=-1", "old=0", "old=３", "old=1&new=", "old=9" + "9" * 40, "old=5&new=4"]
)  # fmt: skip
def test_what_was_never_sealed_has_no_proof(told, asked):
    assert Client().get(f"/seals/consistency?{asked}").status_code == 404
    assert Client().get("/seals?before=x").status_code == 200
    assert Client().get("/seals/" + "9" * 40 + ".json").status_code == 404


def test_one_seal_continues_the_other_and_the_script_says_so(told, tmp_path):
    new, old = audit.proofs.latest(9)
    kept = Client().get(f"/seals/{old.size}.json").json()
    shown = Client().get(f"/seals/consistency?old={old.size}").json()
    assert shown["new"]["size"] == new.size
    done = script(tmp_path, "continues", kept, shown)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "unchanged" in done.stdout
    newest = Client().get(f"/seals/{new.size}.json").json()
    assert script(tmp_path, "continues", newest, shown).returncode == 0
    for wrong in (
        {**kept, "root": "0" * 64},
        {**kept, "size": old.size - 1},
        {},
    ):
        assert script(tmp_path, "continues", wrong, shown).returncode == 1
    forged = {**shown, "new": {**shown["new"], "root": "1" * 64}}
    assert script(tmp_path, "continues", kept, forged).returncode == 1
    assert script(tmp_path, "continues", kept, {**shown, "consistency": []}).returncode == 1


def test_a_sender_proves_message_and_answer_without_us(told, tmp_path):
    proof = proof_of(told)
    anchor = Client().get(f"/seals/{proof['log']['size']}.json").json()
    done = script(tmp_path, "proof", proof, anchor)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "红绿灯" in done.stdout
    assert "经查，已修复" in done.stdout
    assert "of this very log" in done.stdout
    older = audit.proofs.published(audit.proofs.latest(9)[-1])
    other = script(tmp_path, "proof", proof, older)
    assert other.returncode == 1
    assert "/seals/consistency?old=" in other.stdout


def test_a_proof_of_other_words_does_not_hold(told, tmp_path):
    proof = proof_of(told)

    def without(change):
        copy = json.loads(json.dumps(proof))
        change(copy["events"])
        return copy

    answered = next(
        n
        for n, e in enumerate(proof["events"])
        if any("reply" in f["path"] for f in e.get("shown", ()))
    )
    for change in (
        lambda e: e[0]["shown"][0].update(value="别的话"),
        lambda e: e[answered]["shown"][0].update(value="没有修复"),
        lambda e: e[0].update(index=e[0]["index"] + 1),
        lambda e: e[0].update(rest="0" * 64),
        lambda e: e[0].update(at="0" * 64),
        lambda e: e[0]["path"].pop(),
        lambda e: e[0]["digests"].reverse(),
    ):
        assert script(tmp_path, "proof", without(change)).returncode == 1


def test_a_proof_tells_the_senders_own_and_nothing_but_hashes(told, house):
    proof = proof_of(told)
    shown = [field["path"] for event in proof["events"] for field in event.get("shown", ())]
    assert shown
    assert all(path in (["body"], ["set", "subject"], ["inputs", "reply"]) for path in shown)
    for event in proof["events"]:
        for name in ("at", "rest", "private_digest"):
            assert all(c in "0123456789abcdef" for c in event.get(name, ""))
        assert all(len(one) == 64 for one in (*event["path"], *event.get("digests", ())))
        assert set(event) <= {"at", "rest", "private_digest", "digests", "shown", "index", "path"}
    text = json.dumps(proof, ensure_ascii=False)
    assert all(name not in text for name in ("林望舒", "周映棠", "person", "handler", "matter:"))


def test_notes_among_the_hidden_words_stay_hidden(house):
    opened = house.answered()
    house.act(opened, "rate", "sender", rating="basically", reason="还是堵。")
    from bihuan.kernel.matters import api as matters

    matters.note(
        opened.matter.pk, "内部的话", actor=house.actor("handler"), at=house.after(hours=1)
    )
    seal(house, 1)
    text = json.dumps(proof_of(opened), ensure_ascii=False)
    assert "内部的话" not in text


def test_what_was_erased_is_proved_by_its_digest(told, house, tmp_path):
    from bihuan.kernel.senders import api as senders

    senders.erase_contact(told.matter.pk, actor=house.actor("system"), at=house.after(days=4))
    seal(house, 5)
    done = script(tmp_path, "proof", proof_of(told))
    assert done.returncode == 0, done.stdout


def test_a_wrong_code_proves_nothing(told):
    assert Client().post("/follow/proof", {"code": "AAAAAAAAAA"}).status_code == 404
    assert Client().get("/follow/proof").status_code == 405


def test_a_log_that_was_changed_is_not_proved(told, unlocked):
    from bihuan.foundation.audit.models import Event

    first = Event.objects.filter(stream=told.matter.stream).earliest("pk")
    Event.objects.filter(pk=first.pk).update(hash="f" * 64)
    answer = Client().post("/follow/proof", {"code": told.code})
    assert answer.status_code == 503
    assert "暂时无法出具证明" in answer.content.decode()


def test_the_time_line_says_who_wrote_it_and_when(house, settings):
    from bihuan.foundation.audit import recording
    from bihuan.kernel.exchange import intake

    settings.CLOCK = lambda: house.after(days=30)
    token = recording._told.set(False)
    try:
        done = intake.run(
            "标题,内容,时间\n路灯,路灯不亮。,2026-02-01 10:00\n".encode(), "a.csv",
            home=house.org("center"), programme="public_voice", kind="voice", at=house.at,
            actor=house.actor("desk"), guesses=True,
        )  # fmt: skip
    finally:
        recording._told.reset(token)
    pk = done.lines[0].matter_id
    page = house.client("desk").get(f"/desk/matters/{pk}").content.decode()
    assert "周映棠" in page
    assert "记录于4月1日 周三 09:00" in page
    with audit.done_by(house.person("desk").stream):
        opened = house.open()
    page = house.client("desk").get(f"/desk/matters/{opened.matter.pk}").content.decode()
    assert "记录人：周映棠" in page
    assert "记录于" not in page
