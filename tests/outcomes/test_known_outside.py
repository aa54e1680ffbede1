"""Whom the vault knows is named at no door to the outside, however the name is written; and words
that somebody typed stand only in the half of the log that can be erased."""

from datetime import UTC, datetime

import pytest
from django.db import models

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit import record
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.senders import api as senders
from bihuan.kernel.upkeep import api as upkeep
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import BulletinError
from bihuan.rules import periods

pytestmark = pytest.mark.django_db(transaction=True)

APRIL = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
SENDER = vault.Person("买买提·吐尔逊", "8251234", "m.t@example.org")
OBJECTOR = vault.Person("𠮷野䶮", "13912345678", "")
# Every form of the names and numbers that must be gone, in one line of text each.
WRITTEN = (
    "买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提 吐尔逊", "買買提・吐爾遜", "吐尔逊",
    "825 1234", "八二五一二三四", "m.t@example.org",
)  # fmt: skip
OBJECTED = ("𠮷野䶮", "𠮷 野 䶮", "139 1234 5678", "一三九一二三四五六七八")


def addresses(publication, bulletin, notice):
    """What anybody may open of these three."""
    return [
        "/", "/published", f"/published/{publication.pk}", "/feed.atom", "/bulletins",
        f"/bulletins/{bulletin.pk}", "/notices", f"/notices/{notice.pk}", "/notices.ics",
        "/roundup/2026-03-02", "/roundup/2026-W10", "/published?q=停水",
        "/api/v1/public/notices", f"/api/v1/public/notices/{notice.pk}",
        "/api/v1/public/answers", f"/api/v1/public/answers/{publication.pk}",
        "/api/v1/public/bulletins", f"/api/v1/public/bulletins/{bulletin.pk}", "/api/v1/public/roundups/2026-03-02",
    ]  # fmt: skip


def _published(house):
    said = "；".join(WRITTEN)
    opened = house.open(f"停水三天，{said}", contact=SENDER)
    house.answered(opened, f"已修复，{said}")
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    actor = house.actor("publisher")
    edited = publicity.edit(
        row.pk, title=f"停水 {said}"[:200], question=said, answer=said, actor=actor, at=house.at
    )
    return publicity.publish(edited.pk, version=edited.version, actor=actor, at=house.at)


def _notice(house):
    said = "；".join(OBJECTED)
    opening = Opening(
        "public_notice", "notice", house.org("center"), f"拟评选三号窗口。{said}",
        subject=f"标杆窗口公示 {said}", fields={"category": "list"},
    )  # fmt: skip
    row = matters.open_matter(opening, actor=house.actor("desk"), at=house.at).matter
    house.act(row, "put_up", "publisher")
    publicity.object_to(row.pk, "不符合条件。", OBJECTOR, at=house.at)
    house.act(row, "withdraw", "publisher", reason=f"{said}的异议成立")
    return row


def _bulletin(house):
    insight.export(insight.store())
    desk = house.actor("desk")
    org, march = house.org("center"), periods.parse("2026-03")
    row = bulletins.draft("public_voice", "monthly", org, march, actor=desk, at=APRIL)
    said = "；".join(form for form in WRITTEN if not any(c.isdigit() for c in form))
    text = f"{row.text}\n{said}"
    row = bulletins.edit(
        row.pk, title="吐尔逊月报", text=text, version=row.version, actor=desk, at=APRIL
    )
    return bulletins.issue(row.pk, version=row.version, actor=house.actor("supervisor"), at=APRIL)


def test_no_door_names_whom_the_vault_knows(house):
    publication, notice = _published(house), _notice(house)
    bulletin = _bulletin(house)
    browser = house.client()
    for address in addresses(publication, bulletin, notice):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        shown = answer.content.decode().replace("\r\n ", "")
        for form in (*WRITTEN, *OBJECTED):
            assert form not in shown, (address, form)
    paper = bulletins.compose(bulletin)
    said = "\n".join(run.text for block in paper.blocks for run in block.runs)
    assert not [form for form in WRITTEN if form in paper.title + said]


