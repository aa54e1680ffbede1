"""The `bihuan` command: what operators type. Exit codes: 0 well, 1 found wrong, 2 asked wrong."""

import argparse
import gc
import os
from collections.abc import Sequence

from bihuan.cli import (
    beginning,
    burdens,
    counting,
    directory,
    doctoring,
    mailing,
    members,
    overseeing,
    owing,
    papering,
    people,
    proving,
    running,
    setting_up,
    sheets,
    telling,
    trust,
    upgrading,
    whose,
)
from bihuan.cli.plain import MISUSED, OK, WRONG, Command, UsageError, complain, in_words


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from bihuan import __version__

    top = argparse.ArgumentParser(prog="bihuan", description="闭环: every loop closed, provably.")
    top.add_argument("--version", action="version", version=__version__)
    into = top.add_subparsers(required=True, metavar="COMMAND")
    for group in (
        running,
        upgrading,
        setting_up,
        doctoring,
        beginning,
        proving,
        trust,
        whose,
        directory,
        sheets,
        counting,
        burdens,
        overseeing,
        telling,
        mailing,
        people,
        members,
        owing,
        papering,
    ):
        group.commands(into)
    return top


def _language() -> str:
    named = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh-hans" if named.lower().startswith("zh") else "en"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code and prints errors in plain words."""
    try:
        args = parser().parse_args(argv)
    except SystemExit as left:
        return int(left.code or 0)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.conf.settings")
    # Nothing of what is loaded to begin with is garbage: looking for it is a tenth of a start.
    gc.disable()
    try:
        import django

        django.setup()
        gc.freeze()
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator needs one line
        complain(f"cannot start: {error}")
        return WRONG
    finally:
        gc.enable()
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    from django.utils import translation

    # Refusals too are said in the operator's language.
    with translation.override(_language()):
        return _carried_out(args)


def _carried_out(args: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.db import Error as DatabaseError

    from bihuan.foundation.audit import api as audit

    run: Command = args.run
    # What the house does by itself is nobody's; everything else somebody at the command line does.
    doer = "" if run in (running.work, running.serve) else "cli"
    try:
        with audit.done_by(doer):
            return run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return OK
    except UsageError as error:
        complain(str(error))
        return MISUSED
    except DatabaseError as error:
        complain(f"the database did not answer as it should: {' '.join(str(error).split())}")
        complain("has `bihuan init` been run? is the address in BIHUAN_DATABASE_URL right?")
    except ValidationError as error:
        complain(" ".join(error.messages))
    except Exception as error:
        if not hasattr(error, "key"):
            if os.environ.get("BIHUAN_DEBUG"):
                raise
            complain(f"{type(error).__name__}: {error} (BIHUAN_DEBUG=1 shows where)")
            return WRONG
        complain(in_words(error))
    return WRONG
