"""The interface for programs, told to people: what one may ask, with examples, tried on the page."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.foundation.access import throttle
from bihuan.insight import api as insight
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import spans, words
from bihuan.web.portal import examples, ours

ROOT = "/api/v1"
FIGURE = "*"
Choices = list[tuple[str, str]]


def _worded(prefix: str, *names: str) -> Callable[[], Choices]:
    """Choices of a fixed list, each with its words; nothing chosen comes first."""
    return lambda: [
        ("", words.text("interface.any")),
        *((name, words.text(f"{prefix}.{name}")) for name in names),
    ]


def _categories() -> Choices:
    """The categories of whatever anybody may send, each once."""
    found = {"": words.text("interface.any")}
    for one in examples.receiving():
        asked = one.kind.asked(of_sender=True).get("category")
        for name in asked.choices if asked else ():
            found.setdefault(name, words.choice_of(one.programme, "category", name))
    return list(found.items())


def _places() -> Choices:
    known = ours.first(publicity.kept_places(now()), lambda one: one)
    return [(str(one.pk), one.name) for one in known]


def _periods() -> Choices:
    return [(text, words.text(f"spans.{name}")) for text, name in spans.offered()]


# What a select offers, by name: never more than the public pages show anyway.
CHOICES: Mapping[str, Callable[[], Choices]] = {
    "scope": _worded("interface.scope", "mine", "unassigned"),
    "phase": _worded("interface.phase", "active", "open", "waiting", "done"),
    "level": _worded("interface.level", "none", "near", "urgent", "late"),
    "order": lambda: [(one, words.text(f"interface.order.{one}")) for one in ("newest", "due")],
    "grain": lambda: [(one, words.text(f"interface.grain.{one}")) for one in ("month", "quarter")],
    "size": lambda: [(one, one) for one in ("5", "20", "50", "200")],
    "category": _categories,
    "places": _places,
    "periods": _periods,
}


@dataclass(frozen=True)
class Asked:
    """One thing a call says: its name, and what is typed there for a start (the key of words, or itself).
    `of` names the choices of a select; `listed` is the address whose list fills it once a token is
    there, with the names of value and words in each item."""

    name: str
    usual: str = ""
    of: str = ""
    listed: tuple[str, str, str] | None = None
    required: bool = False

    @property
    def text(self) -> str:
        """What stands there for a start, in the reader's language where it is words; a figure that there is."""
        if self.usual == FIGURE:
            known = insight.definitions()
            return f"{known[0].programme.id}.{known[0].id}" if known else ""
        if self.usual.startswith("interface."):
            return words.text(self.usual)
        if self.usual or not self.required:
            return self.usual
        return self.choices[0][0] if self.choices else ""

    @property
    def choices(self) -> Choices:
        return CHOICES[self.of]() if self.of else []

    @property
    def label(self) -> str:
        return words.text(f"interface.asked.{self.name}")

    @property
    def shown(self) -> str:
        """What the example on the command line says for it: a value in its place, or its own name."""
        return self.text or (self.name.upper() if self.required else "")


@dataclass(frozen=True)
class Call:
    """One example, by the id of its operation; what it does is told by `interface.call.<id>`; `token`:
    one's own is needed."""

    id: str
    operation: str
    path: str
    asked: tuple[Asked, ...] = field(default=())
    posts: bool = False
    token: bool = False

    @property
    def address(self) -> str:
        return f"{ROOT}{self.path}"

    @property
    def method(self) -> str:
        return "POST" if self.posts else "GET"

    @property
    def example(self) -> str:
        """The same call by curl, in the reader's language."""
        lines = [f"curl -H 'Accept-Language: {words.locale()}'"]
        if self.token:
            lines.append('-H "Authorization: Bearer $TOKEN"')
        path, given = self.address, []
        for one in self.asked:
            if f"{{{one.name}}}" in path:
                path = path.replace(f"{{{one.name}}}", quote(one.shown))
            elif one.shown:
                given.append((one.name, one.shown))
        if self.posts:
            said = json.dumps(dict(given), ensure_ascii=False)
            lines += ["-H 'Content-Type: application/json'", f"-d '{said}'"]
        elif given:
            lines.append("-G " + " ".join(f"--data-urlencode '{n}={text}'" for n, text in given))
        return " \\\n  ".join([*lines, f"'{settings.PUBLIC_URL}{path}'"])


MATTER = Asked("ref", listed=("/matters?limit=50", "number", "subject"), required=True)
CALLS = (
    Call(
        "answers",
        "list_answers",
        "/public/answers",
        (Asked("q", "interface.lamp"), Asked("limit", "5", of="size")),
    ),
    Call(
        "newest",
        "list_answers",
        "/public/answers",
        (Asked("category", of="category"), Asked("limit", "5", of="size")),
    ),
    Call(
        "likes",
        "find_answers_alike",
        "/public/likes",
        (Asked("text", "interface.text", required=True),),
        posts=True,
    ),
    Call(
        "services",
        "list_services",
        "/public/services",
        (Asked("q"), Asked("limit", "5", of="size")),
    ),
    Call("kinds", "list_public_kinds", "/public/kinds"),
    Call(
        "kept",
        "get_kept",
        "/public/kept",
        (Asked("org", of="places", required=True), Asked("of", "month", of="grain")),
    ),
    Call("notices", "list_notices", "/public/notices"),
    Call("follow", "follow_matter", "/public/follow", (Asked("code", required=True),), posts=True),
    Call("inbox", "get_inbox", "/inbox", token=True),
    Call(
        "mine",
        "list_matters",
        "/matters",
        (
            Asked("scope", "mine", of="scope"),
            Asked("phase", "active", of="phase"),
            Asked("level", of="level"),
            Asked("order", "newest", of="order"),
            Asked("limit", "5", of="size"),
        ),
        token=True,
    ),
    Call("matter", "get_matter", "/matters/{ref}", (MATTER,), token=True),
    Call(
        "programme",
        "get_programme",
        "/programmes/{programme_id}",
        (Asked("programme_id", listed=("/programmes", "programme", "title"), required=True),),
        token=True,
    ),
    Call(
        "figure",
        "get_figure",
        "/figures/{figure}",
        (
            Asked("figure", FIGURE, listed=("/figures", "id", "title"), required=True),
            Asked("period", of="periods", required=True),
        ),
        token=True,
    ),
)
# Which errors there are, told by `interface.status.<code>`.
STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def _step() -> str:
    """A step that a webhook may be told of, as an example: the first of what anybody may send."""
    some = (
        f"{one.programme.id}.{name}" for one in examples.receiving() for name in one.kind.actions
    )
    return next(some, "programme.action")


@require_GET
def interface(request: HttpRequest) -> HttpResponse:
    """The page; each example is sent from the browser itself, with no more rights than its token."""
    context = {
        "section": "interface",
        "public": [one for one in CALLS if not one.token],
        "own": [one for one in CALLS if one.token],
        "root": f"{settings.PUBLIC_URL}{ROOT}",
        "statuses": STATUSES,
        "limits": throttle.OUTSIDE,
        "path": ROOT,
        "type": _step(),
        "org": next((value for value, _ in _places()), "1"),
        "examples": examples.all_of(f"{settings.PUBLIC_URL}{ROOT}"),
    }
    return render(request, "portal/interface.html", context)
