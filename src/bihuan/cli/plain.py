"""What the commands share: speaking, refusing, naming an organisation."""

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bihuan.foundation.orgs.api import Org

Command = Callable[[argparse.Namespace], int]
OK, WRONG, MISUSED = 0, 1, 2


class UsageError(Exception):
    """What the operator asked for cannot be, in plain words."""


def say(text: str) -> None:
    """A line for whoever typed the command."""
    print(text, flush=True)


def complain(text: str) -> None:
    """A line about what went wrong."""
    print(f"bihuan: {text}", file=sys.stderr, flush=True)


def asked(label: str, argument: str, *, secret: bool = False) -> str:
    """What whoever types answers to a question, without blanks around; `secret` shows none of it and
    asks twice. Raises UsageError where nobody answers, naming the argument that says it instead."""
    unanswered = UsageError(
        f"nobody answered “{label}”: run it in a terminal, or say it with {argument}"
    )
    if secret and not sys.stdin.isatty():
        # Whatever stands there would be shown, and is not meant for this.
        raise unanswered
    try:
        if not secret:
            return input(f"{label}: ").strip()
        first = getpass.getpass(f"{label}: ")
        again = getpass.getpass(f"{label} (again): ")
    except EOFError:
        raise unanswered from None
    if first != again:
        raise UsageError("the two are not the same")
    return first


def in_words(error: Any) -> str:
    """A refusal of ours in words; its key when the catalogue has none."""
    from bihuan.web import words

    key = f"error.{error.key}"
    text = words.text(key, **error.values) if words.has(key) else str(error)
    detail = [
        f"  {name}: {words.text(f'error.{inner}', **values)}"
        for name, (inner, values) in getattr(error, "fields", {}).items()
    ]
    return "\n".join([text, *detail])


def org_of(text: str) -> "Org":
    """An organisation by code or number. Raises UsageError."""
    from bihuan.foundation.orgs import api as orgs

    by_code = orgs.orgs_coded(text)
    if len(by_code) == 1:
        return by_code[0]
    found = orgs.org_if_any(int(text)) if text.isdigit() else None
    if found is None or len(by_code) > 1:
        raise UsageError(f"no organisation, or several, have the code or number {text}")
    return found


def add(into: Any, name: str, run: Command) -> argparse.ArgumentParser:
    """A command whose help is the docstring of what it runs."""
    text = (run.__doc__ or "").strip()
    found: argparse.ArgumentParser = into.add_parser(name, help=text, description=text)
    found.set_defaults(run=run)
    return found
