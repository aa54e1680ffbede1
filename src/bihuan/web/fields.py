"""Fields of forms, made from what a programme declares: one way to draw, to take and to tell each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from bihuan.foundation.files import api as files
from bihuan.foundation.files.api import Stored
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import rows, spans_of_time
from bihuan.kernel.matters.fieldtypes import Asked
from bihuan.kernel.matters.opening import ORDERED_BY
from bihuan.kernel.values import api as values
from bihuan.lib.problems import InputError
from bihuan.spec import sight
from bihuan.spec.schema import BUILT_IN_ACTORS, Input, Kind, Programme
from bihuan.web import choosing, lines, words
from bihuan.web.choosing import Scope

# What the forms themselves ask for: a programme's field of such a name is posted under another.
_TAKEN = frozenset(
    (
        "action",
        "body",
        "code",
        "complained",
        "complained_of",
        "confirm",
        "csrfmiddlewaretoken",
        "edit",
        "email",
        "files",
        "hall",
        "home",
        "key",
        "kind",
        "label",
        "look",
        "name",
        "phone",
        "print",
        "proof",
        "subject",
        "to",
        "under",
        "version",
    )
)
_FEW = 6
TONGUE = values.Tongue(words.text, words.of)


@dataclass(frozen=True)
class FieldView:
    """One input as a page shows it. `key` is its own name, `name` what it is posted as; `editor` the sort of field;
    `source` where an organisation or a person is found while one types, '' where nothing is. One of several rows
    has `columns`, and `most` of them."""

    key: str
    name: str
    label: str
    type: str
    editor: str
    required: bool
    private: bool
    max: int
    options: tuple[tuple[str, str], ...]
    source: str = ""
    help: str = ""
    columns: tuple["FieldView", ...] = ()
    most: int = 0

    @property
    def many(self) -> bool:
        """Whether several are chosen."""
        return self.type in choosing.MANY

    @property
    def person(self) -> bool:
        """Whether it is a person who is chosen."""
        return choosing.is_person(self.type)

    @property
    def first(self) -> str:
        """What is ticked until somebody ticks something else: the first of few that are shown."""
        return self.options[0][0] if self.few and self.required and self.options else ""

    @property
    def few(self) -> bool:
        """Whether there is little enough to choose from to show all of it."""
        return self.type == "choice" and len(self.options) <= _FEW


@dataclass(frozen=True)
class Desk:
    """Where a form is filled in, which says what its fields offer: a place under a programme at an
    instant. `sources` are the addresses at which organisations and people are found, by type."""

    programme: Programme
    home: Org
    at: datetime
    sources: Mapping[str, str]


def views(
    inputs: Mapping[str, Input],
    desk: Desk,
    *,
    where: str,
    hints: Mapping[str, str] = MappingProxyType({}),
) -> list[FieldView]:
    """Inputs with labels, options and help; `where` is `<kind>` or `<kind>.<action>`. `hints` stand
    beside fields for which the programme has no help."""
    asked = Asked(desk.home, desk.programme, desk.at)
    return [
        FieldView(
            name,
            posted_name(name),
            words.of(desk.programme, f"fields.{name}"),
            one.type,
            values.editor(one),
            one.required,
            one.private,
            one.max,
            tuple(values.options(name, one, asked, TONGUE)),
            desk.sources.get(one.type, ""),
            _help(desk.programme, f"{where}.{name}", one, hints.get(name, "")),
            _columns(name, one, asked, desk.sources),
            rows.most(one) if one.columns else 0,
        )
        for name, one in inputs.items()
    ]


def _help(programme: Programme, where: str, one: Input, hint: str) -> str:
    """What stands beside a field: its help, and who reads what is filled in."""
    told = words.help_of(programme, where) or hint or _hint(one)
    if not one.seen_by:
        return told
    names = sorted(sight.named(programme, one.seen_by))
    who = [
        words.text(f"editor.seen.{name}")
        if name in BUILT_IN_ACTORS and programme.role(name) is None
        else words.of(programme, f"roles.{name}")
        for name in names
    ]
    seen = words.text("editor.seen_by", who=words.text("editor.seen.between").join(who))
    return " ".join(filter(None, (told, seen)))


def _columns(
    name: str, one: Input, asked: Asked, sources: Mapping[str, str]
) -> tuple[FieldView, ...]:
    return tuple(
        FieldView(
            column,
            column,
            words.of(asked.programme, f"columns.{name}.{column}"),
            each.type,
            values.editor(each),
            each.required,
            private=False,
            max=each.max,
            options=tuple(values.options(f"{name}.{column}", each, asked, TONGUE)),
            source=sources.get(each.type, ""),
        )
        for column, each in one.columns.items()
    )


def _hint(one: Input) -> str:
    """How a value of its type is written, where that is not plain."""
    key = f"editor.hint.{one.type}"
    told: dict[str, Any] = {"most": rows.most(one), "examples": spans_of_time.examples(one)}
    return words.text(key, **told) if words.has(key) else ""


def posted_name(name: str) -> str:
    """What the field of a programme is called in a form."""
    return f"its-{name}" if name in _TAKEN else name


def taken(
    inputs: Mapping[str, Input],
    posted: QueryDict,
    scope: Scope,
    named: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What was filled in of the inputs, and nothing else; `named` are the names of their files.

    Raises InputError with every organisation or person that was typed and is not clear.
    """
    given: dict[str, Any] = {}
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, one in inputs.items():
        called, editor = posted_name(name), values.editor(one)
        if editor == "file":
            given |= {name: named[name]} if name in named else {}
        elif editor == "rows":
            given[name], wrong = lines.taken(called, one, posted, scope)
            if wrong:
                bad[name] = ("input.rows_bad", {"count": len(wrong)})
                bad |= {f"{name}.{at}": why for at, why in wrong.items()}
        elif editor != "found":
            given |= {name: posted[called]} if called in posted else {}
        else:
            try:
                given[name] = choosing.taken(posted, called, one.type, scope)
            except InputError as error:
                bad[name] = error.fields[called]
    if bad:
        raise InputError(bad)
    return given


