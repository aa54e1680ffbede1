"""Template words and small facts; loaded as builtins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from typing_extensions import override

from bihuan.foundation.orgs.api import Org, Person
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.fieldtypes import Table
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.programmes.api import spec_of
from bihuan.kernel.services import api as services
from bihuan.kernel.values import api as values
from bihuan.kernel.workbench.api import Phrase
from bihuan.language.articles import spelt
from bihuan.lib.clock import now
from bihuan.spec import grounds
from bihuan.spec.schema import Input, Programme
from bihuan.web import choosing, days, errors, navigation, words
from bihuan.web.fields import TONGUE, FieldView
from bihuan.web.forms import ActionForm
from bihuan.web.lines import Line, drawn

register = template.Library()
PICTURES = frozenset(("image/jpeg", "image/png", "image/webp"))
# The tag and a key; with a filter behind it, it is no key of its own.
_ALONE = 2
_LITERAL = re.compile(r"""(["'])[a-zA-Z0-9_.]+\1""")


_filled = template.Library()


@_filled.simple_tag
def t(key: str, **values: Any) -> str:
    """Words of the house with something to fill in, or by a key held in a variable."""
    return words.text(key, **values)


class _Words(template.Node):
    """Words that are always the same."""

    def __init__(self, key: str) -> None:
        self.key = key

    @override
    def render(self, context: template.Context) -> SafeString:
        text = words.text(self.key)
        return escape(text) if context.autoescape else SafeString(text)


@register.tag("t")
def _words(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`{% t "key" %}`, `{% t "key" name=value %}`, `{% t variable as name %}`: words of the house."""
    bits = token.split_contents()
    if len(bits) == _ALONE and _LITERAL.fullmatch(bits[1]):
        return _Words(bits[1][1:-1])
    node: template.Node = _filled.tags["t"](parser, token)
    return node


@register.simple_tag
def blank_field(field: FieldView, prefix: str, phrases: tuple[Phrase, ...]) -> SafeString:
    """A field at the desk with nothing in it, beside the text modules that fit into it."""
    beside = phrases if field.editor == "lines" else ()
    modules = tuple((one.shortcut, one.body) for one in beside)
    return _blank(words.locale(), field, prefix, modules)


@lru_cache(maxsize=2048)
def _blank(
    locale: str, field: FieldView, prefix: str, modules: tuple[tuple[str, str], ...]
) -> SafeString:
    # A third of a matter's page is forms that nobody has begun: the same each time.
    del locale
    phrases = [{"shortcut": shortcut, "body": body} for shortcut, body in modules]
    context = {"field": field, "prefix": prefix, "phrases": phrases}
    return SafeString(render_to_string("desk/_field.html", context))


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """A drawn sign beside words; those who listen hear the words alone."""
    sheet = static("bihuan/icons.svg")
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        sheet,
        name,
    )


@dataclass(frozen=True)
class _Reader:
    """What a menu depends on besides the language."""

    rights: frozenset[str]
    facets: tuple[tuple[str, navigation.Room], ...]
    section: str
    page: str


def _reader(context: template.Context) -> _Reader:
    section = str(context.get("section", ""))
    page = str(context.get("page", "")) if section == "studio" else ""
    return _Reader(
        context.get("rights") or frozenset(), context.get("facet_rooms") or (), section, page
    )


@register.simple_tag(takes_context=True)
def menu(context: template.Context) -> SafeString:
    """The places of the desk, each with its rooms that are open to the reader."""
    return _menu("desk/_menu.html", words.locale(), _reader(context))


@register.simple_tag(takes_context=True)
def menu_bar(context: template.Context) -> SafeString:
    """The first places, as a phone has them at hand."""
    return _menu("desk/_bar.html", words.locale(), _reader(context), navigation.BAR)


@lru_cache(maxsize=1024)
def _menu(drawn: str, locale: str, reader: _Reader, most: int | None = None) -> SafeString:
    """Drawn once for all who see the same: a menu cost as much as all else around a page."""
    del locale
    places = navigation.shown(reader.rights, reader.facets, reader.section, reader.page)
    current = reader.page or reader.section
    return render_to_string(drawn, {"places": places[:most], "current": current})


@register.filter
def field_word(name: str) -> str:
    """The word for a field that is told of away from it."""
    return errors.called(name)


@register.filter
def share(value: float) -> str:
    """A true ratio in per cent."""
    return f"{value:.1%}"


@register.filter
def word(key: str, prefix: str = "") -> str:
    """Words of the house for a key held in a variable."""
    return words.text(f"{prefix}{key}")


@register.simple_tag
def pw(matter: Matter, key: str) -> str:
    """Words of the matter's programme."""
    return words.of(spec_of(matter.release_id), key)


@register.simple_tag
def prog(programme: Programme, key: str) -> str:
    """Words of a programme, where no matter is at hand."""
    return words.of(programme, key)


@register.simple_tag(takes_context=True)
def known(context: template.Context, found: Org | Person) -> SafeString:
    """The name of an organisation or a person; to whoever may know of them it opens their page."""
    who = context.get("who")
    if who is None or not profiles.may_know(who, found, now()):
        return escape(found.name)
    name = "desk:org" if isinstance(found, Org) else "desk:person"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[found.pk]), found.name)


@register.filter
def period_name(text: str) -> str:
    """A period as it is kept (2026-H1) in the reader's words."""
    return values.name_of(Input(type="period"), text, TONGUE)


@register.filter
def own_words(by_locale: dict[str, str]) -> str:
    """The reader's one of a programme's texts, where no programme is at hand."""
    return words.choose(by_locale)


@register.filter
def state_name(matter: Matter) -> str:
    """The state in words."""
    return words.of(spec_of(matter.release_id), f"states.{matter.kind}.{matter.state}")


