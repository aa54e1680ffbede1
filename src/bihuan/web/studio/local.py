"""Local changes: settings, choices and fields as an organisation has them, beside what is shipped."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.spec import bounds
from bihuan.spec.schema import Input, Programme, SettingSpec
from bihuan.web import choosing, days, errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import whom
from bihuan.web.studio.door import (
    carry_out,
    chosen,
    concerns,
    day_of,
    number_of,
    own_place,
    show,
    system_administrator,
    today,
)

LOCALES = (("zh-Hans", "zh"), ("en", "en"))
NEW = "*"
TEXTS = ("words", "help")


def known(programme_id: str) -> Programme:
    """The newest release of a programme. Raises LookupError."""
    found = next((p for p in programmes.known() if p.id == programme_id), None)
    if found is None:
        raise LookupError(programme_id)
    return found


def _inputs(spec: Programme) -> Iterator[tuple[str, str, Input]]:
    """(name of a change, in words, input) of everything people fill in."""
    for kind_id, kind in spec.kinds.items():
        kind_label = words.of(spec, f"kinds.{kind_id}")
        for name, one in kind.fields.items():
            yield f"{kind_id}.{name}", f"{kind_label} · {words.of(spec, f'fields.{name}')}", one
        for action_id, action in kind.actions.items():
            label = words.of(spec, f"actions.{kind_id}.{action_id}")
            for name, one in action.inputs.items():
                field = words.of(spec, f"fields.{name}")
                yield f"{kind_id}.{action_id}.{name}", f"{kind_label} · {label} · {field}", one


def _choices(spec: Programme) -> list[tuple[str, str]]:
    found = []
    for name, label, one in _inputs(spec):
        if one.type == "choice":
            field = name.rpartition(".")[2]
            found.append((f"{name}.{NEW}", f"{label} · {words.text('studio.new_choice')}"))
            found += [
                (f"{name}.{c}", f"{label} · {words.of(spec, f'choices.{field}.{c}')}")
                for c in one.choices
            ]
    return found


def describe(spec: Programme, row: programmes.Override) -> tuple[str, str]:
    """(what is changed, to what) of a local change, in words."""
    if row.part == "setting":
        value = row.value
        if isinstance(value, bool):
            value = words.text("studio.on" if value else "studio.off")
        return words.of(spec, f"settings.{row.name}"), str(value)
    path = row.name if row.part == "field" else row.name.rpartition(".")[0]
    kind_id, *middle, field = path.split(".")
    labels = [words.of(spec, f"kinds.{kind_id}")]
    labels += [words.of(spec, f"actions.{kind_id}.{action}") for action in middle]
    labels.append(words.of(spec, f"fields.{field}"))
    if row.part == "choice":
        choice = row.name.rpartition(".")[2]
        labels.append(words.choice_of(spec, field, choice))
    said = [
        words.text(f"studio.changed.{n}", text=words.choose(row.value[n]) if n in TEXTS else "")
        for n in ("retired", "required", "hidden", *TEXTS)
        if row.value.get(n)
    ]
    return " · ".join(labels), words.listed(said, by="semicolon")


def _bounded(spec: Programme, name: str, one: SettingSpec) -> str:
    """A setting's words, with what it may be set to and by whom."""
    label = words.of(spec, f"settings.{name}")
    if one.type in ("limit", "int"):
        least, most = bounds.limits(one)
        label = words.text("studio.bounds", label=label, least=least, most=most)
    return words.text("studio.from_above", label=label) if one.only_from else label


def _looked_at(request: HttpRequest, who: Actor) -> Org:
    """The organisation the page is about: the one asked for, else one's own.
    What is asked for and cannot be is told in words."""
    try:
        found = choosing.taken(request.GET, "org", "org", choosing.of_admin(who, today()))
    except InputError as error:
        messages.error(request, errors.message(error), extra_tags="bad")
        found = None
    return orgs.org(found) if isinstance(found, int) else _own(who)


def _own(who: Actor) -> Org:
    place = own_place(who)
    if place is None:
        raise LookupError(who.ref)
    return place


def _context(place: Org) -> dict[str, Any]:
    """What the forms of local changes need to know of the place."""
    label = choosing.chosen([str(place.pk)])[0].label
    return {"place": place, "place_label": label, "today": today()}


@system_administrator
@require_http_methods(["GET", "POST"])
def local(request: HttpRequest, programme: str) -> HttpResponse:
    """What differs here from what is shipped, and the forms that change it."""
    who = actor_of(request)
    spec = known(programme)
    if request.method == "POST" and carry_out(request, lambda: _change(request, spec, who)):
        return redirect("studio:local", programme=programme)
    return _page(request, spec, who)


