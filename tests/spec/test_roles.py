"""What roles do: declared, or read from the ids of releases stored before they could declare it."""

from pathlib import Path

import pytest

from bihuan.kernel.programmes import api as programmes
from bihuan.lib import canonical
from bihuan.spec import duties, load, release
from bihuan.spec.checks import roles as role_checks
from bihuan.spec.schema import Programme, Role

HERE = Path(__file__).parent
# As each was stored by the version it shipped with: its digest, and what its roles meant then.
STORED = {
    "public_notice-0.1.0.json": (
        "827b296383b5913b71a892c4abb2b5c4fb7bac771b07ddf2efab360e9999d108",
        {"desk": "receive", "publisher": "publish", "leader": "lead", "supervisor": "supervise"},
    ),
    "supervision-0.5.0.json": (
        "3d1361f0915ee753f5a957eb455ba5bfde383386319ecae1a92447b0f114bd48",
        {
            "desk": "receive",
            "handler": "handle",
            "leader": "lead",
            "supervisor": "supervise",
            "publisher": "publish",
        },
    ),
}
SHIPPED_BEFORE = ("public_notice", "public_voice", "service_window", "supervision")
VOICE = load.read(next(p for p in programmes.folders() if p.name == "public_voice"))


def with_roles(*roles: Role) -> Programme:
    return VOICE.model_copy(update={"manifest": VOICE.manifest.model_copy(update={"roles": roles})})


def role(name: str, *does: str) -> Role:
    return Role.model_validate({"id": name, "at": "home", "does": does})


@pytest.mark.parametrize("name", STORED)
def test_a_release_of_before_keeps_digest_and_duties(name):
    digest, meant = STORED[name]
    found = release.from_text((HERE / name).read_text(encoding="utf-8"))
    assert release.digest(found) == digest
    assert duties.does(found) == {one: frozenset({duty}) for one, duty in meant.items()}
    again = release.from_text(release.stored(found))
    assert (release.digest(again), duties.does(again)) == (digest, duties.does(found))


# Those of which releases were stored before roles said what they do.
OF_BEFORE = [one for one in programmes.folders() if one.name in SHIPPED_BEFORE]


@pytest.mark.parametrize("folder", OF_BEFORE, ids=lambda folder: folder.name)
def test_what_ships_now_means_what_it_meant(folder):
    """Whoever has a role keeps what they may when the release of before is followed by this one."""
    every = duties.does(load.read(folder))
    found = {one: does for one, does in every.items() if one in duties.BEFORE}
    assert found == {one: frozenset({duties.BEFORE[one]}) for one in found}


def test_a_duty_is_a_fact_of_the_release():
    more = with_roles(*VOICE.manifest.roles[:-1], role("publisher", "publish", "review"))
    assert release.digest(more) != release.digest(VOICE)
    assert duties.doing(more, "review") == {"publisher"}
    assert "does" in canonical.dumps(release.text(more))


def test_an_id_says_nothing_beside_a_declared_duty():
    """As soon as one role declares what it does, the others do what they declare: nothing."""
    found = with_roles(role("front", "receive", "lead"), role("desk"), role("leader", "handle"))
    assert duties.doing(found, "receive") == {"front"}
    assert duties.doing(found, "lead") == {"front"}
    assert duties.doing(found, "handle", "receive") == {"front", "leader"}
    assert duties.doing(found) == frozenset()


@pytest.mark.parametrize(
    ("roles", "cause"),
    [
        ([role("desk"), role("leader")], "no role says what it does"),
        ([role("desk", "lead")], "no role receives it"),
        ([role("desk", "receive", "receive")], "says a duty twice"),
        ([role("desk", "receive"), role("desk", "lead")], "declared twice"),
    ],
)
def test_a_mistake_in_duties_is_named(roles, cause):
    (found, *_) = role_checks.problems(with_roles(*roles))
    assert cause in found.cause
    assert found.remedy


def test_a_role_may_have_no_duty():
    assert list(role_checks.problems(with_roles(role("front", "receive"), role("guest")))) == []
