"""The `bihuan` command: what operators type. Exit codes: 0 well, 1 found wrong, 2 asked wrong."""

import argparse
import getpass
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from bihuan.foundation.orgs.api import Org
    from bihuan.kernel.matters.api import Matter

Command = Callable[[argparse.Namespace], int]
OK, WRONG, MISUSED = 0, 1, 2
ROOT = Path(__file__).resolve().parent.parent.parent
EXPORT_CAP = 100_000
EXPORT_PAGE = 500


class UsageError(Exception):
    """What the operator asked for cannot be, in plain words."""


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(f"bihuan: {text}", file=sys.stderr, flush=True)


def _words(error: Any) -> str:
    """A refusal of ours in words; its key when the catalogue has none."""
    from bihuan.web import words

    key = f"error.{error.key}"
    text = words.text(key, **error.values) if words.has(key) else str(error)
    detail = [
        f"  {name}: {words.text(f'error.{inner}', **values)}"
        for name, (inner, values) in getattr(error, "fields", {}).items()
    ]
    return "\n".join([text, *detail])


# Setting up and running


def init(args: argparse.Namespace) -> int:
    """Creates or updates the database, the calendar and the shipped programmes."""
    del args
    from django.core.management import call_command

    from bihuan.foundation.orgs import api as orgs
    from bihuan.kernel.programmes import api as programmes
    from bihuan.lib import clock
    from bihuan.spec.load import BrokenProgrammeError

    call_command("migrate", verbosity=0)
    orgs.calendars.install(at=clock.now(), actor="system")
    for folder in programmes.folders():
        try:
            release = programmes.install(folder, at=clock.now(), actor="system")
        except BrokenProgrammeError as error:
            complain(f"programme {folder.name} is broken:\n{error}")
            return WRONG
        say(f"{release.programme} {release.tag} installed")
    say("ready")
    return OK


def _port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(args: argparse.Namespace) -> int:
    """Serves the pages and, beside them, works; ends both together."""
    if not _port_is_free(args.host, args.port):
        raise UsageError(
            f"{args.host}:{args.port} is taken or not ours; stop what runs there, or choose "
            "another with --port"
        )
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", args.host]
    web += ["--port", str(args.port), "--workers", str(args.workers), "--no-access-log"]
    web += ["--log-level", "warning", "bihuan.conf.wsgi:application"]
    commands = [web]
    if not args.no_work:
        commands.append([sys.executable, "-m", "bihuan.cli", "work"])
    say(f"http://{args.host}:{args.port}")
    return _together(commands)


def _together(commands: list[list[str]]) -> int:
    """Runs processes until one ends or we are told to stop; then ends the others."""
    running = [subprocess.Popen(command) for command in commands]  # noqa: S603 - our own modules
    told: list[int] = []

    def pass_on(signum: int, frame: object) -> None:
        del frame
        told.append(signum)
        for one in running:
            one.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    while not told and all(one.poll() is None for one in running):
        try:
            running[0].wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
    for one in running:
        one.terminate()
    codes = [one.wait() for one in running]
    return OK if told else max(WRONG, *codes)


def work(args: argparse.Namespace) -> int:
    """Does what is due: limits that pass, mails, webhooks, seals, retention."""
    from bihuan.jobs.worker import Worker
    from bihuan.lib import clock
    from bihuan.web import words

    worker = Worker(clock.now, words.text)
    worker.listen()
    if not args.once:
        worker.loop(args.interval)
        return OK
    done = worker.round()
    say(f"{done.steps} steps, {done.tasks} tasks, duties: {', '.join(done.duties) or 'none'}")
    return WRONG if done.troubles else OK


# Proving


def check(args: argparse.Namespace) -> int:
    """Checks programme folders and prints everything wrong with them."""
    from bihuan.kernel.programmes import api as programmes

    wrong = 0
    folders = [Path(f).resolve() for f in args.folder] or list(programmes.folders())
    for folder in folders:
        problems = programmes.check_folder(folder)
        wrong += len(problems)
        for problem in problems:
            say(f"{folder.name}/{problem}")
    say(f"{len(folders)} programmes, {wrong} problems")
    return WRONG if wrong else OK


def verify(args: argparse.Namespace) -> int:
    """Proves log, rows, seals and files; prints what cannot have come about by itself."""
    del args
    from bihuan.foundation.audit import api as audit
    from bihuan.foundation.files import api as files

    found = 0
    for source in (audit.everything(), files.verify()):
        for finding in source:
            found += 1
            say(f"{finding.where}: {finding.what}")
    say(f"{found} findings" if found else "everything is as it was written")
    return WRONG if found else OK


