"""Case studies told through the public doors, and the demonstration city."""

from collections.abc import Callable, Iterable
from functools import partial

from bihuan.foundation.audit.api import as_told
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import (
    commitments,
    contact_points,
    demo_posts,
    demo_sites,
    figures,
    honours,
    issues,
    kaiping,
    learning,
    lesson_study,
    monitoring,
    open_lecture,
    org_life,
    pairing,
    proposals,
    show_work,
    supervision,
    task_force,
    volunteering,
    xining,
    xunyang,
    zones,
)
from bihuan.stories import demo as demonstration
from bihuan.stories.stage import say, word

__all__ = ["demo", "names", "run"]

# How a story is told, what its figures are, and which bulletins come of it.
_Papers = Callable[[], Iterable[Bulletin]]
_Told = tuple[Callable[[], int], Callable[[], list[figures.Figure]], _Papers]
_STORIES: dict[str, _Told] = {
    "xining": (xining.tell, xining.figures_of, lambda: [xining.bulletin()]),
    "kaiping": (kaiping.tell, kaiping.figures_of, tuple),
    # The same people and ratios, one in a hundred: seconds instead of minutes.
    "kaiping-small": (
        partial(kaiping.tell, kaiping.SMALL),
        partial(kaiping.figures_of, kaiping.SMALL),
        tuple,
    ),
    "learning": (learning.tell, learning.figures_of, learning.bulletins),
    "learning-small": (
        partial(learning.tell, learning.SMALL),
        partial(learning.figures_of, learning.SMALL),
        learning.bulletins,
    ),
    "org_life": (org_life.tell, org_life.figures_of, org_life.bulletins),
    "org_life-small": (
        partial(org_life.tell, org_life.SMALL),
        partial(org_life.figures_of, org_life.SMALL),
        org_life.bulletins,
    ),
    "lesson_study": (lesson_study.tell, lesson_study.figures_of, lesson_study.bulletins),
    "lesson_study-small": (
        partial(lesson_study.tell, lesson_study.SMALL),
        partial(lesson_study.figures_of, lesson_study.SMALL),
        lesson_study.bulletins,
    ),
    "pairing": (pairing.tell, pairing.figures_of, pairing.bulletins),
    "pairing-small": (
        partial(pairing.tell, pairing.SMALL),
        partial(pairing.figures_of, pairing.SMALL),
        pairing.bulletins,
    ),
    "proposals": (proposals.tell, proposals.figures_of, proposals.bulletins),
    "proposals-small": (
        partial(proposals.tell, proposals.SMALL),
        partial(proposals.figures_of, proposals.SMALL),
        proposals.bulletins,
    ),
    "commitments": (commitments.tell, commitments.figures_of, commitments.bulletins),
    "commitments-small": (
        partial(commitments.tell, commitments.SMALL),
        partial(commitments.figures_of, commitments.SMALL),
        commitments.bulletins,
    ),
    "contact_points": (contact_points.tell, contact_points.figures_of, contact_points.bulletins),
    "contact_points-small": (
        partial(contact_points.tell, contact_points.SMALL),
        partial(contact_points.figures_of, contact_points.SMALL),
        contact_points.bulletins,
    ),
    "demo_posts": (demo_posts.tell, demo_posts.figures_of, demo_posts.bulletins),
    "demo_posts-small": (
        partial(demo_posts.tell, demo_posts.SMALL),
        partial(demo_posts.figures_of, demo_posts.SMALL),
        demo_posts.bulletins,
    ),
    "demo_sites": (demo_sites.tell, demo_sites.figures_of, demo_sites.bulletins),
    "honours": (honours.tell, honours.figures_of, honours.bulletins),
    "monitoring": (monitoring.tell, monitoring.figures_of, monitoring.bulletins),
    "issues": (issues.tell, issues.figures_of, tuple),
    "open_lecture": (open_lecture.tell, open_lecture.figures_of, open_lecture.bulletins),
    "open_lecture-small": (
        partial(open_lecture.tell, open_lecture.SMALL),
        partial(open_lecture.figures_of, open_lecture.SMALL),
        open_lecture.bulletins,
    ),
    "show_work": (show_work.tell, show_work.figures_of, show_work.bulletins),
    "show_work-small": (
        partial(show_work.tell, show_work.SMALL),
        partial(show_work.figures_of, show_work.SMALL),
        show_work.bulletins,
    ),
    "supervision": (supervision.tell, supervision.figures_of, supervision.bulletins),
    "task_force": (task_force.tell, task_force.figures_of, task_force.bulletins),
    "task_force-small": (
        partial(task_force.tell, task_force.SMALL),
        partial(task_force.figures_of, task_force.SMALL),
        task_force.bulletins,
    ),
    "volunteering": (volunteering.tell, volunteering.figures_of, volunteering.bulletins),
    "volunteering-small": (
        partial(volunteering.tell, volunteering.SMALL),
        partial(volunteering.figures_of, volunteering.SMALL),
        volunteering.bulletins,
    ),
    "zones": (zones.tell, zones.figures_of, tuple),
    "xunyang": (xunyang.tell, xunyang.figures_of, tuple),
    "xunyang-small": (xunyang.tell_small, xunyang.figures_of_small, tuple),
}
# What stands beside the demonstration city; the other cases only where they are asked for, or a
# newcomer would have to tell forty strange offices from the city's own.
_IN_DEMO = ("issues",)
_CASES = (
    "commitments-small",
    "xining",
    "kaiping-small",
    "xunyang-small",
    "proposals-small",
    "task_force-small",
    "contact_points-small",
    "demo_posts-small",
    "demo_sites",
    "pairing-small",
    "volunteering-small",
    "monitoring",
    "zones",
    "learning-small",
    "org_life-small",
    "open_lecture-small",
    "show_work-small",
    "lesson_study-small",
)


def names() -> list[str]:
    """The stories there are."""
    return sorted(_STORIES)


# Stories whose people one may log in as, in the demonstration.
_LOGGED_IN: dict[str, Callable[[str], int]] = {"issues": issues.tell}


@as_told()
def run(name: str, *, password: str = "") -> bool:
    """Tells a story, unless this database has heard it, issues its bulletins, if it has any, and
    prints its figures beside the document's. Returns whether all agree. With a `password` those
    of its people who are marked may log in. Raises KeyError for an unknown name."""
    tell, figures_of, papers = _STORIES[name]
    opened = _LOGGED_IN[name](password) if password and name in _LOGGED_IN else tell()
    say(word("told", name=name, matters=opened) if opened else word("told_before", name=name))
    for issued in papers():
        say(word("bulletin", number=issued.number, title=issued.title))
    found = figures_of()
    say(figures.table(found))
    wrong = sum(not one.equal for one in found)
    say(word("some_differ", count=wrong) if wrong else word("all_equal"))
    return not wrong


@as_told()
def demo(*, cases: bool = False) -> bool:
    """Fills an installation with a small city to try things in, with `cases` the case studies of the
    documents too, and prints its accounts. Returns False, having written nothing, when the city is
    there already."""
    if demonstration.stands():
        say(word("demo.not_empty"))
        return False
    told = (*_CASES, *_IN_DEMO) if cases else _IN_DEMO
    agreed = not [name for name in told if not run(name, password=demonstration.PASSWORD)]
    for line in demonstration.build():
        say(line)
    for line in issues.accounts():
        say(line)
    return agreed
