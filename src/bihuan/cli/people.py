"""Commands for accounts and releases."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from bihuan.cli.plain import OK, WRONG, UsageError, add, asked, org_of, say

if TYPE_CHECKING:
    from bihuan.foundation.orgs.api import Person

# Longer ones are no number of a row.
LONGEST_NUMBER = 18
_LASTING = "the password need not be changed at the next log-in: who typed it will use it"


def _password(args: argparse.Namespace) -> str:
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    return asked("password", "--password-stdin", secret=True)


def org_create(args: argparse.Namespace) -> int:
    """Creates an organisation: the first one here, the others here or on the pages."""
    from bihuan.foundation.access import governing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.foundation.orgs import org_types
    from bihuan.lib import clock

    parent = org_of(args.parent) if args.parent else None
    made = governing.create_org(
        args.name,
        parent=parent,
        at=clock.now(),
        actor=SYSTEM,
        code=args.code,
        level=org_types.meant(args.level) if args.level else "",
    )
    say(f"organisation {made.name} has number {made.pk}")
    return OK


def org_types_list(args: argparse.Namespace) -> int:
    """Lists the types that organisations may have: code, names, how many have it."""
    del args
    from bihuan.foundation.orgs import org_types

    uses = org_types.uses()
    for one in org_types.every():
        retired = "" if one.active else "\tretired"
        say(f"{one.code}\t{one.name}\t{one.name_en}\t{uses.get(one.code, 0)}{retired}")
    return OK


def user_create(args: argparse.Namespace) -> int:
    """Creates an account, with a post and a role if asked."""
    from django.db import transaction
    from django.utils import timezone

    from bihuan.foundation.access import governing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.lib import clock

    at = clock.now()
    if args.role and not args.org:
        raise UsageError("--role needs --org: where is it granted?")
    place = org_of(args.org) if args.org else None
    secret = None if args.no_password else _password(args)
    with transaction.atomic():
        person = governing.create_person(
            args.username,
            args.name,
            place=place,
            at=at,
            actor=SYSTEM,
            password=secret,
            email=args.email,
            lasting=args.lasting,
        )
        start = timezone.localtime(at).date()
        for role in args.role:
            assert place is not None
            governing.give(person.pk, role, place.pk, start=start, at=at, actor=SYSTEM)
    say(f"account {args.username} has number {person.pk}")
    return OK


def user_add(args: argparse.Namespace) -> int:
    """Enters somebody without an account, with a post."""
    from bihuan.foundation.access import governing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.lib import clock

    person = governing.add_person(
        args.name,
        place=org_of(args.org),
        code=args.code,
        email=args.email,
        title=args.title,
        at=clock.now(),
        actor=SYSTEM,
    )
    say(f"{person.name} has number {person.pk} and no account")
    return OK


def user_password(args: argparse.Namespace) -> int:
    """Sets the password of an account and ends its sessions."""
    from bihuan.foundation.access import governing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.foundation.orgs import api as orgs
    from bihuan.lib import clock

    person = orgs.person_called(args.username)
    if person is None:
        raise UsageError(f"no account is called {args.username}")
    governing.reset_password(
        person.pk, _password(args), at=clock.now(), actor=SYSTEM, lasting=args.lasting
    )
    then = "" if args.lasting else "; it must be changed at the next log-in"
    say(f"the password of {args.username} is set{then}")
    return OK


def _person_of(text: str) -> "Person":
    """Somebody by user name or number. Raises UsageError."""
    from bihuan.foundation.orgs import api as orgs

    found = orgs.person_called(text)
    if found is not None:
        return found
    number = int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else 0
    try:
        return orgs.person(number)
    except orgs.Person.DoesNotExist:
        raise UsageError(f"nobody has the user name or number {text}") from None


def user_invite(args: argparse.Namespace) -> int:
    """Invites somebody to an account, or to a new password: prints a link that works once."""
    from datetime import timedelta

    from django.conf import settings
    from django.urls import reverse
    from django.utils import timezone

    from bihuan.foundation.access import governing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.lib import clock

    at, person = clock.now(), _person_of(args.who)
    last = timezone.localtime(at).date() + timedelta(days=args.days) if args.days else None
    made, secret = governing.invite(person.pk, expires=last, at=at, actor=SYSTEM)
    say(f"for {person.name}, shown only now, works once, through {made.expires}:")
    say(f"{settings.PUBLIC_URL}{reverse('desk:invited')}#{secret}")
    return OK


def user_uninvite(args: argparse.Namespace) -> int:
    """Ends the invitation that somebody has."""
    from bihuan.foundation.access import governing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.lib import clock

    ended = governing.end_invitation(_person_of(args.who).pk, at=clock.now(), actor=SYSTEM)
    say("the invitation has ended" if ended else "there was none")
    return OK


def move_release(args: argparse.Namespace) -> int:
    """Moves open matters to another release of their programme, all or none."""
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.kernel.programmes import api as programmes
    from bihuan.kernel.upkeep import api as upkeep
    from bihuan.lib import clock

    known = {r.pk for r in programmes.releases()}
    missing = {args.old, args.new} - known
    if missing:
        raise UsageError(f"no release has the number {', '.join(map(str, sorted(missing)))}")
    if args.dry_run:
        blocked = upkeep.blocked_moves(args.old, args.new)
        say("\n".join(blocked) or "nothing stands against it")
        return WRONG if blocked else OK
    moved, differences = upkeep.move_release(args.old, args.new, actor=SYSTEM, at=clock.now())
    for where, old, new in differences:
        say(f"{where}: {old} → {new}")
    say(f"{moved} matters moved")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    tree = into.add_parser("org", help="Organisations.", description="Organisations.")
    orgs = tree.add_subparsers(required=True, metavar="COMMAND")
    add(orgs, "types", org_types_list)
    one = add(orgs, "create", org_create)
    one.add_argument("name")
    one.add_argument("--parent", help="the organisation above, by code or number; a root without")
    one.add_argument("--code", default="", help="a code of your own to name it by")
    one.add_argument("--level", default="", help="its type, by name or code (see bihuan org types)")
    group = into.add_parser("user", help="Accounts.", description="Accounts.")
    users = group.add_subparsers(required=True, metavar="COMMAND")
    one = add(users, "create", user_create)
    one.add_argument("username")
    one.add_argument("name", help="the person's name as others see it")
    one.add_argument("--email", default="")
    one.add_argument("--org", help="where the person works, by code or number")
    one.add_argument("--role", action="append", default=[], help="a role there; may be repeated")
    one.add_argument("--no-password", action="store_true", help="nobody can log in yet")
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    one.add_argument("--lasting", action="store_true", help=_LASTING)
    one = add(users, "add", user_add)
    one.add_argument("name", help="the person's name as others see it")
    one.add_argument("--org", required=True, help="where the person works, by code or number")
    one.add_argument("--title", default="", help="what the person does there")
    one.add_argument("--code", default="", help="the number by which the office knows them")
    one.add_argument("--email", default="")
    one = add(users, "invite", user_invite)
    one.add_argument("who", help="user name, or number of somebody without an account")
    one.add_argument("--days", type=int, default=0, help="how long it works (7; 30 at most)")
    one = add(users, "uninvite", user_uninvite)
    one.add_argument("who", help="user name, or number of somebody without an account")
    one = add(users, "password", user_password)
    one.add_argument("username")
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    one.add_argument("--lasting", action="store_true", help=_LASTING)
    one = add(into, "move-release", move_release)
    one.add_argument("old", type=int, help="number of the release to leave")
    one.add_argument("new", type=int, help="number of the release to go to")
    one.add_argument("--dry-run", action="store_true", help="only name what stands against it")