def backup(args: argparse.Namespace) -> int:
    """Writes database and files into one archive."""
    from bihuan.jobs import backup as backups
    from bihuan.lib import clock

    try:
        done = backups.make(Path(args.file), at=clock.now(), with_secrets=args.with_secrets)
    except backups.BackupError as error:
        complain(str(error))
        return WRONG
    say(f"{done.rows} rows, {done.files} files, {done.bytes} bytes in {args.file}")
    if not args.with_secrets:
        say("the keys (secrets.json) are not in it: keep them apart, contacts need them")
    return OK


def restore(args: argparse.Namespace) -> int:
    """Puts an archive into an empty database and proves the result."""
    from django.core.management import call_command

    from bihuan.jobs import restore as restoring
    from bihuan.jobs.backup import BackupError

    try:
        restoring.prove(Path(args.file))
        call_command("migrate", verbosity=0)
        done = restoring.run(Path(args.file), force=args.force)
    except BackupError as error:
        complain(str(error))
        return WRONG
    for warning in done.warnings:
        complain(warning)
    for finding in done.findings:
        say(f"{finding.where}: {finding.what}")
    say(f"{done.summary.rows} rows, {done.summary.files} files, {len(done.findings)} findings")
    return WRONG if done.findings else OK


# In and out


def _org(text: str) -> "Org":
    from bihuan.foundation.orgs import api as orgs

    by_code = list(orgs.Org.objects.filter(code=text)[:2])
    if len(by_code) == 1:
        return by_code[0]
    found = orgs.Org.objects.filter(pk=int(text)).first() if text.isdigit() else None
    if found is None or len(by_code) > 1:
        raise UsageError(f"no organisation, or several, have the code or number {text}")
    return found


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


def take_in(args: argparse.Namespace) -> int:
    """Imports a table of messages; every row once, however often it is run."""
    from bihuan.kernel.matters.api import intake
    from bihuan.lib import clock
    from bihuan.web import words

    run = intake.preview if args.dry_run else intake.run
    path = Path(args.file)
    result = run(
        _bytes(args.file),
        path.name,
        home=_org(args.org),
        at=clock.now(),
        programme=args.programme,
        kind=args.kind,
        own_time=not args.as_of_now,
    )
    for name, header in result.columns.items():
        say(f"{name} ← {header}")
    if result.ignored:
        say(f"not imported: {', '.join(result.ignored)}")
    for line in [one for one in result.lines if one.status == "bad"][:20]:
        say(f"row {line.row}: {intake.describe(line, words.text)}")
    counted = {s: result.count(s) for s in ("ready", "opened", "repeated", "bad")}
    say(", ".join(f"{n} {status}" for status, n in counted.items() if n) or "no rows")
    if args.rejects and counted["bad"]:
        title = words.text("import.reason")
        content = intake.rejects(result, args.rejects, reason=title, words=words.text)
        Path(args.rejects).write_bytes(content)
    return WRONG if counted["bad"] else OK


def _cells(matter: "Matter") -> list[str]:
    from django.utils import timezone

    from bihuan.kernel.programmes import api as programmes
    from bihuan.web import words

    spec = programmes.spec_of(matter.release_id)
    instants = (matter.opened_at, matter.due_at, matter.closed_at)
    shown = [f"{timezone.localtime(i):%Y-%m-%d %H:%M}" if i else "" for i in instants]
    return [
        matter.number,
        matter.subject,
        words.of(spec, f"kinds.{matter.kind}"),
        words.of(spec, f"states.{matter.kind}.{matter.state}"),
        words.of(spec, f"choices.category.{matter.category}") if matter.category else "",
        words.of(spec, f"choices.channel.{matter.channel}") if matter.channel else "",
        str(matter.home.name),
        str(matter.unit.name),
        matter.assignee.name if matter.assignee else "",
        *shown,
    ]


TITLES = (
    *("number", "subject", "kind", "state", "category", "channel"),
    *("home", "unit", "assignee", "opened", "due", "closed"),
)


