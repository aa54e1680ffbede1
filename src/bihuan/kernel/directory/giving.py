"""Organisations and people as one workbook that comes in again as it went out; rows that did not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bihuan.foundation.access import doings, enrolling, governing, officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.directory.kinds import ordered
from bihuan.kernel.directory.lines import Said
from bihuan.kernel.directory.taking import Result
from bihuan.kernel.exchange.export import Page, book


def workbook(actor: Actor, names: Mapping[str, str], *, name: str, at: datetime) -> bytes:
    """What the actor administers, as the bytes of an .xlsx with a sheet of each kind, called as `names`
    say, that comes in unchanged. That it was taken out is noted. Raises DeniedError."""
    paths = sorted({p for duty in officers.OFFICERS for p in officers.places(actor, duty)})
    if not paths:
        raise DeniedError(officers.role_for(officers.SYSTEM))
    # What lies below another of them is there with it.
    within = [p for p in paths if not any(p != q and orgs.tree.covers(q, p) for q in paths)]
    day = governing.day_of(at)
    rows = {one.name: one.given_out(within, day) for one in ordered()}
    pages = [
        Page(names[one.name], [words[0] for words in one.names.values()], rows[one.name])
        for one in ordered()
    ]
    author = next((org.name for org in orgs.orgs_at(within[:1])), "")
    made = book(pages, name=name, author=author, at=at)
    doings.done(actor, "directory.exported", at, {"rows": sum(map(len, rows.values()))})
    return made


def rejects(
    result: Result, *, reason: str, describe: Callable[[Said, str], str], under: Org, at: datetime
) -> bytes:
    """The faulty rows as they came, sheet by sheet, with a last column titled `reason`; corrected there,
    the workbook can be taken in again."""
    pages = []
    for one in result.sheets:
        table = one.reading.picked.table
        cells = dict(zip(table.numbers, table.rows, strict=True))
        bad = [line for line in one.lines if line.status == "bad"]
        if bad:
            rows = [
                [
                    *cells[line.row],
                    "\n".join(describe(why, one.reading.kind) for why in line.faults),
                ]
                for line in bad
            ]
            pages.append(Page(one.reading.sheet, [*table.header, reason], rows))
    return book(pages, name=reason, author=under.name, at=at)


def first_passwords(
    under: Org, titles: Sequence[str], *, name: str, at: datetime, actor: Actor
) -> tuple[bytes, int]:
    """Passwords for people at and below an organisation whose accounts have none, as an .xlsx, and for how
    many: name, organisation, user name, password. Told once and kept nowhere; each
    must be changed at the first log-in. Raises what `enrolling.first_passwords` raises."""
    given = enrolling.first_passwords(under, at=at, actor=actor)
    rows = [[who.name, where, who.username or "", secret] for who, where, secret in given]
    page = Page(name, titles, rows)
    return book([page], name=name, author=under.name, at=at), len(given)