@register.filter
def category_name(matter: Matter) -> str:
    """The category in words, or nothing."""
    if not matter.category:
        return ""
    return words.of(spec_of(matter.release_id), f"choices.category.{matter.category}")


@register.filter
def weekday_name(number: int | str) -> str:
    """A day of the week, Monday being 0."""
    return words.text(f"weekday.{number}")


@register.filter
def weekday(value: date) -> str:
    """A day with its day of the week: 3月4日 周三."""
    return days.named(value)


@register.filter
def slot_said(value: object) -> str:
    """A place one booked, as people say it: 12月2日 周三 10:30; what is none as it stands."""
    day, _, time = str(value).partition(" ")
    try:
        return f"{days.named(date.fromisoformat(day))} {time}".strip()
    except ValueError:
        return str(value)


@register.filter
def by_day(options: Iterable[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a choice offers, in groups of a day each where it offers hours of days; else in one of none."""
    found: dict[str, list[tuple[str, str]]] = {}
    for value, label in options:
        try:
            day = days.named(date.fromisoformat(value.partition(" ")[0]))
        except ValueError:
            day = ""
        found.setdefault(day, []).append((value, label.removeprefix(day).strip() if day else label))
    return list(found.items())


@register.filter
def minus(value: int, less: int) -> int:
    """What is left of a number."""
    return value - less


@register.filter
def refused(forms: list[ActionForm]) -> list[ActionForm]:
    """The actions that cannot be taken now, each with its reason."""
    return [one for one in forms if one.refusal is not None]


@register.filter
def may_any(forms: list[ActionForm]) -> bool:
    """Whether there is an action that can be taken now."""
    return any(one.refusal is None for one in forms)


@register.filter
def is_picture(mime: str) -> bool:
    """Whether a browser shows a file as a picture."""
    return mime in PICTURES


@register.filter
def kind_name(matter: Matter) -> str:
    """The kind in words."""
    return words.of(spec_of(matter.release_id), f"kinds.{matter.kind}")


@register.filter
def when(value: datetime | None) -> str:
    """A moment as papers and records have it: 2026-03-05 14:30, local time."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def moment(value: datetime) -> str:
    """When something happened, the same whenever it is read: 11月3日 周二 09:20."""
    return days.ago(value, relative=False)


@register.filter
def due_by(value: datetime) -> str:
    """The end of a limit as people say it: 今天 24:00前."""
    return days.due(value)


@register.filter
def due_on(value: datetime) -> str:
    """The end of a limit, the same whenever it is read: 12月4日 周五 24:00前."""
    return days.due(value, relative=False)


@register.filter
def late_by(value: datetime) -> str:
    """For how long a limit has been over: 逾期3天; else when it ends."""
    return days.late(value) or days.due(value)


@register.filter
def ago(value: datetime) -> str:
    """When something happened as people say it: 今天 09:20."""
    return days.ago(value)


@register.filter
def day_said(value: date) -> str:
    """A local day as people say it: 今天, 11月3日 周二."""
    return days.spoken(value, timezone.localtime(now()).date())


@register.filter
def clock(value: datetime) -> str:
    """The local time of day of a moment."""
    return f"{timezone.localtime(value):%H:%M}"


@register.filter
def long_day(value: datetime) -> str:
    """The local day of a moment with its weekday."""
    return days.named(timezone.localtime(value).date())


@register.filter
def day(value: datetime | None) -> str:
    """The local day of a moment."""
    return timezone.localtime(value).strftime("%Y-%m-%d") if value else ""


@register.filter
def colour(matter: Matter) -> str:
    """The colour of a matter in a list: done, paused, late, urgent, near or calm."""
    if matter.phase == "done":
        return "done"
    if matter.paused:
        return "paused"
    return matter.level if matter.level != "none" else "calm"


@register.filter
def articles(clause: str) -> str:
    """A clause as an official writes it: 第二十四条."""
    return spelt(clause)


@register.filter
def ground(matter: Matter, source: dict[str, Any]) -> str:
    """What a limit of a matter rests on as the public reads it; '' where it is a promise of its own."""
    named = (str(source.get(name, "")) for name in ("setting", "clause", "grade"))
    return spelt(grounds.ground(spec_of(matter.release_id), *named))


@register.filter
def at(mapping: Any, key: str) -> Any:
    """mapping[key], or nothing."""
    return mapping.get(key, "") if isinstance(mapping, dict) else ""


@register.filter
def typed(given: Any, name: str) -> str:
    """What was typed into the field that finds `name`."""
    return str(given.get(f"{name}-text", "")) if isinstance(given, dict) else ""


@register.simple_tag
def lines(field: FieldView, given: Any, draft: Any, element: str) -> list[Line]:
    """The lines in which a field of several rows is filled in."""
    return drawn(field, given, draft, element)


@register.filter
def cells(table: Table, row: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """The cells of a row, each with what its column is called and whether it is a number."""
    return list(zip(row, table.head, table.amounts, strict=True))


@register.filter
def picked(given: Any, name: str) -> list[str]:
    """The ids picked before for `name`."""
    return given.getlist(name) if isinstance(given, QueryDict) else []


@register.filter
def choices_of(pks: Any, kind: str) -> list[choosing.Choice]:
    """The organisations, or people, of ids picked before for a field of a type."""
    return choosing.chosen(pks or [], kind)


@register.filter
def figure_tag(tag: str) -> str:
    """The figure a bulletin's tag speaks of, whichever period of it."""
    return tag.partition(":")[0]


@register.filter
def form_of(written: str) -> tuple[str, str]:
    """The name of a service's form and the address to fetch it from, if there is one."""
    return services.form(written)


@register.filter
def nth(row: Any, index: int) -> str:
    """The words of a table's cell."""
    return str(row[index].text)
