"""Commands that set up and run."""

import argparse
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bihuan.cli import gone, setting_up
from bihuan.cli.plain import OK, WRONG, UsageError, add, complain, say
from bihuan.lib import together

if TYPE_CHECKING:
    from bihuan.jobs.worker import Worker

# Of each process: more of them take turns at one interpreter, and all of them are slower (bar P1).
THREADS = 4
# Seconds; the longest that granian takes.
IDLE = 600


def init(args: argparse.Namespace) -> int:
    """Creates or updates the database, the calendar and the shipped programmes."""
    if args.if_new and not _is_new():
        say("there are tables already: left as it is")
        return OK
    done = bring_up()
    if done == OK:
        setting_up.tell_door()
    return done


def _is_new() -> bool:
    """Whether nothing is there yet, or an `init` was stopped that is no part of an upgrade."""
    from bihuan.foundation.audit.api import schema
    from bihuan.jobs import upgrading

    return schema.is_new() or (schema.unfinished() and not upgrading.is_stopped())


def bring_up() -> int:
    """What `init` does; returns its exit code. Where an upgrade began, it brings that to its end."""
    from bihuan.jobs import upgrading

    if not upgrading.is_stopped():
        return _bring_up()
    try:
        with upgrading.going_on():
            _bring_all_up()
    except upgrading.UpgradeError as error:
        complain(str(error))
        return WRONG
    return OK


def _bring_all_up() -> None:
    from bihuan.jobs import upgrading

    if _bring_up() != OK:
        raise upgrading.UpgradeError(
            "the upgrade did not come to its end: mend it and run `bihuan upgrade` again, or "
            "`bihuan upgrade --undo`"
        )


def _bring_up() -> int:
    from django.conf import settings

    from bihuan.foundation.audit.api import schema
    from bihuan.foundation.notify import api as notify
    from bihuan.foundation.orgs import api as orgs
    from bihuan.foundation.search import api as search
    from bihuan.jobs import schedule
    from bihuan.kernel.programmes import api as programmes
    from bihuan.kernel.programmes import levels
    from bihuan.kernel.upkeep import api as upkeep
    from bihuan.lib import clock, private
    from bihuan.spec.load import BrokenProgrammeError

    with schema.updating():
        schema.bring_up()
        renewed = search.renew()
        if renewed:
            say(f"{renewed} texts folded and indexed again for search")
        notify.note_duties(schedule.names())
        vouched = orgs.take_up_passwords(at=clock.now(), actor="system")
        if vouched:
            say(f"the log vouches for {vouched} passwords from now on")
        orgs.calendars.install(at=clock.now(), actor="system")
    before = {row.pk for row in programmes.releases()}
    for folder in programmes.folders():
        try:
            with schema.alone():
                release = programmes.install(folder, at=clock.now(), actor="system")
        except BrokenProgrammeError as error:
            complain(f"programme {folder.name} is broken:\n{error}")
            return WRONG
        say(f"{release.programme} {release.tag} installed")
        for line in upkeep.told_of_release(release.pk) if release.pk not in before else ():
            say(f"  {line}")
    with schema.alone():
        types = levels.install(at=clock.now(), actor="system")
    if types:
        say(f"{types} types of organisations brought in")
    gone.note()
    stubborn = private.close(settings.DATA)
    if stubborn:
        complain(
            f"{stubborn[0]} and {len(stubborn) - 1} more lie open to other users of this machine and "
            "belong to another; let the service's own user own them, then run this again"
        )
        return WRONG
    say("ready")
    return OK


def _refuse_open() -> None:
    """Raises UsageError when another user of the machine could read or write what people told us."""
    from django.conf import settings

    from bihuan.lib import private

    found = next(private.left_open(settings.DATA), None)
    if found is not None:
        raise UsageError(
            f"{found} lies open to other users of this machine, and with it perhaps more in "
            f"{settings.DATA}; run `bihuan init`, which closes the folder to all but its owner"
        )


def _port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _refuse_behind() -> None:
    from bihuan.foundation.audit.api import schema

    if schema.unfinished():
        raise UsageError(
            "an update of this installation was stopped before its end; run `bihuan init`, which goes "
            "on where it stopped, then this again (where `bihuan upgrade` was stopped: that again)"
        )
    lacking = schema.pending()
    if lacking:
        raise UsageError(
            f"the database lacks {lacking} changes of this version; run `bihuan init`, then this "
            "again; with data in it `bihuan upgrade` instead, which backs up first"
        )


@contextmanager
def _in_use() -> Iterator[None]:
    """Until it ends, also as another programme, no upgrade runs here. Raises UsageError while one does,
    and where this installation may not run."""
    from bihuan.foundation.audit.api import schema

    try:
        with schema.in_use():
            _refuse_behind()
            yield
    except schema.InUseError as error:
        raise UsageError(str(error)) from error


