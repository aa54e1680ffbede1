"""18 posts of 109 members, sites over a year: the figures come out of events; what goes wrong is told, mended or
appealed; nobody decides on their own."""

from collections import Counter

import pytest

from bihuan import stories
from bihuan.facets.plan.shown import shown
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories import demo_posts, demo_sites
from bihuan.stories.stage import account, local, root_of

pytestmark = pytest.mark.either


def states(root, kind):
    rows = Matter.objects.filter(home_path__startswith=root_of(root).path, kind=kind)
    return Counter(rows.values_list("state", flat=True))


def who_did(matter, action):
    return {e.actor for e in audit.history(matter.stream) if audit.read(e).get("action") == action}


@pytest.mark.django_db(transaction=True)
def test_posts_are_chosen_kept_shown_and_accepted(house):
    assert demo_posts.tell(demo_posts.SMALL) == 1 + 6
    assert all(one.equal for one in demo_posts.figures_of(demo_posts.SMALL))
    found = states("story-demo_posts", "model_post")
    assert found == {"accepted": 3, "ended": 1, "not_chosen": 2}
    posts = Matter.objects.filter(kind="model_post").order_by("pk")
    for one in posts.filter(state="accepted"):
        assert not who_did(one, "accept") & (who_did(one, "write_up") | who_did(one, "look_round"))
        assert f"person:{one.facts['keeper']}" not in who_did(one, "look_round")
    returned, appealed = posts[1], posts[2]
    assert returned.facts["times_returned"] == 1
    assert who_did(appealed, "uphold") != who_did(appealed, "pass_over")
    reader = access.actor(account("demo_posts-head-1"), demo_posts.script("demo_posts")["since"])
    at = local(demo_posts.script("demo_posts")["asked"])
    told = shown(returned, reader, at)
    counts = {one["id"]: (one["count"], one["of"]) for one in told["chapters"]}
    # Of the six parts its member wrote three; what was returned and mended stands in the last.
    assert counts == {
        "founding": (5, 5),
        "study": (3, None),
        "moves": (3, None),
        "effect": (3, None),
        "overall": (3, None),
        "conclusion": (4, None),
    }
    assert shown(appealed, reader, at)["journal"]["missed"] == 1
    # Month by month for staff; to everybody only the one whose keeper agreed.
    assert publicity.published(board="monthly_effect", limit=9) == []
    assert len(publicity.published(board="examples", limit=9)) == 1
    (paper,) = demo_posts.bulletins()
    assert (paper.state, paper.programme) == ("issued", "demo_posts")
    assert list(audit.everything()) == []
    assert demo_posts.tell(demo_posts.SMALL) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_of_109_members_18_create_posts(house):
    assert demo_posts.tell() == 1 + 24
    found = {one.name: one.computed for one in demo_posts.figures_of()}
    assert found == {"members_called": 109, "posts_set_up": 18}
    told = states("story-demo_posts", "model_post")
    assert told == {"accepted": 17, "ended": 1, "not_chosen": 6}


@pytest.mark.django_db(transaction=True)
def test_sites_go_in_and_out_and_a_practice_spreads(house):
    assert demo_sites.tell() == 6 + 1 + 11
    assert all(one.equal for one in demo_sites.figures_of())
    found = states("story-demo_sites", "model_site")
    assert found == {"raised_up": 1, "on_list": 3, "struck_off": 1, "not_listed": 1}
    # Nobody brings a practice to where it comes from.
    assert states("story-demo_sites", "uptake") == {"took_root": 9, "not_suited": 1, "let_off": 1}
    (struck,) = Matter.objects.filter(kind="model_site", state="struck_off")
    deciders = [who_did(struck, one) for one in ("propose_out", "strike_off", "reject")]
    assert len(set.union(*deciders)) == 3
    (paper,) = demo_sites.bulletins()
    assert (paper.state, paper.programme) == ("issued", "demo_sites")
    assert list(audit.everything()) == []


def test_they_are_told_by_name(house):
    assert {"demo_posts", "demo_posts-small", "demo_sites"} <= {*stories.names()}
