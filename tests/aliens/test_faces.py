"""Every face of the house with alien programmes in force: opened from their own forms, acted
on, looked at by everybody in both languages."""

import re
from datetime import date
from html import unescape

import pytest
from addresses import interface, names
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from testing_settings import PROVING

import aliens
from bihuan.foundation.access import api as access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import facets

pytestmark = pytest.mark.django_db
# A key that stands where its words belong.
RAW = re.compile(
    r"\b(fields|choices|kinds|states|actions|events|help|clocks|steps|roles|settings|figures"
    r"|error|desk|portal|site|field|open|input)\.[a-z_]+(\.[a-z_]+)*\b"
)
# Nor is code that a page shows to programmers.
_ATTRIBUTES = re.compile(r"<(script|style|pre|code)\b.*?</\1>|<[^>]*>", re.DOTALL)


@pytest.fixture
def house(house):
    return aliens.land()


def text_of(answer):
    """What somebody reads of a page."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join(unescape(_ATTRIBUTES.sub(" ", body.decode(errors="ignore"))).split())


def values(house, about):
    """name: (what is typed, what is read), for fields of every type."""
    city, center = house.org("city"), house.org("center")
    streets, person = house.org("streets"), house.person("handler")
    plate = house.service("plate")
    return {
        "text": ("一句短话", "一句短话"),
        "longtext": ("一段长话。", "一段长话。"),
        "bool": ("true", "是"),
        "int": ("37", "37"),
        "date": ("2026-04-05", "2026-04-05"),
        "org": (streets.name, streets.name),
        "orgs": (f"{city.name}、{center.name}", center.name),
        "person": (person.name, person.name),
        "matter": (about.number, about.number),
        "service": (str(plate.pk), plate.name),
        "number": ("１２．５", "12.5"),
        "money": ("1，200.5", "1,200.50元"),
        "time": ("9:05", "09:05"),
        "month": ("2026年3月", "2026年3月"),
        "period": ("2026年第3季度", "2026年第3季度"),
        "file": ("图纸.pdf", "图纸.pdf"),
    }


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def rows_of(name, one, house):
    """Two rows of a small table, with an empty one between, and the cells that must be read of it."""
    known = values_of_cells(house)
    posted, told = {}, []
    for at in (0, 2):
        for column, each in one.columns.items():
            if each.type == "choice":
                posted[f"{name}-{at}-{column}"] = each.choices[-1]
                continue
            typed, read = known[each.type]
            found = "-text" if each.type in ("org", "person") else ""
            posted[f"{name}-{at}-{column}{found}"] = typed
            told.append(read)
    return posted, told


def values_of_cells(house):
    return {
        "text": ("三号楼；二单元", "三号楼；二单元"),
        "bool": ("false", "否"),
        "int": ("37", "37"),
        "date": ("2026-04-06", "2026-04-06"),
        "number": ("0.25", "0.25"),
        "money": ("3.5万元", "35,000.00元"),
        "time": ("14:30", "14:30"),
        "month": ("2026-11", "2026年11月"),
        "period": ("2026-Q2", "2026年第2季度"),
        "org": (house.org("streets").name, house.org("streets").name),
        "person": (house.person("handler").name, house.person("handler").name),
    }


def filled(kind, house, about, of_sender=True, declared=None):
    """What somebody types into the form of a kind, and what must be read of it afterwards."""
    fields = kind.asked(of_sender=of_sender) if declared is None else declared
    known, posted, told = values(house, about), {}, []
    for name, one in fields.items():
        if one.type == "slot":
            continue
        if one.type == "choice":
            posted[name] = one.choices[-1]
            continue
        if one.type == "rows":
            cells, read = rows_of(name, one, house)
            posted |= cells
            told += read
            continue
        typed, read = known[one.type]
        if one.type == "file":
            posted[name] = SimpleUploadedFile(f"{name}.pdf", PDF, "application/pdf")
            told.append(f"{name}.pdf")
            continue
        if one.type == "period" and "week" in one.grains:
            typed, read = "2026年第9周", "2026年第9周"
        posted[f"{name}-text" if one.type in ("org", "orgs", "person") else name] = typed
        told.append(read)
    return posted, told


def unseen(told, about):
    """The same to somebody who may not see that matter, whoever wrote its number."""
    return ["（无权查看的事项）" if one == about.number else one for one in told]


def without_files(posted):
    """What a page can show again: never which file was chosen."""
    return {n: one for n, one in posted.items() if not isinstance(one, SimpleUploadedFile)}


def again(posted):
    """The same to be posted once more, files from their beginning."""
    for one in posted.values():
        if isinstance(one, SimpleUploadedFile):
            one.seek(0)
    return posted


def key_of(house, kind, programme):
    return f"{house.org('center').pk}.{programme}.{kind}"


def spec(programme):
    return next(one for one in programmes.known() if one.id == programme)


SENT = [
    ("aaa_wishes", "wish"),
    ("kkk_cares", "hardship"),
    ("zzz_dues", "claim"),
    ("zzz_dues", "levy"),
    ("public_voice", "voice"),
]


def newest():
    return Matter.objects.order_by("-pk").first()


@pytest.mark.parametrize(("programme", "kind"), SENT)
def test_anybody_sends_each_kind_from_its_form_and_reads_it_in_words(house, programme, kind):
    about = house.open().matter
    client, key = house.client(), key_of(house, kind, programme)
    page = client.get("/ask", {"to": key})
    assert page.status_code == 200
    html = page.content.decode()
    one = spec(programme).kinds[kind]
    for name, field in one.asked(of_sender=True).items():
        preset = name == "channel" and "web" in field.choices
        if field.type != "slot" and not preset:
            assert re.search(rf'name="{name}(-text|-0-[a-z]+)?"', html), name
        for choice in set(one.fields[name].choices) - set(field.choices):
            assert f'value="{choice}"' not in html
    posted, told = filled(one, house, about)
    posted |= {"to": key, "body": "路灯坏了。", "key": "k" * 20, "phone": "13900000000"}
    sent = client.post("/ask", posted)
    assert sent.status_code == 200, text_of(sent)
    made = newest()
    assert (made.programme, made.kind) == (programme, kind)
    code = re.search(r'name="code" value="(\w+)"', sent.content.decode())[1]
    followed = text_of(client.post("/follow", {"code": code}))
    for words in unseen(told, about):
        assert words in followed
    if programme != "public_voice":
        readers = {"aaa_wishes": "aaa_doer", "kkk_cares": "kkk_elder", "zzz_dues": "zzz_teller"}
        reader = readers[programme]
        read = text_of(house.client(reader).get(f"/desk/matters/{made.pk}"))
        for words in told if matters.sees(house.actor(reader), about) else unseen(told, about):
            assert words in read


def test_the_portal_asks_what_one_wants_before_it_takes_a_door(house):
    page = house.client().get("/ask")
    html = page.content.decode()
    assert page.status_code == 200
    for programme, kind in SENT:
        assert re.search(rf'\?to=\d+\.{programme}\.{kind}"', html)
    assert "<textarea" not in html
    # What is posted without saying which is not sent to the first by alphabet.
    before = Matter.objects.count()
    answer = house.client().post("/ask", {"body": "路灯坏了。"})
    assert answer.status_code == 422
    assert Matter.objects.count() == before


@pytest.mark.parametrize(("programme", "kind"), [s for s in SENT if s[0] != "public_voice"])
def test_a_refused_form_keeps_what_was_typed(house, programme, kind):
    about = house.open().matter
    posted, _ = filled(spec(programme).kinds[kind], house, about)
    posted = without_files(posted)
    posted |= {"to": key_of(house, kind, programme), "body": ""}
    answer = house.client().post("/ask", posted)
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    for name, typed in posted.items():
        if name not in ("to", "body"):
            assert f'value="{typed}"' in html or f">{typed}<" in html, name


STAFF_OPENS = [
    ("aaa_doer", "aaa_wishes", "chore", "city"),
    ("aaa_counter", "aaa_wishes", "wish", "center"),
    ("mmm_judge", "mmm_rounds", "round", "city"),
    ("zzz_teller", "zzz_dues", "claim", "center"),
    ("zzz_teller", "zzz_dues", "levy", "center"),
    ("kkk_helper", "kkk_cares", "hardship", "center"),
    ("kkk_watcher", "kkk_cares", "opinion", "city"),
    ("ppp_office", "ppp_reviews", "review", "center"),
    ("ppp_office", "ppp_reviews", "tip", "center"),
    ("ppp_head", "ppp_reviews", "check_up", "city"),
    ("leader", "supervision", "plan", "city"),
    ("supervisor", "supervision", "inspection", "city"),
    ("leader", "public_voice", "outreach", "city"),
    ("ppp_keeper", "ppp_pledges", "drive", "center"),
    ("ppp_chief", "ppp_pledges", "survey", "city"),
    ("ppp_chief", "ppp_pledges", "campaign", "city"),
    ("ppp_chief", "ppp_pledges", "calling", "city"),
]


@pytest.mark.parametrize(("role", "programme", "kind", "home"), STAFF_OPENS)
def test_staff_open_each_kind_from_its_form(house, role, programme, kind, home):
    about = house.open().matter
    client, place = house.client(role), house.org(home)
    listed = client.get("/desk/open").content.decode()
    address = f"/desk/open/{programme}/{kind}"
    door = spec(programme).doors(kind)
    assert address in listed or (door.portal and "/desk/register?home=" in listed)
    page = client.get(address)
    assert page.status_code == 200
    one = spec(programme).kinds[kind]
    posted, told = filled(one, house, about, of_sender=False)
    posted |= {"home": str(place.pk), "subject": "标题一则", "key": "k" * 20}
    # What a plan or a meeting is, its title says.
    titled = facets.titled(one)
    lacking = {"body": "", "subject": ""} if titled else {"body": ""}
    refused = client.post(address, posted | lacking)
    assert refused.status_code == 422
    html = unescape(refused.content.decode())
    for name, typed in without_files(posted).items():
        if name not in ("home", "key", *lacking):
            assert f'value="{typed}"' in html or f">{typed}<" in html, name
    made = client.post(address, again(posted) | ({} if titled else {"body": "正文。"}))
    assert made.status_code == 302, text_of(made)
    row = newest()
    assert (row.programme, row.kind, row.home_id) == (programme, kind, place.pk)
    read = text_of(client.get(f"/desk/matters/{row.pk}"))
    for words in told if matters.sees(house.actor(role), about) else unseen(told, about):
        assert words in read


def test_whoever_may_open_nothing_is_told_so(house):
    client = house.client("stranger")
    assert client.get("/desk/open").status_code == 200
    assert client.get("/desk/open/aaa_wishes/chore").status_code == 404
    assert client.get("/desk/open/aaa_wishes/nothing").status_code == 404


def test_a_clerk_registers_for_a_sender_whatever_the_programme(house):
    about = house.open().matter
    for role, programme, kind in (
        ("aaa_counter", "aaa_wishes", "wish"),
        ("zzz_teller", "zzz_dues", "claim"),
        ("zzz_teller", "zzz_dues", "levy"),
        ("desk", "public_voice", "voice"),
    ):
        client, key = house.client(role), key_of(house, kind, programme)
        assert client.get("/desk/register", {"home": key}).status_code == 200
        posted, _ = filled(spec(programme).kinds[kind], house, about, of_sender=False)
        made = client.post(
            "/desk/register", posted | {"home": key, "body": "来电。", "phone": "13900000000"}
        )
        assert made.status_code == 302, text_of(made)
        assert newest().kind == kind


def test_what_hangs_under_a_matter_asks_for_its_own_fields(house):
    about = house.open().matter
    client = house.client("aaa_doer")
    above = opened(house, "aaa_wishes", "wish", "aaa_counter", about)
    address = f"/desk/matters/{above.pk}/attach"
    page = client.get(address).content.decode()
    assert 'name="until_day"' in page
    posted, told = filled(spec("aaa_wishes").kinds["errand"], house, about, of_sender=False)
    made = client.post(address, posted | {"kind": "aaa_wishes.errand", "body": "速去。"})
    assert made.status_code == 302, text_of(made)
    assert client.get(made.url).status_code == 200
    read = text_of(client.get(f"/desk/matters/{newest().pk}"))
    for words in told:
        assert words in read


def opened(house, programme, kind, role, about):
    """One of a kind, opened through its page."""
    one = spec(programme).kinds[kind]
    posted, _ = filled(one, house, about, of_sender=False)
    home = "city" if role in ("aaa_doer", "mmm_judge", "kkk_watcher", "ppp_head") else "center"
    posted |= {"home": str(house.org(home).pk), "body": "正文。"}
    made = house.client(role).post(f"/desk/open/{programme}/{kind}", posted)
    assert made.status_code == 302, text_of(made)
    return newest()


def test_a_plan_stands_on_the_page_whatever_the_programme(house):
    about = house.open().matter
    found = opened(house, "mmm_rounds", "round", "mmm_judge", about)
    client = house.client("mmm_judge")
    walker = house.person("mmm_judge")
    steps = (
        ("choose_legs", {"legs-0-title": "第一程", "legs-0-by": "2026-01-05", "legs-2-title": "第二程", "legs-2-by": "2099-01-05"}),
        ("add_leg", {"leg": "第三程", "day_of_leg": "2026-02-03"}),
        ("take_along", {"walker": str(walker.pk), "carries": "背包"}),
        ("step_out", {}),
        ("tick_off", {"which_leg": "2", "how_much": "100"}),
        ("tell_sights", {"sights": "看见一座桥。"}),
        ("answer_sights", {"thoughts": "桥不错。"}),
    )  # fmt: skip
    for action, posted in steps:
        made = client.post(f"/desk/matters/{found.pk}/act/{action}", posted)
        assert made.status_code == 302, text_of(made)
    for language in ("zh-hans", "en"):
        headers = {"accept-language": language}
        page = text_of(client.get(f"/desk/matters/{found.pk}", headers=headers))
        for said in ("第一程", "第二程", "第三程", walker.name, "背包", "看见一座桥。", "桥不错。"):
            assert said in page
        assert RAW.search(page) is None
        listed = text_of(client.get("/desk/plan/?mine=1", headers=headers))
        assert found.number in listed
        assert RAW.search(listed) is None
        assert client.get(f"/desk/plan/{found.pk}/book.pdf", headers=headers).status_code == 200
        # By the chapters that the kind declares, each under its number: what nobody typed again.
        book = text_of(client.get(f"/desk/plan/{found.pk}/book", headers=headers))
        for said in ("正文。", "第二程", "背包", "看见一座桥。"):
            assert said in book
        assert RAW.search(book) is None
    assert (
        book.index("1. The setting out")
        < book.index("5. The homecoming")
        < book.index("(nothing yet)")
    )


def test_a_round_stands_on_the_page_whatever_the_programme(house):
    chief, juror = house.client("ppp_chief"), house.client("ppp_keeper")
    posted = {"home": str(house.org("city").pk), "body": "发奖。", "which_prize": "oak"}
    made = chief.post("/desk/open/ppp_pledges/prize_giving", posted)
    assert made.status_code == 302, text_of(made)
    found = newest()
    assert chief.post(f"/desk/matters/{found.pk}/act/call_out").status_code == 302
    put_in = {"whom": str(house.person("aaa_counter").pk), "why": "跑得快。"}
    made = chief.post(f"/desk/rounds/{found.pk}/nominate", put_in)
    assert made.status_code == 302, text_of(made)
    runner = newest()
    assert chief.post(f"/desk/matters/{found.pk}/act/poll").status_code == 302
    assert "跑得快。" in text_of(juror.get(f"/desk/rounds/{found.pk}/ballot"))
    voted = juror.post(f"/desk/rounds/{found.pk}/ballot", {f"vote-{runner.pk}": "yes"})
    assert voted.status_code == 302, text_of(voted)
    for action in ("tell_it", "hand_out"):
        made = chief.post(f"/desk/matters/{found.pk}/act/{action}")
        assert made.status_code == 302, text_of(made)
    for language in ("zh-hans", "en"):
        headers = {"accept-language": language}
        for address in (f"matters/{found.pk}", f"matters/{runner.pk}", "rounds/"):
            page = text_of(chief.get(f"/desk/{address}", headers=headers))
            assert RAW.search(page) is None
        name = house.person("aaa_counter").name
        assert name in text_of(chief.get(f"/desk/matters/{found.pk}", headers=headers))
        # Whoever holds it has not said that they want to be named.
        wall = text_of(house.client().get("/wall", headers=headers))
        assert name not in wall
        assert RAW.search(wall) is None


def test_a_step_asks_and_tells_by_type(house):
    about = house.open().matter
    wish = opened(house, "aaa_wishes", "wish", "aaa_counter", about)
    client = house.client("aaa_doer")
    action = spec("aaa_wishes").kinds["wish"].actions["hand_over"]
    posted, told = filled(None, house, about, declared=action.inputs)
    made = client.post(f"/desk/matters/{wish.pk}/act/hand_over", posted)
    assert made.status_code == 302, text_of(made)
    read = text_of(client.get(f"/desk/matters/{wish.pk}"))
    for words in told:
        assert words in read


def poster(house):
    """A notice without a category, hung up."""
    client = house.client("mmm_caller")
    about = house.open().matter
    posted, _ = filled(spec("mmm_rounds").kinds["poster"], house, about, of_sender=False)
    place = f"mmm_rounds.poster.{house.org('center').pk}"
    page = client.get("/desk/notices", {"place": place})
    assert page.status_code == 200
    assert 'name="colour"' in page.content.decode()
    made = client.post(
        "/desk/notices", posted | {"place": place, "subject": "告示", "body": "告示全文。"}
    )
    assert made.status_code == 302, text_of(made)
    row = newest()
    house.act(row, "hang", "mmm_judge")
    return row


def world(house):
    """A matter of every kind there is of the aliens."""
    about = house.open()
    pks = {"voice": about.matter.pk}
    for role, programme, kind, _ in STAFF_OPENS[:10]:
        pks[kind] = opened(house, programme, kind, role, about.matter).pk
    pks["poster"] = poster(house).pk
    made = aliens.pledging(house)
    pks |= {kind: made[kind].pk for kind in PLEDGES}
    errand = matters.Opening(
        "aaa_wishes", "errand", house.org("city"), "速去。", fields={
            "errand_for": house.org("streets").pk, "until_day": "2026-04-05", "grade_of_care": "great"
        },
    )  # fmt: skip
    doer = house.actor("aaa_doer")
    pks["errand"] = matters.open_under(pks["wish"], errand, actor=doer, at=house.at).matter.pk
    return pks


WALKERS = (
    None,
    "admin",
    "desk",
    "handler",
    "leader",
    "supervisor",
    "publisher",
    "stranger",
    *aliens.PEOPLE,
)


# Of a programme that nobody else has a part in: walked by its own people, the first by everybody.
PLEDGES = ("drive", "campaign", "vow")


def those_of(house, role, pks):
    """The matters that somebody walks to: all that they see, and one that they do not. Whoever is
    refused one is refused the next in the same words."""
    own = role is not None and role.startswith("ppp_")
    left = (PLEDGES[1:], set(pks) - set(PLEDGES))[own]
    walked = {kind: pk for kind, pk in pks.items() if kind not in left}
    rows = Matter.objects.in_bulk(walked.values())
    seen = {
        kind for kind, pk in walked.items() if role and matters.sees(house.actor(role), rows[pk])
    }
    hidden = [kind for kind in walked if kind not in seen][:1]
    return {kind: walked[kind] for kind in [*seen, *hidden]}


# Where the number that an address ends in is a matter's: elsewhere two numbers tell as much as twenty.
OF_MATTERS = re.compile(r"/(matters|notices)/\d+")


# Pages of no matter are made of what duties one has: the others of a programme read them as the first,
# and what the city's own people read is asked in tests/web/test_page_matrix.py.
FIRST_OF_PROGRAMMES = {role[:3]: role for role in reversed(aliens.PEOPLE)}.values()
WHOLLY = {None, "admin", next(iter(FIRST_OF_PROGRAMMES))}
if PROVING:
    WHOLLY |= {"desk", "leader", *FIRST_OF_PROGRAMMES}
# What the first of a programme reads all the same: parts of every facet stand there.
HOMES = ("desk:queue", "desk:today", "member:today", "desk:obligations", "desk:pressures")


def addresses(pks, role):
    """Every address of the house with a matter's number and, for some, with any number, without arguments and
    with a programme's figure."""
    wholly, homes = role in WHOLLY, HOMES if role in FIRST_OF_PROGRAMMES else ()
    for name in sorted(names()):
        numbered = 0
        others = [[], ["aaa_wishes"], ["zzz_dues"]] if wholly else [[]] if name in homes else []
        for args in (*([pk] for pk in pks.values()), *others):
            try:
                address = reverse(name, args=args)
            except NoReverseMatch:
                continue
            if args and isinstance(args[0], int) and not OF_MATTERS.search(address):
                numbered += 1
                if numbered > 2 or not wholly:
                    continue
            yield address


