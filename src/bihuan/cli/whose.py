"""Commands for whose site this is."""

import argparse
from typing import Any

from bihuan.cli.plain import OK, WRONG, add, complain, in_words, say


def site(args: argparse.Namespace) -> int:
    """Says whose site this is (name, hotline, address, hours, filings, colour), or shows it."""
    from dataclasses import asdict

    from bihuan.foundation.access.api import SYSTEM
    from bihuan.foundation.identity import api as identity
    from bihuan.lib import clock
    from bihuan.lib.problems import InputError

    names = (*identity.FIELDS, "accent")
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if given:
        try:
            identity.put(given, at=clock.now(), actor=SYSTEM)
        except InputError as error:
            complain(in_words(error))
            return WRONG
    for name, value in asdict(identity.site()).items():
        say(f"{name}: {value}")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "site", site)
    for name, what in (
        ("name", "at the head of every page"),
        ("hotline", "the number people may call"),
        ("address", "where to come to"),
        ("hours", "office hours, in words"),
        ("filing", "the site's filing number (ICP)"),
        ("police-filing", "the filing number of the public security"),
        ("accent", "its colour: red, blue, green, ink"),
    ):
        one.add_argument(f"--{name}", help=what)