def test_an_office_signs_with_its_own_names(house):
    """Whoever acts in office stays named in what the organisation says in its own name."""
    handler = house.actor("handler").name
    opening = Opening(
        "public_notice", "notice", house.org("center"), f"联系人：{handler}", subject="窗口公示",
        fields={"category": "list"},
    )  # fmt: skip
    row = matters.open_matter(opening, actor=house.actor("desk"), at=house.at).matter
    house.act(row, "put_up", "publisher")
    publicity.object_to(row.pk, "不符合条件。", OBJECTOR, at=house.at)
    assert handler in publicity.read_notice(row.pk, at=house.at).text


def test_a_bulletin_that_names_a_sender_is_not_issued(house):
    house.open("停水", contact=vault.Person("高峰"))
    insight.export(insight.store())
    desk, march = house.actor("desk"), periods.parse("2026-03")
    row = bulletins.draft(
        "public_voice", "monthly", house.org("center"), march, actor=desk, at=APRIL
    )
    # The same two characters are a word here: 早高峰 names nobody.
    text = f"{row.text}\n早高峰时段拥堵明显。"
    row = bulletins.edit(
        row.pk, title=row.title, text=text, version=row.version, actor=desk, at=APRIL
    )
    assert "早高峰时段" in row.text
    house.open("停电", contact=SENDER)
    happening = audit.Happening("bulletin.edited", APRIL, "system", set={"title": "吐尔逊月报"})
    row = audit.change(row, happening)
    leader = house.actor("supervisor")
    with pytest.raises(BulletinError, match="known_left"):
        bulletins.issue(row.pk, version=row.version, actor=leader, at=APRIL)


MARK = "邬鸣鹤"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_typed_words_stand_in_the_erasable_half_only(house):
    photo = files.accept(f"{MARK}的证件.pdf", PDF)
    opened = house.open(f"{MARK}来信", contact=vault.Person(MARK, "8251234"), files=[photo])
    found = opened.matter
    matters.note(found.pk, f"{MARK}又来电", actor=house.actor("desk"), at=house.at)
    house.answered(opened, f"{MARK}已满意")
    senders.reveal_contact(found.pk, f"{MARK}要回电", actor=house.actor("desk"), at=house.at)
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(found.stream)
    publicity.withdraw(row.pk, f"{MARK}撤回", actor=house.actor("leader"), at=house.at)
    bulletin = _bulletin(house)
    leader = house.actor("leader")
    bulletins.withdraw(bulletin.pk, f"{MARK}有误", actor=leader, at=APRIL)
    told = [one for one in audit.Event.objects.all() if MARK in one.data]
    assert told == []
    assert list(audit.everything()) == []
    # And when it is over, they are gone.
    upkeep.erase_due(datetime(2040, 1, 1, tzinfo=UTC), words="已清除")
    house.act(opened, "rate", "sender", rating="satisfied")
    upkeep.erase_due(datetime(2040, 1, 1, tzinfo=UTC), words="已清除")
    kept = [e for e in audit.Event.objects.filter(stream=found.stream) if MARK in (e.private or "")]
    assert kept == []
    assert list(audit.everything()) == []


def test_what_a_type_does_not_declare_is_refused(house):
    row = house.open().matter
    for said in ({"data": {"why": "x"}}, {"private": {"why": "x"}}):
        with pytest.raises(ValueError, match="which is not declared"):
            audit.change(row, audit.Happening("matter.noted", house.at, SYSTEM.ref, **said))