def operations(pks, *, wholly):
    """Every address of the interface that is read, with a matter's number and, `wholly`, with any number and
    without."""
    for path, methods in interface().items():
        if "get" not in methods:
            continue
        told = [re.sub(r"\{\w+\}", str(pk), path) for pk in pks.values()]
        matters_own = bool(OF_MATTERS.search(told[0]))
        if matters_own or wholly:
            yield from dict.fromkeys(told if matters_own else told[:2])


def test_every_page_opens_for_everybody_in_words(house):
    """In both languages, which have the same words (tests/architecture): of all answers that were made of the
    same templates, for whomever and of whatever kind, the other language reads one."""
    pks, wrong = world(house), {}
    known = set()

    def read(client, role, address, language):
        answer = client.get(address, headers={"accept-language": language})
        text = text_of(answer)
        html = "text/html" in answer.headers.get("Content-Type", "")
        raw = RAW.search(text) if html else None
        if answer.status_code >= 500 or answer.status_code == 429 or raw:
            wrong[role, address, language] = raw[0] if raw else answer.status_code
        made_of = frozenset(one.name for one in answer.templates)
        return (address if PROVING else "", answer.status_code, made_of)

    for role in WALKERS:
        client = house.client(role)
        client.raise_request_exception = False
        for address in addresses(those_of(house, role, pks), role):
            found = read(client, role, address, "zh-CN")
            if found not in known:
                known.add(found)
                read(client, role, address, "en")
    assert wrong == {}


def test_every_operation_answers_everybody(house):
    pks, wrong = world(house), {}
    for role in WALKERS:
        headers = {"accept-language": "en"}
        if role is not None:
            scopes = ["matters:read", "matters:write"]
            token = access.issue_token(
                house.person(role).pk,
                "walk",
                scopes,
                expires=date(2099, 1, 1),
                at=house.at,
                actor="system",
            )
            headers["authorization"] = f"Bearer {token}"
        client = house.client()
        client.raise_request_exception = False
        for asked in operations(those_of(house, role, pks), wholly=role in WHOLLY):
            # Tries are counted by address, and all of these come from one.
            cache.clear()
            answer = client.get(asked, headers=headers)
            if answer.status_code == 429 or (
                answer.status_code >= 500 and answer.status_code != 503
            ):
                wrong[role, asked] = answer.status_code
    assert wrong == {}