def give_out(args: argparse.Namespace) -> int:
    """Writes a list of matters into a spreadsheet."""
    from dataclasses import replace

    from bihuan.foundation.access import api as access
    from bihuan.foundation.orgs import api as orgs
    from bihuan.kernel.matters import api as matters
    from bihuan.lib import clock
    from bihuan.web import words

    given = dict(parse_qsl(args.query))
    texts = {f.name for f in fields(matters.Filter) if f.type in ("str", str)}
    unknown = given.keys() - texts
    if unknown:
        raise UsageError(f"--query knows {', '.join(sorted(texts))}, not {', '.join(unknown)}")
    who = orgs.Person.objects.filter(username=args.as_user).first()
    if who is None:
        raise UsageError(f"no account is called {args.as_user}")
    actor = access.actor(who, clock.now().date())
    wanted = matters.Filter(**given)
    rows: list[list[str]] = []
    while True:
        page = matters.matters(actor, wanted, EXPORT_PAGE)
        rows += [_cells(one) for one in page.rows]
        if not page.more or len(rows) >= EXPORT_CAP:
            break
        if wanted.order == "due":
            wanted = replace(wanted, page=wanted.page + 1)
        else:
            wanted = replace(wanted, before=page.rows[-1].pk)
    titles = [words.text(f"export.{name}") for name in TITLES]
    content = matters.export.sheet(titles, rows, name=words.text("export.list"))
    try:
        Path(args.file).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {args.file}: {error.strerror}") from error
    say(f"{len(rows)} matters in {args.file}")
    return OK


# Stories and documents


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
    from bihuan import stories

    if init(args) != OK:
        return WRONG
    return OK if stories.demo() else WRONG


def _documents() -> dict[str, str]:
    from bihuan.kernel.matters import api as matters
    from bihuan.kernel.programmes import api as programmes
    from bihuan.spec import handbook, load

    found = {
        "programmes/verbs.md": handbook.verbs(matters.documented()),
        "programme.schema.json": handbook.schema(),
    }
    for folder in programmes.folders():
        readme = folder / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else f"# {folder.name}"
        found[f"programmes/{folder.name}.md"] = handbook.page(load.read(folder), text)
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
    from bihuan.spec import handbook

    sys.stdout.write(handbook.schema())
    return OK


# People and releases


def _password(args: argparse.Namespace) -> str:
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("password: ")
    if getpass.getpass("again: ") != first:
        raise UsageError("the two are not the same")
    return first


def user_create(args: argparse.Namespace) -> int:
    """Creates an account, with a post and a role if asked."""
    from django.db import transaction

    from bihuan.foundation.access import api as access
    from bihuan.foundation.orgs import api as orgs
    from bihuan.lib import clock

    at = clock.now()
    if args.role and not args.org:
        raise UsageError("--role needs --org: where is it granted?")
    place = _org(args.org) if args.org else None
    secret = None if args.no_password else _password(args)
    with transaction.atomic():
        person = orgs.create_person(
            args.username, args.name, at=at, actor="system", password=secret, email=args.email
        )
        if place is not None:
            start = at.date()
            orgs.give_post(person.pk, place.pk, start=start, at=at, actor="system")
            for role in args.role:
                access.give(person.pk, role, place.pk, start=start, at=at, actor="system")
    say(f"account {args.username} has number {person.pk}")
    return OK


def user_password(args: argparse.Namespace) -> int:
    """Sets the password of an account and ends its sessions."""
    from bihuan.foundation.orgs import api as orgs
    from bihuan.lib import clock

    person = orgs.Person.objects.filter(username=args.username).first()
    if person is None:
        raise UsageError(f"no account is called {args.username}")
    orgs.set_password(person.pk, _password(args), at=clock.now(), actor="system")
    say(f"the password of {args.username} is set")
    return OK


def move_release(args: argparse.Namespace) -> int:
    """Moves open matters to another release of their programme, all or none."""
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.kernel.matters import api as matters
    from bihuan.kernel.programmes import api as programmes
    from bihuan.lib import clock

    known = {r.pk for r in programmes.releases()}
    missing = {args.old, args.new} - known
    if missing:
        raise UsageError(f"no release has the number {', '.join(map(str, sorted(missing)))}")
    if args.dry_run:
        blocked = matters.blocked_moves(args.old, args.new)
        say("\n".join(blocked) or "nothing stands against it")
        return WRONG if blocked else OK
    moved, differences = matters.move_release(
        args.old, args.new, actor=SYSTEM, at=clock.now()
    )
    for where, old, new in differences:
        say(f"{where}: {old} → {new}")
    say(f"{moved} matters moved")
    return OK


# The command line


