"""Who may come in here, and how a posted form is carried out."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import ADMIN, Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import choosing, errors, words
from bihuan.web.actor import actor_of

# Beyond these a year is a slip of the hand.
YEARS = range(2000, 2200)
View = Callable[..., HttpResponse]


def _guarded(view: View, lets_in: Callable[[Actor], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = actor_of(request)
        if not lets_in(who):
            raise DeniedError(ADMIN)
        left = request.method == "POST" and upkeep.is_beginning(who, today(), own=True)
        answer = view(request, *args, **kwargs)
        if left and not upkeep.is_beginning(who, today(), own=True):
            told = words.text("studio.first.all_done", address=settings.PUBLIC_URL)
            messages.success(request, told, extra_tags="good")
        return answer

    guarded_view: View = login_required(guarded)
    return guarded_view


def administrator(view: View) -> View:
    """Lets administrators of whatever in; others are told it is not theirs."""
    return _guarded(view, officers.is_officer)


def system_administrator(view: View) -> View:
    """Lets system administrators in, where the three officers are apart; others are told so."""
    return _guarded(view, lambda who: bool(officers.places(who, officers.SYSTEM)))


def concerns(who: Actor, org: Org) -> bool:
    """Whether what holds at an organisation holds somewhere the reader administers."""
    mine = officers.places(who, officers.SYSTEM)
    return any(tree.covers(org.path, at) or tree.covers(at, org.path) for at in mine)


def administers(who: Actor, org: Org) -> bool:
    """Whether the reader may say what holds at an organisation."""
    return any(tree.covers(at, org.path) for at in officers.places(who, officers.SYSTEM))


def own_place(who: Actor) -> Org | None:
    """Where a form about an organisation begins: where its reader works, as far as they administer it,
    else the first that they do."""
    paths = choosing.of_admin(who, today()).paths
    posted = orgs.orgs_of_person(who.person_id or 0, today())
    mine = [one for one in posted if any(tree.covers(path, one.path) for path in paths)]
    found = mine or orgs.orgs_at(paths)
    return found[0] if found else None


def label_of(place: Org | None) -> str:
    """What a field shows of an organisation that was chosen."""
    return choosing.chosen([str(place.pk)])[0].label if place else ""


def today() -> date:
    """The local day."""
    return timezone.localtime(now()).date()


def day_of(request: HttpRequest, name: str, *, years: range = YEARS) -> date | None:
    """A posted day, or None when it was left empty. Raises InputError for what is no date, or of a
    year that nobody means."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or found.year not in years:
        raise InputError({name: ("input.not_a_date", {})})
    return found


def chosen(request: HttpRequest, name: str, kind: str) -> int:
    """The organisation or person chosen in a posted form, among those one administers.

    Raises InputError when nothing was chosen or what was typed is not clear.
    """
    scope = choosing.of_admin(actor_of(request), today())
    found = choosing.taken(request.POST, name, kind, scope)
    if not isinstance(found, int):
        raise InputError({name: ("input.required", {})})
    return found


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; after a refusal with what was typed as `given`, and a status that says so."""
    status = 422 if request.method == "POST" else 200
    whole = {"section": "studio", "given": request.POST, **context}
    return render(request, template, whole, status=status)


def carry_out(request: HttpRequest, work: Callable[[], object], *, said: bool = False) -> bool:
    """Does what was posted and says so, where the work itself did not; what the house refuses is said in
    words, nothing written."""
    try:
        work()
    except ProblemError as error:
        messages.error(request, errors.message(error), extra_tags="bad")
        return False
    if not said:
        messages.success(request, words.text("desk.saved"), extra_tags="good")
    return True


def number_of(text: str | None) -> int:
    """A posted id. Raises LookupError."""
    if text and text.isascii() and text.isdigit() and len(text) < 18:
        return int(text)
    raise LookupError(text)
