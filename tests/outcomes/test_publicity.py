"""Publications: drafted masked, read by a person, frozen, counted, withdrawn with a reason."""

import pytest

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters import api as matters
from bihuan.lib.problems import RefusedError
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.api import PublicityError

BODY = "我叫乔映雪，电话13912345678，家住幸福小区3号楼2单元501室，路口红绿灯坏了。"


@pytest.fixture
def draft(house):
    opened = house.open(BODY, contact=vault.Person("乔映雪", "13912345678"))
    house.answered(opened, "您好，乔映雪女士，经查已修复。咨询电话0971-8251234。")
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    return row


def published(house, row, who="publisher"):
    return publicity.publish(row.pk, version=row.version, actor=house.actor(who), at=house.at)


def test_a_draft_is_masked_and_nobody_outside_reads_it(house, draft):
    text = draft.title + draft.question + draft.answer
    for secret in ("映雪", "13912345678", "501", "8251234"):
        assert secret not in text
    assert "红绿灯坏了" in text
    assert draft.state == "drafted"
    with pytest.raises(LookupError):
        publicity.read_public(draft.pk, at=house.at)
    assert publicity.published() == []
    assert publicity.search_published("红绿灯") == []


@pytest.mark.parametrize("who", ["handler", "stranger", "outsider", "admin"])
def test_who_may_not_publish(house, draft, who):
    assert publicity.drafts(house.actor(who)) == []
    with pytest.raises(LookupError):
        published(house, draft, who)


def test_published_as_read_and_frozen(house, draft):
    actor = house.actor("publisher")
    assert [d.pk for d in publicity.drafts(actor)] == [draft.pk]
    edited = publicity.edit(
        draft.pk, title="红绿灯", question="红绿灯坏了", answer="已修复", actor=actor, at=house.at
    )
    with pytest.raises(PublicityError, match="changed_since_read"):
        published(house, draft)
    row = published(house, edited)
    assert (row.state, row.read_by) == ("published", actor.ref)
    with pytest.raises(PublicityError, match="frozen"):
        publicity.edit(row.pk, title="x", question="x", answer="x", actor=actor, at=house.at)
    with pytest.raises(PublicityError, match="frozen"):
        published(house, row)
    assert [p.pk for p in publicity.search_published("红绿灯")] == [row.pk]
    assert [p.pk for p in publicity.published(board="answers")] == [row.pk]
    assert list(audit.everything()) == []


def test_empty_parts_are_named(house, draft):
    with pytest.raises(PublicityError, match="empty_title"):
        publicity.edit(
            draft.pk,
            title=" ",
            question="x",
            answer="\u202e",
            actor=house.actor("desk"),
            at=house.at,
        )


def test_views_are_counted_by_day(house, draft):
    row = published(house, draft)
    for hours in (0, 1, 30):
        publicity.read_public(row.pk, at=house.after(hours=hours))
    assert publicity.clicks([row.pk]) == {row.pk: 3}


def test_withdrawn_with_a_reason_that_stays(house, draft):
    row = published(house, draft)
    actor = house.actor("leader")
    with pytest.raises(PublicityError, match="reason_missing"):
        publicity.withdraw(row.pk, " ", actor=actor, at=house.at)
    publicity.withdraw(row.pk, "信息有误", actor=actor, at=house.at)
    assert publicity.search_published("红绿灯") == []
    assert publicity.published() == []
    assert publicity.read_public(row.pk, at=house.at).withdrawn_why == "信息有误"
    assert publicity.clicks([row.pk]) == {}
    with pytest.raises(PublicityError, match="frozen"):
        publicity.withdraw(row.pk, "再撤", actor=actor, at=house.at)


def test_a_matter_is_drafted_once(house, draft):
    with pytest.raises(RefusedError, match="fact_is"):
        matters.act(
            int(draft.subject.partition(":")[2]), "publish", actor=house.actor("desk"), at=house.at
        )


@pytest.mark.parametrize("pk", [0, -1, 2**63, 10**30, 999_999])
def test_unknown_publications(house, pk):
    with pytest.raises(LookupError):
        publicity.read_public(pk, at=house.at)
    with pytest.raises(LookupError):
        publicity.draft_of(house.actor("publisher"), pk)


def test_likes_of_published_answers_only(house, draft):
    text = "路口红绿灯坏了"
    assert publicity.alike(draft.question) == []
    row = published(house, draft)
    assert [p.pk for p, _ in publicity.alike(f"{row.question}\n{row.answer}")] == [row.pk]
    assert publicity.alike(text * 0) == []


def test_the_last_published_stand_first_page_by_page(house):
    drafts = []
    for n in range(5):
        opened = house.open(f"{n}号路口红绿灯坏了。")
        house.answered(opened)
        house.act(opened, "publish", "desk")
        drafts += publicity.of_subject(opened.matter.stream)
    # Drafts are read in whatever order; two go out at the same instant.
    for n, hours in ((3, 1), (0, 2), (4, 2), (1, 3), (2, 4)):
        publicity.publish(
            drafts[n].pk,
            version=drafts[n].version,
            actor=house.actor("publisher"),
            at=house.after(hours=hours),
        )
    seen, before = [], None
    while page := publicity.published(before=before, limit=2):
        seen += [row.pk for row in page]
        before = page[-1].pk
    assert seen == [drafts[n].pk for n in (2, 1, 4, 0, 3)]
    assert publicity.published(before=2**40) == []


NAME = "买买提·吐尔逊"


def _shown(house, body, reply, name=NAME, phone="8251234"):
    opened = house.open(body, contact=vault.Person(name, phone, "m.t@example.org"))
    house.answered(opened, reply)
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    return row


@pytest.mark.parametrize(
    "written",
    [NAME, "买买提•吐尔逊", "买买提 · 吐尔逊", "买买提吐尔逊", "買買提・吐爾遜", "吐尔逊", "m.t@example.org",
     "825 1234", "八二五一二三四", "８２５１２３４"],
)  # fmt: skip
def test_whom_the_vault_knows_is_masked_however_written(house, written):
    row = _shown(house, f"昨晚{written}那里停水，盼复。", f"经与{written}核对，已恢复供水。")
    for text in (row.title, row.question, row.answer):
        assert written not in text
        assert "停水" in text or "供水" in text


def test_staff_who_acted_are_masked_though_they_left(house, draft):
    handler = house.actor("handler").name
    row = _shown(house, f"我问过{handler}了。", f"{handler}已上门。", name="")
    assert handler not in f"{row.title}{row.question}{row.answer}"


def test_a_name_typed_back_is_masked_on_saving(house, draft):
    row = publicity.edit(
        draft.pk,
        title="乔 映 雪来信",
        question="路口红绿灯坏了",
        answer="您好，喬映雪女士，已修复",
        actor=house.actor("publisher"),
        at=house.at,
    )
    assert (row.title, row.answer) == ("乔某来信", "您好，喬某女士，已修复")
    assert published(house, row).state == "published"


def test_a_draft_that_shows_whom_the_house_knows_is_not_published(house, draft):
    stale = audit.change(
        draft, audit.Happening("publication.edited", house.at, "system", set={"title": "乔映雪"})
    )
    assert "乔映雪" in {one.text for one in publicity.found_in(stale)}
    with pytest.raises(PublicityError, match="known_left"):
        published(house, stale)


def test_the_reason_of_a_withdrawal_names_nobody(house, draft):
    row = published(house, draft)
    publicity.withdraw(row.pk, "乔映雪要求撤回", actor=house.actor("leader"), at=house.at)
    assert publicity.read_public(row.pk, at=house.at).withdrawn_why == "乔某要求撤回"