def _add(into: Any, name: str, run: Command) -> argparse.ArgumentParser:
    text = (run.__doc__ or "").strip()
    found: argparse.ArgumentParser = into.add_parser(name, help=text, description=text)
    found.set_defaults(run=run)
    return found


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 3600:
        raise argparse.ArgumentTypeError("between 0 and 3600 seconds")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65_536:
        raise argparse.ArgumentTypeError("a port is between 1 and 65535")
    return number


def _running(into: Any) -> None:
    _add(into, "init", init)
    one = _add(into, "serve", serve)
    one.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    one.add_argument("--port", type=_port, default=8000, help="port to listen on (%(default)s)")
    one.add_argument("--workers", type=_at_least_one, default=1, help="web processes (%(default)s)")
    one.add_argument("--no-work", action="store_true", help="pages only; work runs elsewhere")
    one = _add(into, "work", work)
    one.add_argument("--once", action="store_true", help="do what is due now and end")
    one.add_argument(
        "--interval", type=_positive, default=5.0, help="seconds between looks (%(default)s)"
    )


def _proving(into: Any) -> None:
    one = _add(into, "check", check)
    one.add_argument("folder", nargs="*", help="programme folders; all known ones when none")
    _add(into, "verify", verify)
    one = _add(into, "backup", backup)
    one.add_argument("file", help="the archive to write (.tar.gz, or .tar without compression)")
    one.add_argument("--with-secrets", action="store_true", help="put the keys into it too")
    one = _add(into, "restore", restore)
    one.add_argument("file", help="an archive that `bihuan backup` wrote")
    one.add_argument("--force", action="store_true", help="replace everything in the database")


def _in_and_out(into: Any) -> None:
    one = _add(into, "import", take_in)
    one.add_argument("file", help="CSV, CSV.GZ or XLSX with a line of headers")
    one.add_argument("--org", required=True, help="receiving organisation, by code or number")
    one.add_argument("--programme", default="public_voice", help="programme (%(default)s)")
    one.add_argument("--kind", default="voice", help="kind of matter (%(default)s)")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    one.add_argument(
        "--as-of-now", action="store_true", help="limits run from now, not from each row's own time"
    )
    one.add_argument("--rejects", help="where to write the bad rows (.csv or .xlsx)")
    one = _add(into, "export", give_out)
    one.add_argument("file", help="the .xlsx to write")
    one.add_argument("--query", default="", help="as in the address of a list: state=closed&text=…")
    one.add_argument("--as", dest="as_user", required=True, help="whose view of the list")


def _telling(into: Any) -> None:
    one = _add(into, "story", story)
    one.add_argument("name", nargs="?", help="which one")
    one.add_argument("--list", action="store_true", help="name all")
    _add(into, "demo", demo)
    one = _add(into, "docs", docs)
    one.add_argument("--check", action="store_true", help="only say what is stale")
    one.add_argument("--folder", default=str(ROOT / "docs"), help="where to (the source's docs)")
    _add(into, "schema", schema)


def _people(into: Any) -> None:
    group = into.add_parser("user", help="Accounts.", description="Accounts.")
    users = group.add_subparsers(required=True, metavar="COMMAND")
    one = _add(users, "create", user_create)
    one.add_argument("username")
    one.add_argument("name", help="the person's name as others see it")
    one.add_argument("--email", default="")
    one.add_argument("--org", help="where the person works, by code or number")
    one.add_argument("--role", action="append", default=[], help="a role there; may be repeated")
    one.add_argument("--no-password", action="store_true", help="nobody can log in yet")
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    one = _add(users, "password", user_password)
    one.add_argument("username")
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    one = _add(into, "move-release", move_release)
    one.add_argument("old", type=int, help="number of the release to leave")
    one.add_argument("new", type=int, help="number of the release to go to")
    one.add_argument("--dry-run", action="store_true", help="only name what stands against it")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from bihuan import __version__

    top = argparse.ArgumentParser(prog="bihuan", description="闭环: every loop closed, provably.")
    top.add_argument("--version", action="version", version=__version__)
    into = top.add_subparsers(required=True, metavar="COMMAND")
    for group in (_running, _proving, _in_and_out, _telling, _people):
        group(into)
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
    try:
        import django

        django.setup()
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator needs one line
        complain(f"cannot start: {error}")
        return WRONG
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.db import Error as DatabaseError
    from django.utils import translation

    run: Command = args.run
    try:
        with translation.override(_language()):
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
        complain(_words(error))
    return WRONG


if __name__ == "__main__":
    sys.exit(main())
