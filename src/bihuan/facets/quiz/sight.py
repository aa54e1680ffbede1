"""Who reads what is right, and what others answered: whoever changes the questions or opens and closes it; of a
question that was taken from elsewhere what is right only who keeps it there, too. Who keeps any of it answers nothing.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from bihuan.facets.quiz.block import ASKING, CLOSE, OPEN, QUIZ, doing
from bihuan.facets.quiz.models import Question
from bihuan.facets.roll.block import REASONS
from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import orgs_at, standing_person, tree
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import Catalogue

# Why somebody on the roll need not answer: in the words of the house, whatever the roster's own exemptions are.
KEEPS = "quiz.keeps_questions"


def _keeping(found: Matter) -> list[str]:
    return doing(programmes.spec_of(found.release_id).kinds[found.kind], *ASKING, OPEN, CLOSE)


def keeps(found: Matter, who: Actor) -> bool:
    """Whether somebody organises it."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    return any(
        access.may_act(who, found, kind.actions[name], programme) for name in _keeping(found)
    )


def may_copy(found: Matter, who: Actor) -> bool:
    """Whether somebody who sees a matter may take over its questions: those of a bank; of a short test who
    organises it."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    return QUIZ.of(kind) is None or keeps(found, who)


def sources(found: Matter) -> list[Matter]:
    """The matters from which its questions were taken, and from which those were."""
    rows = Question.objects.filter(stream=found.stream).values_list("sources", flat=True)
    pks = {pk for each in rows for pk in each}
    return list(Matter.objects.filter(pk__in=pks).order_by("pk")) if pks else []


def knows(found: Matter, who: Actor) -> bool:
    """Whether somebody may read what is right in it, here or where it was taken from: they answer nothing."""
    return keeps(found, who) or any(keeps(one, who) for one in sources(found))


def knowing(found: Matter, on: date) -> set[int]:
    """Everybody who knows it on a day."""
    return {
        pk
        for pk in {pk for one in (found, *sources(found)) for pk in _holding(one, on)}
        if knows(found, grants.actor(standing_person(pk), on))
    }


def _holding(found: Matter, on: date) -> set[int]:
    """Whoever might organise a matter on a day: who has one of the roles that may, there or above."""
    programme = programmes.spec_of(found.release_id)
    actions = programme.kinds[found.kind].actions
    roles = {role for name in _keeping(found) for role in actions[name].by}
    paths = {*tree.ancestors(found.home_path), *tree.ancestors(found.unit_path)}
    held = {
        one.person_id
        for org in orgs_at(paths)
        for one in grants.grants_at(org.pk, on)
        if one.role in roles and one.programme in ("", programme.id)
    }
    return held if found.assignee_id is None else held | {found.assignee_id}


def register() -> None:
    """Gives the roll the words of why whoever knows what is right need not answer."""
    here = Catalogue.from_folder(Path(__file__).parent / "words")
    REASONS[KEEPS] = {one: here.text(KEEPS, one) for one in here.words}


def readable(found: Matter, who: Actor) -> Callable[[Question], bool]:
    """Of which questions somebody who organises a matter reads what is right: of their own, and of those that they
    keep where they were taken from."""
    kept = {one.pk for one in sources(found) if keeps(one, who)}
    return lambda row: {*row.sources} <= kept