def _page(request: HttpRequest, spec: Programme, who: Actor) -> HttpResponse:
    place = _looked_at(request, who)
    rows = [
        (
            row,
            *describe(spec, row),
            programmes.may_set(spec, row.part, row.name, org=row.org, actor=who),
        )
        for row in programmes.overrides(spec.id)
        if concerns(who, row.org)
    ]
    context: dict[str, Any] = {
        **_context(place),
        "page": "programmes",
        "programme": spec,
        "title": words.of(spec, "title"),
        "rows": rows,
        "settings": [
            (name, _bounded(spec, name, one))
            for name, one in spec.settings.items()
            # Switches have a page of their own, with their reasons.
            if one.type != "switch"
        ],
        "choices": _choices(spec),
        "fields": [(name, label) for name, label, _ in _inputs(spec)],
    }
    try:
        held = programmes.held(spec.id, place.path, today())
    except ProgrammeError as error:
        context["not_held"] = errors.message(error)
    else:
        context["difference"] = programmes.difference(held)
        context["lost"] = [
            (*describe(spec, row), errors.message(ProgrammeError(e.key, **e.values)))
            for row, e in held.lost()
        ]
    return show(request, "studio/local.html", context)


def _texts(request: HttpRequest) -> dict[str, str]:
    typed = {locale: request.POST.get(name, "").strip() for locale, name in LOCALES}
    return typed if any(typed.values()) else {}


def _named(spec: Programme, request: HttpRequest, part: str) -> tuple[str, Any]:
    """(name, value) of the posted change."""
    name = request.POST.get("name", "")
    if part == "setting":
        return name, _value(spec, name, request.POST.get("value", "").strip())
    how = request.POST.get("how", "")
    if part == "choice":
        if name.endswith(f".{NEW}"):
            slug = re.sub(r"[^a-z0-9]+", "_", request.POST.get("en", "").lower()).strip("_")[:40]
            name = f"{name.removesuffix(NEW)}{slug}"
        return name, {"retired": True} if how == "retired" else {"words": _texts(request)}
    value: dict[str, Any] = {how: True} if how in ("required", "hidden") else {}
    texts = _texts(request)
    return name, value | ({"help": texts} if texts else {})


def _value(spec: Programme, name: str, text: str) -> Any:
    kind = spec.settings[name].type if name in spec.settings else ""
    if kind == "switch":
        if text not in ("true", "false"):
            raise ProgrammeError("programmes.bad_value", name=name, value=text)
        return text == "true"
    if kind in ("int", "limit"):
        try:
            return int(text)
        except ValueError:
            raise ProgrammeError("programmes.bad_value", name=name, value=text) from None
    return text


def _change(request: HttpRequest, spec: Programme, who: Actor) -> None:
    ended = request.POST.get("end_change")
    if ended:
        programmes.end_override(number_of(ended), on=today(), at=now(), actor=who)
        return
    place = orgs.org(chosen(request, "org", "org"))
    start = day_of(request, "start") or today()
    part = request.POST.get("part", "setting")
    name, value = _named(spec, request, part)
    category = request.POST.get("category", "") if part == "setting" else ""
    programmes.override(
        programmes.spec_of(
            programmes.in_force(spec.id, place.path, max(start, today())).release_id
        ),
        name,
        value,
        org=place,
        start=start,
        end=day_of(request, "end"),
        clause=request.POST.get("clause", "")[:300],
        part=part,
        scope={"category": category} if category else {},
        at=now(),
        actor=who,
    )


@system_administrator
@require_http_methods(["GET", "POST"])
def switches(request: HttpRequest) -> HttpResponse:
    """Every yes-or-no setting of every programme on one page, each with its reason."""
    who = actor_of(request)
    if request.method == "POST":
        spec = known(request.POST.get("programme", ""))
        if carry_out(request, lambda: _change(request, spec, who)):
            return redirect("studio:switches")
    place = _looked_at(request, who)
    rows = [
        _switch(spec, name, place, who)
        for spec in programmes.known()
        for name, one in spec.settings.items()
        if one.type == "switch"
    ]
    context = {**_context(place), "page": "switches", "rows": rows}
    return show(request, "studio/switches.html", context)


def _switch(spec: Programme, name: str, place: Org, who: Actor) -> dict[str, Any]:
    held = programmes.resolve(
        spec, name, org_path=place.path, on=today(), case={"level": place.level}
    )
    may = programmes.may_set(spec, "setting", name, org=place, actor=who)
    above = orgs.parent_of(place) if spec.settings[name].only_from else None
    return {
        "programme": spec.id,
        "title": words.of(spec, "title"),
        "name": name,
        "label": _bounded(spec, name, spec.settings[name]),
        "may": may,
        "set_by": "" if may else whom.sets_at(above or place),
        "why": words.of(spec, f"why.{name}"),
        "held": held,
        "since": words.text(
            "studio.period_begun", start=days.spoken(held.since, today(), relative=False)
        ),
        "turn": "false" if held.value else "true",
    }