# Columns of words, codes and structures in the half that stays, and why none of them is about a
# sender: a new one needs its row here, or belongs into its model's PRIVATE.
STAYS = {
    "score_result": "scored numbers: names a programme declares, and whole numbers of all who gave",
    "score_sheet": "counts: how often each grade stood on forms without a name",
    "draw_made": "period seed among drawn: a period, digits, rows of a field that everybody reads who sees the matter",
    "group_count": "table group counted numbers: names a programme declares, and whole numbers by them",
    "adds_to": "threshold: a name that programmes declare",
    "crossing": "threshold crossed_by: a name that programmes declare, limit or trend",
    "attendance": "how numbers: by which way it is known, and minutes",
    "attested_lines": "lines: numbers of gatherings, instants and minutes",
    "attendance_mend": "whom before after parts: keys of the roll, states, names of parts of the minutes",
    "question": "sort text options sources: of which sort, a question of whoever organises a short test, ids",
    "quiz_attempt": "asked: numbers of questions",
    "quiz_result": "numbers: minutes",
    "sitting": "holiday slot quorum: a public holiday, an id and a day, numbers",
    "waiver": "obligation reason: names that a programme declares; what was said of it is private",
    "award": "award slot: an award of a programme, an id and a period",
    "bulletin": "numbers table chart hands: figures and who wrote it",
    "calendar": "code name zone hours: a calendar's own",
    "calendar_year": "source days: the decree of a year",
    "candidacy": "award how slot: an award of a programme, by whom it came, ids",
    "clock": "unit source pauses extras steps: rules, instants and ids",
    "connection": "provider by: the operator's key of a provider, by which of three things one was known",
    "conflict": "why: one of three reasons for which somebody has no vote",
    "criterion": "seen: ids of what a condition was read from",
    "each": "given: what a programme gives a child, the names of inputs and fields",
    "each_missed": "why: the key of what refused it, with numbers",
    "each_of": "whom: the kind and id of a row",
    "identity": "name hotline address hours filing police_filing accent emblem: what every page says of the house",
    "journal_entry": "timing: whether it was written in time",
    "layout": "name figures: a file's own",
    "link": "name missed: a link of a kind; an action and the key of what refused it, with numbers",
    "matter": "facts: open fields of a kind, as its programme declares them",
    "once": "slot: a kind, an id and a period",
    "org_type": "code name name_en: what sort of organisation, as the house calls it",
    "org": "path name short code level duties: an office's own",
    "counted_day": "counts: clicks of a day",
    "queue_number": "letter: of what somebody came for",
    "person": "username name code password_digest: of staff, who act in office; a keyed digest of a hash",
    "paper": "paper slot seed: a programme's own name for it, ids, and chance",
    "pair_card": "whom: the kind and id of a row",
    "pair_link": "first second instead breaks why: kinds and ids of rows, rules with numbers, the key of what refused it",
    "pair_of": "sort both first second match: a kind, and kinds and ids of rows",
    "pair_run": "given: what a programme gives a child",
    "pair_side": "why: rules with numbers",
    "plan_run": "every pauses: week or month, and days",
    "phone_entry": "given key: ids, and a key that a phone made",
    "phrase": "shortcut: a key",
    "pool_stay": "subject: the stream of a matter",
    "post": "title: an office's",
    "publication": "unit_name category: an office's",
    "release": "text: the programme itself",
    "stay": "pool how: a level of organisations, and how it came there",
    "round_run": "award: one of a programme's",
    "service": "code name clause materials fee applicants place hours phone forms result: the catalogue",
    "setting": "name value scope clause: a rule's",
    "stance": "choice: one of a kind's, where everybody may see it",
    "timetable": "weekdays spans: times",
    "token": "name scopes: a programme's own name for its key",
    "visit": "place services: where everybody is told to come",
    "watch_text": "name released_by: a field of a kind, and who released it",
    "webhook": "url types: addresses of systems",
}
_CODES = frozenset(
    [
        "programme",
        "kind",
        "prefix",
        "state",
        "phase",
        "home_path",
        "unit_path",
        "org_path",
        "category",
        "channel",
        "level",
        "code_index",
        "role",
        "status",
        "locale",
        "rhythm",
        "board",
        "subject",
        "unit_name",
        "period",
        "part",
        "window",
        "time",
        "opens",
        "closes",
        "number",
        "issued_by",
        "read_by",
        "uploaded_by",
        "given_by",
        "digest",
        "index",
        "facts_hash",
        "tag",
        "sha256",
        "mime",
    ]
)


def test_every_column_of_words_is_private_or_says_why_not():
    strange = {}
    for name, model in {**record.rows(), **record.part_models()}.items():
        words = {
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        } & set(model.tracked())
        said = set(STAYS.get(name, "").partition(":")[0].split())
        left = words - model.PRIVATE - said - _CODES
        if left or said - words:
            strange[name] = (left, said - words)
    assert strange == {}
