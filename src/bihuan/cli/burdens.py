"""`bihuan burden`: what a month asks of whom, as the stories of programmes have it."""

import argparse
from collections.abc import Sequence
from typing import Any

from bihuan.cli import apart
from bihuan.cli.plain import OK, WRONG, UsageError, add, complain, say

# Begins a line that says otherwise than the programme.
OTHERWISE = "! "


def burden(args: argparse.Namespace) -> int:
    """Prints what a month asks a person to type, by programme and role, beside the paper method."""
    from bihuan.stories import burdens

    known = burdens.measurable()
    if wrong := [name for name in args.programme if name not in known]:
        raise UsageError(
            f"no story tells of {', '.join(wrong)}; there are stories of: {', '.join(known)}"
        )
    differing = 0
    for name in args.programme or known:
        # One database for each: a story is told to one that has heard none.
        done = apart.run("burdens", [name])
        if done.returncode:
            complain(f"the story of {name} could not be told:\n{done.stderr.strip()}")
            return WRONG
        for line in done.stdout.splitlines():
            differing += line.startswith(OTHERWISE)
            say(line)
    return WRONG if differing else OK


def main(given: Sequence[str]) -> None:
    """Tells the story of one programme in this process's database, which is made for it."""
    from bihuan.stories import burdens

    (programme,) = given
    say(f"{programme}: fields that one person types or chooses in a month")
    for one in burdens.measured(programme):
        paper = "no form of a source" if one.paper is None else f"{float(one.paper):.1f} on paper"
        of = (
            f"{one.people} people in {one.months} months, {one.busiest} in the fullest month of one"
        )
        say(f"  {one.role:<18} {float(one.month):>7.1f}   {paper:<20} ({of})")
        if not one.agrees:
            say(f"{OTHERWISE}burden.toml says {one.declared} for {one.role}; correct it there")


def commands(into: Any) -> None:
    """Adds this command to the command line."""
    one = add(into, "burden", burden)
    one.add_argument("programme", nargs="*", help="which; all that a story tells of")
