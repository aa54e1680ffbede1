"""A block of bulletins: of each obligation of the programme how many periods were met, made up for, missed."""

from bihuan.foundation.orgs.api import Org
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Obligation
from bihuan.rules import owing
from bihuan.rules.owing import State
from bihuan.rules.periods import Period
from bihuan.spec import bulletin_blocks
from bihuan.spec.bulletin_blocks import BulletinBlock, Printed
from bihuan.spec.schema import Programme
from bihuan.web import spans, words

STATES = (State.MET, State.LATE, State.DUE, State.MISSED, State.SPARED)


def _within(one: Obligation, period: Period) -> list[Period]:
    """The periods of an obligation that end in another."""
    found = owing.following(one.spec.grain, period.start, period.after)
    return [each for each in found if each.last < period.after]


def _printed(programme: Programme, org: Org, period: Period, locale: str) -> Printed | None:
    def said(key: str) -> str:
        return words.house().text(f"obligations.{key}", locale)

    # As things stood when the period had just ended, whenever it is drafted: it says the same again.
    day = min(spans.today(), period.after)
    rows = []
    for one in obligations.known(programme.id):
        run = _within(one, period)
        if not run:
            continue
        lines, _ = obligations.lines(one, run, org.path, day)
        states = obligations.tally(lines)
        if any(states[each] for each in STATES):
            name = programme.strings.get(locale, {}).get(f"obligations.{one.name}", one.name)
            rows.append((name, *(str(states[each]) for each in STATES)))
    if not rows:
        return None
    heads = (said("obligation"), *(said(f"state.{each}") for each in STATES))
    return Printed(said("bulletin.title"), (heads, *rows))


def register() -> None:
    """Registers the block."""
    about = "of each obligation (obligations.toml) how many periods that ended were met, made up for, due, missed, exempt"
    block = BulletinBlock("obligations", about, _printed, public=False)
    bulletin_blocks.register(block)
