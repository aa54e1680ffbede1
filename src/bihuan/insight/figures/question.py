"""What may be asked of a figure, and the names that stand in its words for what differs each time."""

from dataclasses import dataclass
from datetime import datetime

from bihuan.insight.problems import InsightError
from bihuan.rules.periods import Grain, Period
from bihuan.spec.figures import FigureSpec

# How deep the tree may be: a path has at most this many steps.
DEEPEST = 64
# The names under which an engine holds the facts.
STEPS_NAME, PLACES_NAME = "steps", "places"
# Stand for the days, the instant, the organisation, and the matter after which to go on.
FIRST, AFTER, UNTIL, SCOPE, BEYOND = "@first", "@after", "@until", "@scope", "@beyond"


def counter(tally: str) -> str:
    """The name under which an engine holds a table of counters."""
    return f"tally_{tally}"


@dataclass(frozen=True)
class Question:
    """What is asked about a figure. `scope` is an organisation whose subtree is meant, None for all;
    `by` the groupings; `grain` and `depth` say how long the periods and how deep the organisations
    of a grouping are. `as_it_is` reads organisations by today's tree instead of that of the day;
    `place` by which unit, instead of the figure's own. `until` is when what stands open is counted."""

    programme: str
    period: Period
    scope: int | None = None
    by: tuple[str, ...] = ()
    grain: Grain = Grain.MONTH
    depth: int = 1
    as_it_is: bool = False
    place: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class StandIn:
    """A name that stands for one value of a type (as Ibis calls it) until the words are there."""

    name: str
    type: str


@dataclass(frozen=True)
class Behind:
    """Which matters behind a figure are asked for: of one side, of one group (`key`, pairs as a row
    of the answer has them), at most `limit`, ids upwards from `after`."""

    side: str
    key: tuple[tuple[str, object], ...]
    after: int
    limit: int

    def wanted(self, name: str) -> object:
        """What one key of the group is; None is the group of those without."""
        return dict(self.key).get(name)


def check(spec: FigureSpec, by: tuple[str, ...]) -> None:
    """Raises InsightError for a grouping that the figure does not allow."""
    refused = sorted(set(by) - set(spec.by))
    if refused:
        raise InsightError("insight.not_by", by=", ".join(refused), allowed=", ".join(spec.by))
