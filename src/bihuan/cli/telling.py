"""Commands that tell stories and write documents."""

import argparse
import sys
from pathlib import Path
from typing import Any

from bihuan.cli.plain import OK, WRONG, UsageError, add, say
from bihuan.cli.running import bring_up

ROOT = Path(__file__).resolve().parents[3]


def story(args: argparse.Namespace) -> int:
    """Tells one case study through the public doors, or lists them."""
    from bihuan import stories

    names = stories.names()
    if args.list or not args.name:
        say("\n".join(names))
        return OK
    if args.name not in names:
        raise UsageError(f"there is no story {args.name}; there are: {', '.join(names)}")
    return OK if stories.run(args.name) else WRONG


def demo(args: argparse.Namespace) -> int:
    """Fills an empty installation with the demonstration city."""
    from django.conf import settings

    from bihuan import stories

    if bring_up() != OK or not stories.demo(cases=args.cases):
        return WRONG
    # Whoever tries it out has no second factor for each of its people.
    settings.DEMONSTRATION.touch()
    return OK


def _documents() -> dict[str, str]:
    from bihuan.kernel.matters.verbs import documented
    from bihuan.kernel.programmes import api as programmes
    from bihuan.spec import handbook, load, scenarios, verb_pages
    from bihuan.web import words

    known = programmes.registry.verbs()
    texts = words.to_tell()
    found = {
        "programmes/verbs.md": verb_pages.page(documented(), known, texts),
        "programme.schema.json": verb_pages.schema(known),
    }
    for folder in programmes.folders():
        readme = folder / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else f"# {folder.name}"
        found[f"programmes/{folder.name}.md"] = handbook.page(
            load.read(folder), text, scenarios.read(folder)[0]
        )
    return found


def docs(args: argparse.Namespace) -> int:
    """Generates docs/programmes/*.md and docs/programme.schema.json, or says which are stale."""
    target = Path(args.folder)
    stale = []
    for name, text in _documents().items():
        path = target / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not args.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        say(f"{name}: {'stale, run `bihuan docs`' if args.check else 'written'}")
    return WRONG if stale and args.check else OK


def schema(args: argparse.Namespace) -> int:
    """Prints the JSON Schema of the programme format."""
    del args
    from bihuan.kernel.programmes.api import registry
    from bihuan.spec import verb_pages

    sys.stdout.write(verb_pages.schema(registry.verbs()))
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "story", story)
    one.add_argument("name", nargs="?", help="which one")
    one.add_argument("--list", action="store_true", help="name all")
    one = add(into, "demo", demo)
    one.add_argument("--cases", action="store_true", help="the documents' case studies beside it")
    one = add(into, "docs", docs)
    one.add_argument("--check", action="store_true", help="only say what is stale")
    one.add_argument("--folder", default=str(ROOT / "docs"), help="where to (the source's docs)")
    add(into, "schema", schema)
