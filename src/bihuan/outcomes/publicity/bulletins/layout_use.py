"""Which layout a paper is set in on a day, what it prints, and its file."""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from bihuan.foundation.audit.api import register
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import tree
from bihuan.insight import api as insight
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.models import Layout
from bihuan.spec import tags
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS

register(Layout)
FILE = "docx"


def layout_of(programme: str, kind: str, org_path: str, on: date) -> Layout | None:
    """The layout in use on a day: of the organisation itself, or the nearest above it."""
    rows = Layout.objects.filter(Q(end=None) | Q(end__gt=on), start__lte=on)
    there = list(rows.filter(programme=programme, kind=kind))
    paths = {org.pk: org.path for org in orgs.orgs_of({row.org_id for row in there})}
    near = [row for row in there if tree.covers(paths[row.org_id], org_path)]
    near.sort(key=lambda row: (len(paths[row.org_id]), row.start, row.edition))
    return near[-1] if near else None


def braced(names: Iterable[str]) -> str:
    """Tags as they are written in a text, on lines of their own."""
    return "".join(f"\n{{{{{name}}}}}" for name in names)


def printed_in(layout: Layout | None) -> str:
    """The tags that a layout prints beside a bulletin's words, as far as there still are such
    figures and blocks; the paper says of the others that they have no value."""
    if layout is None:
        return ""
    known = {(one.programme.id, one.id) for one in insight.definitions()}
    there = [
        number.text
        for number in tags.numbers(braced(layout.figures))
        if (number.programme or layout.programme, number.figure) in known
    ]
    return braced(there) + in_words([tag for tag in layout.figures if tags.block_of(tag)])


def in_words(printed: Iterable[str]) -> str:
    """The tags of a layout as a bulletin's words have them; blocks of no app any more are left out."""
    names = [(tags.block_of(tag), tag) for tag in printed]
    return braced(name or tag for name, tag in names if not name or name in BULLETIN_BLOCKS)


def layout_file(layout: Layout) -> bytes:
    """The file as it was uploaded. Raises BulletinError when the store has it no more as it was."""
    kept = files.find(layout.stream, FILE)
    try:
        content = files.path_of(kept.sha256).read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise BulletinError("layouts.damaged", name=layout.name)
    return content
