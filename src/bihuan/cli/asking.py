"""Asking whoever typed a command for what must not stand in it."""

import argparse
import getpass
import os
import sys
import warnings
from pathlib import Path

from bihuan.cli.plain import UsageError

# For services and containers, which hand secrets over in their environment.
ENVIRONMENT = "BIHUAN_NEW_PASSWORD"
ELSEWHERE = f"give it by --password-stdin, --password-file FILE or {ENVIRONMENT} instead"


def password_from(command: argparse.ArgumentParser) -> None:
    """Gives a command the arguments by which `password` is told one."""
    one = command.add_mutually_exclusive_group()
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    one.add_argument(
        "--password-file", metavar="FILE", help="read it from the first line of a file"
    )


def answer(label: str, argument: str) -> str:
    """What whoever typed a command answers to a question, without blanks around. Raises UsageError
    where nobody answers, naming the argument that says it instead."""
    try:
        return input(f"{label}: ").strip()
    except EOFError:
        raise UsageError(
            f"nobody answered “{label}”: run it in a terminal, or say it with {argument}"
        ) from None


def password(args: argparse.Namespace, label: str = "password") -> str:
    """The password from where the arguments say, else from the environment, else asked for twice at
    the keyboard. Raises UsageError where none comes."""
    if args.password_stdin:
        return _first_line(sys.stdin.readline(), "standard input")
    if args.password_file:
        try:
            told = Path(args.password_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"cannot read the password from {args.password_file}: {error}"
            ) from error
        return _first_line(told, args.password_file)
    if os.environ.get(ENVIRONMENT):
        return os.environ[ENVIRONMENT]
    first = _typed(f"{label}: ")
    if _typed(f"{label} (again): ") != first:
        raise UsageError("the two are not the same; nothing was changed, try again")
    return first


def _first_line(told: str, where: str) -> str:
    line = told.partition("\n")[0].rstrip("\r")
    if not line:
        raise UsageError(f"no password came from {where}: its first line is empty")
    return line


def _typed(prompt: str) -> str:
    try:
        with warnings.catch_warnings():
            # It would be seen by whoever looks on, and stay on the screen.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except (EOFError, getpass.GetPassWarning) as error:
        raise UsageError(f"nobody can be asked for the password here; {ELSEWHERE}") from error
