"""A block of the cockpit: how many strokes the sticks of an organisation have, each by its number."""

from bihuan.kernel.matters import api as matters
from bihuan.spec import blocks
from bihuan.spec.arguments import Args
from bihuan.spec.blocks import Block
from bihuan.spec.load import Problem
from planted.block import NOTCH
from planted.verbs import strokes_of


class Tallies(Args):
    """The kind of matter, and from how many strokes on one is shown."""

    kind: str
    at_least: int = 1


def _problems(programme, path, args):
    if args.kind not in dict(NOTCH.kinds(programme)):
        yield Problem("blocks.toml", f"{path}.kind", f"{args.kind!r} has no notch", "name another")


def _shown(who, org, period, programme, args):
    del period
    asked = matters.Filter(programme=programme.id, kind=args.kind)
    rows = [row for row in matters.matters(who, asked).rows if row.unit_path.startswith(org.path)]
    counted = [(row, strokes_of(row.stream).count()) for row in rows]
    return {"rows": [one for one in counted if one[1] >= args.at_least]}


def register():
    about = "the strokes of every matter of a kind"
    blocks.register(Block("tallies", about, Tallies, _shown, problems=_problems))
