"""A board shows the parts it names and nothing else of a matter: not drafted, not published, not shown."""

import json
import shutil

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters.api import of_streams
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.api import PublicityError

VOICE = next(p for p in programmes.folders() if p.name == "public_voice")
SECRET = "院内三楼病房的床栏坏了"
ANSWER = "夜间每小时巡视一次。"
RENAMED = ("inputs.reply = {", "inputs.lessons = {")
UNSAID = (', as = "answer"', "")


def edited(folder, parts, *more):
    """A copy of a shipped programme whose board has these parts, and other changes of its kinds."""
    shutil.copytree(VOICE, folder)
    manifest = (folder / "programme.toml").read_text(encoding="utf-8")
    line = next(one for one in manifest.splitlines() if one.startswith("version"))
    changes = [
        ("boards.toml", '["question", "answer"]', json.dumps(parts)),
        ("programme.toml", line, 'version = "9.9.0"'),
        *(("matters.toml", *one) for one in more),
    ]
    for name, before, after in changes:
        text = (folder / name).read_text(encoding="utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after), encoding="utf-8")
    return folder


def worded(folder, key, old):
    """Gives a new input the words of the one it was."""
    for name in ("zh-Hans", "en"):
        path = folder / "strings" / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        head, _, rest = text.partition("[fields]")
        path.write_text(
            f"{head}[fields]{rest.replace(f'{old} =', f'{key} =', 1)}", encoding="utf-8"
        )


def in_force(house, folder):
    made = programmes.install(folder, at=house.at, actor="system")
    programmes.put_in_force(made.pk, house.org("city"), start=house.day, at=house.at, actor=SYSTEM)


def drafted(house, answer="reply"):
    opened = house.handling(house.open(SECRET))
    house.act(opened, "reply", "handler", **{answer: ANSWER})
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    return row


def published(house, row):
    return publicity.publish(
        row.pk, version=row.version, actor=house.actor("publisher"), at=house.at
    )


def _number(row):
    return of_streams([row.subject])[row.subject].number


@pytest.fixture
def answers_only(house, tmp_path):
    in_force(house, edited(tmp_path / "public_voice", ["answer"]))
    return house


def test_what_is_no_part_is_neither_drafted_nor_shown(answers_only, client):
    house = answers_only
    row = drafted(house)
    assert (row.question, row.answer) == ("", ANSWER)
    assert SECRET not in row.title, "a title is made of what the sender wrote"
    page = house.client("publisher").get(f"/desk/publications/{row.pk}").content.decode()
    assert SECRET not in page
    assert 'name="question"' not in page
    row = published(house, row)
    for address in (
        f"/published/{row.pk}",
        "/published",
        "/published?q=床栏",
        "/feed.atom",
        "/roundup/2026-03-02",
        "/",
        f"/api/v1/public/answers/{row.pk}",
        "/api/v1/public/answers",
        f"/open311/v2/requests/{_number(row)}.json",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in answer.content.decode(), address
    page = client.get(f"/published/{row.pk}").content.decode()
    assert ANSWER in page
    assert "我也有类似的事" in page, "it is of what anybody may send"
    assert publicity.search_published("床栏") == []
    assert list(audit.everything()) == []


def test_what_an_older_draft_holds_beside_the_parts_is_not_published(answers_only):
    house = answers_only
    row = drafted(house)
    # As the version before drafted it.
    old = {"question": SECRET, "title": "床栏"}
    row = change(row, Happening("publication.edited", house.at, "system", set=old))
    page = house.client("publisher").get(f"/desk/publications/{row.pk}").content.decode()
    assert SECRET not in page
    assert publicity.found_in(row) == []
    row = published(house, row)
    assert (row.question, publicity.read_public(row.pk, at=house.at).question) == ("", "")
    assert publicity.search_published(SECRET) == []


def test_what_was_published_beside_the_parts_before_is_shown_no_more(answers_only, client):
    house = answers_only
    row = published(house, drafted(house))
    old = {"question": SECRET}
    row = change(row, Happening("publication.edited", house.at, "system", set=old))
    for address in (f"/published/{row.pk}", "/feed.atom", f"/api/v1/public/answers/{row.pk}"):
        assert SECRET not in client.get(address).content.decode(), address
    number = _number(row)
    assert SECRET not in client.get(f"/open311/v2/requests/{number}.json").content.decode()
    assert [text for _, _, text in publicity.searched()] == [f"\n{ANSWER}"]
    assert list(audit.everything()) == []


def test_text_for_what_is_no_part_is_refused_and_empty_parts_are_named(answers_only):
    house = answers_only
    row = drafted(house)
    client = house.client("publisher")
    given = {"do": "save", "title": "巡视", "question": SECRET, "answer": ANSWER}
    answer = client.post(f"/desk/publications/{row.pk}", given)
    assert answer.status_code == 422
    assert "不公开其中的一部分" in answer.content.decode()
    answer = client.post(
        f"/desk/publications/{row.pk}", {"do": "save", "title": "巡视", "answer": " "}
    )
    told = answer.content.decode()
    assert "要公开的答复是空的" in told
    assert "answer。" not in told
    saved = {"do": "save", "title": "巡视", "answer": ANSWER}
    assert client.post(f"/desk/publications/{row.pk}", saved).status_code == 302
    fresh = publicity.draft_of(house.actor("publisher"), row.pk)
    assert published(house, fresh).title == "巡视"


def test_a_board_of_questions_asks_for_no_answer(house, tmp_path, client):
    in_force(house, edited(tmp_path / "public_voice", ["question"]))
    row = drafted(house)
    assert (row.question, row.answer) == (SECRET, "")
    row = published(house, row)
    assert SECRET in client.get("/feed.atom").content.decode()
    assert ANSWER not in client.get(f"/published/{row.pk}").content.decode()
    empty = drafted(house)
    with pytest.raises(PublicityError, match="empty_question"):
        publicity.edit(
            empty.pk,
            title="x",
            question=" ",
            answer="",
            actor=house.actor("publisher"),
            at=house.at,
        )


def test_an_input_of_any_name_gives_the_answer(house, tmp_path):
    folder = edited(tmp_path / "public_voice", ["question", "answer"], RENAMED)
    worded(folder, "lessons", "reply")
    assert programmes.check_folder(folder) == []
    in_force(house, folder)
    opened = house.handling(house.open(SECRET))
    client = house.client("handler")
    where = f"/desk/matters/{opened.matter.pk}/act/reply"
    preview = client.post(where, {"lessons": ANSWER}).content.decode()
    assert 'name="confirm"' in preview, "an answer is read once more before it is sent"
    assert client.post(where, {"lessons": ANSWER, "confirm": "1"}).status_code == 302
    fresh = house.act(opened, "publish", "desk")
    assert senders.last_reply(fresh) == ANSWER
    (row,) = publicity.of_subject(opened.matter.stream)
    assert row.answer == ANSWER
    told = house.client().post("/follow", {"code": opened.code}, follow=True).content.decode()
    assert ANSWER in told


def problems(folder):
    return {(one.path, one.cause): one.remedy for one in programmes.check_folder(folder)}


def test_check_says_when_nothing_gives_a_part(tmp_path):
    folder = edited(tmp_path / "public_voice", ["answer"], RENAMED, UNSAID)
    worded(folder, "lessons", "reply")
    found = problems(folder)
    remedy = found["answers.parts.0", "nothing gives the part 'answer'"]
    assert 'as = "answer"' in remedy
