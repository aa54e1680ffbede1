"""How a story speaks: it opens and acts in somebody's name, through the doors that people use."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories.stage import Stage, refused


def cast_of(name: str, cast: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The people of a story, whose names stand in lists: each under the story's name, their key and number."""
    return {
        f"{name}-{key}-{n}": {**one, "name": called}
        for key, one in cast.items()
        for n, called in enumerate(one["names"], 1)
    }


def names_of(plan: Mapping[str, Any]) -> Iterator[str]:
    """Names made of two lists, each once."""
    return (f"{one}{other}" for other in plan["given"] for one in plan["family"])


class Telling:
    """A story under way on its stage; how many matters were `opened`. What is done is done as in a request of its
    own: standing data is asked once, also after the story changed some."""

    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        self.stage, self.plan = stage, plan
        self.opened = 0

    @standing.steady()
    def actor(self, by: str) -> Actor:
        """One of the cast, with their grants."""
        return self.stage.actor(by)

    @standing.steady()
    def act(self, pk: int, action: str, by: str, at: datetime, **data: Any) -> Matter:
        """Somebody takes an action. Raises what refuses it."""
        return matters.act(pk, action, actor=self.actor(by), at=at, data=data)

    @standing.steady()
    def open(self, opening: Opening, by: str, at: datetime) -> Matter:
        """Somebody opens a matter. Raises what refuses it."""
        self.opened += 1
        key = f"story:{self.plan['root']['code']}:{self.opened}"
        return matters.open_matter(opening, actor=self.actor(by), at=at, key=key).matter

    def refused(self, pk: int, action: str, by: str, at: datetime, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(
            lambda: self.act(pk, action, by, at, **data),
            f"{by} was allowed to {action} {pk}",
            (RefusedError, NotAllowedError, InputError),
        )

    @standing.steady()
    def published(self, found: Matter, by: str, at: datetime) -> None:
        """Somebody publishes what was drafted of a matter."""
        editor = self.actor(by)
        for one in publicity.of_subject(found.stream):
            if one.state == "drafted":
                publicity.publish(one.pk, version=one.version, actor=editor, at=at)
