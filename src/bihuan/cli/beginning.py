"""Commands that begin something new."""

import argparse
import re
import shutil
from pathlib import Path
from typing import Any

from bihuan.cli.plain import OK, UsageError, add, say

# A whole programme that teaches by its comments; its own name is the only word that is replaced.
FIRST = Path(__file__).with_name("first_programme")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def programme(args: argparse.Namespace) -> int:
    """Makes the folder of a small programme that passes `bihuan check` and explains itself."""
    from django.conf import settings

    from bihuan.kernel.programmes import api as programmes

    name = args.id
    if not _ID.fullmatch(name):
        raise UsageError(
            f"{name} cannot be a programme's name: small letters of English, digits and _, a letter "
            "first, at most 40"
        )
    target = (Path(args.to) if args.to else settings.PROGRAMMES_ROOT) / name
    if target.exists() or any(path.name == name for path in programmes.folders()):
        raise UsageError(f"there is a programme {name} already; choose another name")
    try:
        shutil.copytree(FIRST, target, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from error
    manifest = target / "programme.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(f'"{FIRST.name}"', f'"{name}"'), encoding="utf-8")
    say(str(target))
    say(f"look into it, change it, then: bihuan check {target}")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    told = "Something new to begin with."
    group = into.add_parser("new", help=told, description=told)
    one = add(group.add_subparsers(required=True, metavar="COMMAND"), "programme", programme)
    one.add_argument("id", metavar="ID", help="its name in the code: small letters, digits, _")
    one.add_argument("--to", metavar="FOLDER", help="where its folder is made (the house's own)")