def sent(
    request: HttpRequest, inputs: Mapping[str, Input], *others: str
) -> tuple[list[Stored], dict[str, str]]:
    """The files of a form, checked: those that its fields ask for first, then those under `others`;
    and the name of each field's own.

    Raises FileError, also for a file under any other name.
    """
    fields = {n: posted_name(n) for n, one in inputs.items() if values.editor(one) == "file"}
    files.only(request.FILES, *fields.values(), *others)
    asked = {n: request.FILES.getlist(called) for n, called in fields.items()}
    asked = {n: found for n, found in asked.items() if found}
    first = [found[0] for found in asked.values()]
    rest = [one for found in asked.values() for one in found[1:]]
    rest += [one for name in others for one in request.FILES.getlist(name)]
    taken = files.take([*first, *rest], settings.FILES_PER_MESSAGE + len(fields))
    return taken, {n: one.name for n, one in zip(asked, taken, strict=False)}


def _name(one: Input, value: Any) -> str:
    return values.name_of(one, value, TONGUE)


def as_posted(inputs: Mapping[str, Input], held: Mapping[str, Any]) -> QueryDict:
    """Values that are kept, as the form that asks for them would post them."""
    made = QueryDict(mutable=True)
    for name, value in held.items():
        one, called = inputs[name], posted_name(name)
        again = values.typed(one, value)
        if values.editor(one) == "rows":
            made.update(dict(lines.as_posted(called, one, again, _name)))
        elif one.type in choosing.MANY:
            made.setlist(called, [str(pk) for pk in again])
        elif values.editor(one) == "found":
            made[f"{called}-text"] = values.name_of(one, value, TONGUE)
        else:
            made[called] = again
    return made


# What a page filled in stands in it a second time under a name that begins so.
_OFFERED = "offered-"


def offered(filled: QueryDict) -> list[tuple[str, str]]:
    """What a form that is filled in already also carries, to tell later what was left as it was."""
    return [(f"{_OFFERED}{name}", one) for name, each in filled.lists() for one in each]


def offered_again(posted: QueryDict) -> list[tuple[str, str]]:
    """The same of a form that comes back."""
    return [(n, one) for n, each in posted.lists() if n.startswith(_OFFERED) for one in each]


def left_as_offered(inputs: Mapping[str, Input], posted: QueryDict) -> list[str]:
    """The inputs that were filled in for whoever posts a form, and that they left as they were."""
    found = []
    for name in inputs:
        called = posted_name(name)
        keys = {one.removeprefix(_OFFERED) for one in posted if one.startswith(_OFFERED)}
        own = [one for one in keys if one == called or one.startswith((f"{called}-", f"{called}."))]
        if own and all(posted.getlist(one) == posted.getlist(f"{_OFFERED}{one}") for one in own):
            found.append(name)
    return found


def tells_all(inputs: Mapping[str, Input]) -> str:
    """The field of a form that says in words what it is about, to everybody who sees the matter: it is
    asked for once, and stands for the text of the matter too; '' where there is none."""
    texts = (n for n, one in inputs.items() if one.type == "longtext" and one.required)
    return next((name for name in texts if not inputs[name].apart), "")


def asked(
    kind: Kind, *, of_sender: bool, channel: str = ""
) -> tuple[dict[str, Input], dict[str, str]]:
    """What a form asks to open one of a kind, and what it knows by itself: by which door it came,
    where the kind has a word for that door, and what only the house writes."""
    fields = kind.asked(of_sender=of_sender)
    known = {}
    if channel and "channel" in fields and channel in fields["channel"].choices:
        known["channel"] = channel
    return {n: f for n, f in fields.items() if n not in known and n != ORDERED_BY}, known


def told(
    programme: Programme, kind_id: str, given: Mapping[str, Any], *, action: str = ""
) -> Iterator[values.Told]:
    """Values in the reader's words."""
    return values.all_told(programme, kind_id, given, TONGUE, action=action)