def serve(args: argparse.Namespace) -> int:
    """Serves the pages and works: within the one process, or beside several; ends all together."""
    if not _port_is_free(args.host, args.port):
        raise UsageError(
            f"{args.host}:{args.port} is taken or not ours; stop what runs there, or choose "
            "another with --port"
        )
    _refuse_open()
    with _in_use():
        return _serve(args)


def _serve(args: argparse.Namespace) -> int:
    from bihuan.jobs import within

    # What pages, feeds and mails say of themselves, where nobody said it: the port that is served.
    os.environ.setdefault("BIHUAN_PUBLIC_URL", f"http://127.0.0.1:{args.port}")
    # Each thread would keep a heap of its own, of which little is ever given back (glibc).
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", args.host]
    web += ["--port", str(args.port), "--workers", str(args.workers), "--no-access-log"]
    # Every thread keeps a database connection: left to itself the server starts hundreds, and
    # PostgreSQL refuses the hundredth. A thread that ends leaves its connection behind until
    # Python next tidies up, so threads live as long as the server lets them.
    web += ["--blocking-threads", str(THREADS), "--blocking-threads-idle-timeout", str(IDLE)]
    web += ["--log-level", "warning", "bihuan.conf.wsgi:application"]
    if args.workers > 1:
        _count_together(args.port)
    commands = [web]
    # Beside several there is memory for one more, and pages share no interpreter with it.
    inside = args.workers == 1 and not args.no_work
    os.environ[within.ASKED] = str(int(inside))
    if not (inside or args.no_work):
        commands.append([sys.executable, "-m", "bihuan.cli", "work"])
    say(f"http://{args.host}:{args.port}")
    for line in _hints(args.host):
        say(line)
    setting_up.tell_door()
    sys.stdout.flush()
    together.instead(commands)
    return OK


def _count_together(port: int) -> None:
    """Names the folder in which several web processes count for `/metrics`, where somebody may read it.
    The port is ours alone, so what those of before counted there is in nobody's use."""
    from django.conf import settings

    if not (settings.METRICS_TOKEN or settings.METRICS_FROM):
        return
    folder = settings.DATA / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _hints(host: str) -> Iterator[str]:
    """What whoever starts it should know of the address people type."""
    from django.conf import settings

    public, outside = os.environ["BIHUAN_PUBLIC_URL"], host not in ("127.0.0.1", "::1", "localhost")
    if public.startswith("https://"):
        yield f"for people: {public}, from a proxy in front that has its certificate (docs/howto/install.md)"
        yield "browsers elsewhere keep no log-in without it; to try it first, start it without BIHUAN_PUBLIC_URL"
        if not settings.TRUSTED_PROXIES:
            yield "BIHUAN_TRUSTED_PROXIES is not set: everybody behind the proxy counts as one address"
    elif outside:
        yield f"for people: {public} and the names in BIHUAN_HOSTS; any other is refused"
        yield "without https: what is typed can be read on the way"


def work(args: argparse.Namespace) -> int:
    """Does what is due: limits that pass, mails, webhooks, seals, retention."""
    from bihuan.jobs.aside import Aside
    from bihuan.jobs.worker import Worker
    from bihuan.lib import clock
    from bihuan.web import words

    # Who works once ends soon enough.
    worker = Worker(clock.now, words.default_text, None if args.once else Aside())
    worker.listen()
    _refuse_open()
    with _in_use():
        return _work(args, worker)


def _work(args: argparse.Namespace, worker: "Worker") -> int:
    if not args.once:
        say(f"working, looking every {args.interval} s; ends with Ctrl-C")
        worker.loop(args.interval)
        return OK
    done = worker.round()
    say(f"{done.steps} steps, {done.tasks} tasks, duties: {', '.join(done.duties) or 'none'}")
    return WRONG if done.troubles else OK


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


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "init", init)
    one.add_argument(
        "--if-new",
        action="store_true",
        help="only where there are no tables yet, or it was stopped",
    )
    one = add(into, "serve", serve)
    one.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    one.add_argument("--port", type=_port, default=8000, help="port to listen on (%(default)s)")
    one.add_argument("--workers", type=_at_least_one, default=1, help="web processes (%(default)s)")
    one.add_argument("--no-work", action="store_true", help="pages only; work runs elsewhere")
    one = add(into, "work", work)
    one.add_argument("--once", action="store_true", help="do what is due now and end")
    one.add_argument(
        "--interval", type=_positive, default=5.0, help="seconds between looks (%(default)s)"
    )
