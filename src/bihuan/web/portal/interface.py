"""The interface for programs, told to people: what one may ask, with examples, tried on the page."""

from dataclasses import dataclass, field
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.insight import api as insight
from bihuan.web import words

ROOT = "/api/v1"
FIGURE = "*"


@dataclass(frozen=True)
class Asked:
    """One thing a call says: its name, and what is typed there for a start (the key of words, or itself)."""

    name: str
    usual: str = ""

    @property
    def text(self) -> str:
        """What stands there for a start, in the reader's language where it is words; a figure that there is."""
        if self.usual == FIGURE:
            known = insight.definitions()
            return f"{known[0].programme.id}.{known[0].id}" if known else ""
        return words.text(self.usual) if self.usual.startswith("interface.") else self.usual


@dataclass(frozen=True)
class Call:
    """One example: what it does is told by `interface.call.<id>`; `token`: one's own is needed."""

    id: str
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
            lines.append("-H 'Authorization: Bearer TOKEN'")
        path, given = self.address, []
        for one in self.asked:
            if f"{{{one.name}}}" in path:
                path = path.replace(f"{{{one.name}}}", quote(one.text))
            else:
                given.append(one)
        if self.posts:
            said = ", ".join(f'"{one.name}": "{one.text}"' for one in given)
            lines += ["-H 'Content-Type: application/json'", f"-d '{{{said}}}'"]
        elif given:
            lines.append("-G " + " ".join(f"--data-urlencode '{o.name}={o.text}'" for o in given))
        return " \\\n  ".join([*lines, f"'{settings.PUBLIC_URL}{path}'"])


CALLS = (
    Call("answers", "/public/answers", (Asked("q", "interface.lamp"),)),
    Call("likes", "/public/likes", (Asked("text", "interface.text"),), posts=True),
    Call("services", "/public/services", (Asked("q"),)),
    Call("kinds", "/public/kinds"),
    Call("kept", "/public/kept", (Asked("of", "month"),)),
    Call("notices", "/public/notices"),
    Call("follow", "/public/follow", (Asked("code"),), posts=True),
    Call("inbox", "/inbox", token=True),
    Call("mine", "/matters", (Asked("scope", "mine"), Asked("phase", "active")), token=True),
    Call(
        "figure",
        "/figures/{figure}",
        (Asked("figure", FIGURE), Asked("period", "2026")),
        token=True,
    ),
)


@require_GET
def interface(request: HttpRequest) -> HttpResponse:
    """The page; each example is sent from the browser itself, with no more rights than its token."""
    context = {
        "section": "interface",
        "public": [one for one in CALLS if not one.token],
        "own": [one for one in CALLS if one.token],
        "root": f"{settings.PUBLIC_URL}{ROOT}",
    }
    return render(request, "portal/interface.html", context)
