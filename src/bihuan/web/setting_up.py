"""The first run on a page: one form makes an empty installation work.

It opens as long as nobody administers the installation, and takes nothing without the code that
whoever started the server was told. The code stands after the # of the address and in the body of
requests only, so that no log keeps it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import origin
from bihuan.foundation.access.api import SYSTEM, AccessError
from bihuan.foundation.access.logins import TooSoonError
from bihuan.foundation.audit.api import ConflictError
from bihuan.foundation.notify import trial
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.upkeep import first_run
from bihuan.kernel.upkeep.first_run import Asked, Begun
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.schema import Programme
from bihuan.web import errors, words
from bihuan.web.desk.account import log_in

CODE, TEXT = 40, 200


@dataclass(frozen=True)
class Offered:
    """A programme to choose: what it is and what comes along, in words."""

    id: str
    title: str
    summary: str
    along: str
    public: bool


def offered() -> list[Offered]:
    """All installed programmes, those first by which the public may write."""
    known = {one.id: one for one in programmes.known()}
    first = usual()
    titles = {name: words.of(one, "title") for name, one in known.items()}
    found = [
        Offered(
            name,
            titles[name],
            words.of(one, "summary"),
            words.listed(titles[need] for need in first_run.with_needs((name,)) if need != name),
            _is_public(one),
        )
        for name, one in known.items()
    ]
    return sorted(found, key=lambda one: (one.id not in first, not one.public, one.title))


def _is_public(one: Programme) -> bool:
    return any(one.doors(kind).portal for kind in one.kinds)


def usual() -> list[str]:
    """What most who begin want first: anybody writes, and is promised by when they are answered."""
    return [one.id for one in programmes.known() if _promises(one)]


def _promises(one: Programme) -> bool:
    clocks = (clock for clock in one.clocks.values() if clock.role == "promise")
    kinds = [kind for clock in clocks if (kind := clock.kind) in one.kinds]
    return any(one.doors(kind).portal and not _inside(one, kind) for kind in kinds)


def _inside(one: Programme, kind: str) -> bool:
    """Whether people of the organisation say the same there: then it is theirs before it is anybody's."""
    return "member" in one.kinds[kind].opened_by


def mail_told(found: trial.Tried) -> str:
    """What became of a mail that was tried, in words."""
    return words.text(f"setup.mail.{found.outcome}", why=found.why)


def try_mail(to: str) -> trial.Tried:
    """Sends the mail of a first run."""
    subject, text = words.text("setup.mail.subject"), words.text("setup.mail.text")
    return trial.try_mail(to, subject, text, at=now())


@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The form; what it makes. Leads to the log-in once there is an administrator."""
    if not first_run.is_open():
        return redirect("desk:login")
    if request.method == "GET":
        return _form(request, {})
    try:
        return _begun(request, now())
    except (RefusedError, ConflictError):
        return redirect("desk:login")
    except (TooSoonError, AccessError, InputError) as error:
        return _refused(request, error)


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, InputError):
        return _form(request, errors.by_field(error), 422)
    if not isinstance(error, TooSoonError):
        return _form(request, {"code": errors.message(error)}, 403)
    told = words.text("setup.waiting", minutes=-(-error.seconds // 60))
    response = _form(request, {"code": told}, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _begun(request: HttpRequest, at: datetime) -> HttpResponse:
    code = request.POST.get("code", "")[:CODE]
    first_run.check_code(code, source=origin.of(request.META), at=at)
    begun = first_run.begin(_asked(request), at=at, actor=SYSTEM)
    to = request.POST.get("mail_to", "").strip()[:TEXT]
    tried = try_mail(to) if to else None
    log_in(request, begun.admin, at)
    context = told(begun) | {"mail": tried and mail_told(tried), "mailed": tried}
    return render(request, "web/setup_done.html", context)


def told(begun: Begun) -> dict[str, Any]:
    """What a first run left, in words: for the page and the command."""
    titles = {one.id: words.of(one, "title") for one in programmes.known()}
    day = timezone.localtime(now()).date()
    public = [one for one in receivers.receivers(day) if one.org.pk == begun.org.pk]
    return {
        "org": begun.org,
        "admin": begun.admin,
        "desk": begun.desk,
        "in_force": words.listed(titles[name] for name in begun.programmes),
        "receiving": words.listed(titles[name] for name in begun.receiving),
        "public": words.listed(words.of(one.programme, f"kinds.{one.kind_id}") for one in public),
        "address": settings.PUBLIC_URL,
        "invitation": f"{settings.PUBLIC_URL}{reverse('desk:invited')}#{begun.invitation}"
        if begun.invitation
        else "",
        "three": settings.THREE_OFFICERS,
    }


def _asked(request: HttpRequest) -> Asked:
    def one(name: str) -> str:
        return request.POST.get(name, "").strip()[:TEXT]

    return Asked(
        organisation=one("organisation"),
        level=one("level"),
        hotline=one("hotline"),
        username=one("username"),
        name=one("name"),
        password=request.POST.get("password", "")[:TEXT],
        programmes=tuple(dict.fromkeys(request.POST.getlist("programmes")))[:100],
        calendar=one("calendar"),
        desk_name=one("desk_name"),
        desk_username=one("desk_username"),
    )


def _form(request: HttpRequest, problems: dict[str, str], status: int = 200) -> HttpResponse:
    chosen = request.POST.getlist("programmes") if request.POST else usual()
    every = offered()
    context = {
        "given": request.POST,
        "problems": problems,
        "levels": org_types.choices(english=words.locale() == "en"),
        "calendars": first_run.CALENDARS,
        "calendar": request.POST.get("calendar", first_run.CALENDARS[0]),
        "announced": words.listed(_announced()),
        "public": [one for one in every if one.public],
        "others": [one for one in every if not one.public],
        "chosen": chosen,
        "least": orgs.passwords.least(),
        "printed": settings.EMAIL_BACKEND == trial.CONSOLE,
    }
    return render(request, "web/setup.html", context, status=status)


def _announced() -> list[str]:
    years = orgs.calendars.years(orgs.calendars.default().pk)
    return [
        str(one.year)
        for one in sorted(years, key=lambda one: one.year)
        if one.status == "announced"
    ]
