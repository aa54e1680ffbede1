"""The first run from a terminal: what the page `/setup` asks, asked or taken as arguments."""

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bihuan.cli import asking
from bihuan.cli.plain import OK, WRONG, UsageError, add, complain, say

if TYPE_CHECKING:
    from bihuan.kernel.upkeep.first_run import Asked
    from bihuan.web.setting_up import Offered


def tell_door() -> None:
    """Says where the first setup is and the code that opens it, as long as there is nobody who
    administers."""
    from django.conf import settings

    from bihuan.kernel.upkeep import first_run
    from bihuan.web import words

    if not first_run.is_open():
        return
    # The server may have chosen its port since settings were read.
    public = os.environ.get("BIHUAN_PUBLIC_URL", settings.PUBLIC_URL)
    code = first_run.spoken_code()
    say(words.text("setup.address", address=f"{public}/setup#{code}", code=code))


def setup(args: argparse.Namespace) -> int:
    """Makes an empty installation work: the database, the first organisation, its administrator, the
    calendar, programmes with all they need, a desk. Asks what is not given."""
    from bihuan.cli import running
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.foundation.audit.api import schema
    from bihuan.kernel.upkeep import first_run
    from bihuan.lib import clock
    from bihuan.web import setting_up, words

    if schema.unfinished() or schema.pending():
        done = running.bring_up()
        if done != OK:
            return done
    if not first_run.is_open():
        raise UsageError(words.text("setup.closed"))
    wanted = _asked(args)
    begun = first_run.begin(wanted, at=clock.now(), actor=SYSTEM)
    told = setting_up.told(begun)
    say(words.text("setup.done", name=begun.org.name))
    say(words.text("setup.in_force", names=told["in_force"]))
    if told["public"]:
        say(words.text("setup.public_now", kinds=told["public"], address=told["address"]))
    else:
        say(words.text("setup.no_public"))
    if told["receiving"]:
        say(words.text("setup.receives", name=begun.desk.name, names=told["receiving"]))
    if told["invitation"]:
        say(f"{words.text('setup.invited', name=begun.desk.name)}\n{told['invitation']}")
    if told["three"]:
        say(words.text("setup.three"))
    say(words.text("setup.next"))
    return _mailed(args.mail)


def _mailed(to: str) -> int:
    from bihuan.web import setting_up

    if not to:
        return OK
    tried = setting_up.try_mail(to)
    if tried.outcome in ("sent", "printed"):
        say(setting_up.mail_told(tried))
        return OK
    complain(setting_up.mail_told(tried))
    return WRONG


def _asked(args: argparse.Namespace) -> "Asked":
    from bihuan.kernel.upkeep.first_run import Asked
    from bihuan.web import words

    def one(name: str) -> str:
        given: str | None = getattr(args, name)
        label = words.text(f"setup.field.{name}")
        argument = f"--{name.replace('_', '-')}"
        return given if given is not None else asking.answer(label, argument)

    organisation = one("organisation")
    level = args.level if args.level is not None or args.yes else one("level")
    return Asked(
        organisation=organisation,
        level=level or "",
        hotline=args.hotline,
        name=one("name"),
        username=one("username"),
        password=asking.password(args, words.text("setup.field.password")),
        programmes=_programmes(args),
        calendar=args.calendar,
        desk_name=args.desk_name,
        desk_username=args.desk_username,
    )


def _programmes(args: argparse.Namespace) -> tuple[str, ...]:
    """Programmes by the names that people know them by, or by numbers of the list that is shown."""
    from bihuan.web import setting_up, words

    every = setting_up.offered()
    names: Sequence[str] = args.programme
    if not names and args.yes:
        return tuple(setting_up.usual())
    if not names:
        for nth, one in enumerate(every, 1):
            say(f"{nth:3} {one.title}  {one.summary}")
        say(words.text("setup.hint.programmes"))
        label = f"{words.text('setup.field.programmes')} [{every[0].title}]"
        typed = asking.answer(label, "--programme").replace("，", ",")
        names = [one.strip() for one in typed.split(",") if one.strip()] or [every[0].title]
    chosen = [_named(name, every) for name in names]
    for one in chosen:
        say(one.title + (f"  {words.text('setup.along', names=one.along)}" if one.along else ""))
    return tuple(dict.fromkeys(one.id for one in chosen))


def _named(text: str, every: "Sequence[Offered]") -> "Offered":
    """The programme that somebody means by its name in either language, a part of it, its number in
    the list, or its id. Raises UsageError: none, or several."""
    from bihuan.kernel.programmes import api as programmes

    if text.isascii() and text.isdigit() and 0 < int(text) <= len(every):
        return every[int(text) - 1]
    titles = {
        one.id: {one.id, *(strings.get("title", "").casefold() for strings in one.strings.values())}
        for one in programmes.known()
    }
    asked_for = text.casefold()
    same = [one for one in every if asked_for in titles[one.id]]
    near = [one for one in every if any(asked_for in title for title in titles[one.id])]
    found = same or near
    if len(found) == 1:
        return found[0]
    among = "\n".join(f"  {one.title}" for one in (found or every))
    raise UsageError(
        f"{'several programmes are' if found else 'no programme is'} called “{text}”; one of:\n{among}"
    )


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "setup", setup)
    one.add_argument("--organisation", help="name of the organisation")
    one.add_argument(
        "--level", help="what kind of organisation, by name or code (bihuan org types)"
    )
    one.add_argument("--hotline", default="", help="its hotline, shown on every page")
    one.add_argument("--name", help="name of the first administrator")
    one.add_argument("--username", help="user name of the first administrator")
    asking.password_from(one)
    one.add_argument(
        "--programme", action="append", default=[], help="a programme by its name; may be repeated"
    )
    one.add_argument("--calendar", choices=("cn", "weekends"), default="cn", help="(%(default)s)")
    one.add_argument("--desk-name", default="", help="who receives, if not the administrator")
    one.add_argument("--desk-username", default="", help="user name of who receives")
    one.add_argument("--mail", default="", help="an address to which a mail is sent on trial")
    one.add_argument("--yes", action="store_true", help="the usual where nothing is said")
