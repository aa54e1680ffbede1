"""Settings in words: what each does, what it is by which clause, since when, and who set it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from bihuan.foundation.access.api import Actor
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.overrides import begun_by
from bihuan.spec import bounds
from bihuan.spec.schema import Programme, SettingSpec
from bihuan.web import days, words
from bihuan.web.studio import levels
from bihuan.web.studio.door import concerns, today


@dataclass(frozen=True)
class Value:
    """One dated value: for which case, by what, since when; `set_by` where an organisation set it."""

    text: str
    case: str
    clause: str
    grade: str
    period: str
    example: bool = False
    set_by: str = ""


@dataclass(frozen=True)
class Setting:
    """One setting of a programme, as a page shows it."""

    name: str
    label: str
    does: tuple[str, ...]
    values: tuple[Value, ...]

    def matches(self, query: str) -> bool:
        """Whether what somebody looks for stands anywhere in it."""
        said = [self.label, self.name, *self.does]
        said += [part for one in self.values for part in (one.text, one.clause, one.case)]
        return query.casefold() in " ".join(said).casefold()


def told(spec: Programme, who: Actor, query: str = "") -> list[Setting]:
    """The settings of a programme, with what organisations that concern the reader made of them; those
    that hold `query`, where there is one."""
    changed: dict[str, list[Value]] = {}
    for row in programmes.overrides(spec.id):
        if row.part == "setting" and row.name in spec.settings and concerns(who, row.org):
            changed.setdefault(row.name, []).append(_local(spec, row))
    found = [
        Setting(
            name,
            words.of(spec, f"settings.{name}"),
            tuple(_does(spec, name, one)),
            (*changed.get(name, ()), *(_shipped(spec, one, n) for n in range(len(one.values)))),
        )
        for name, one in spec.settings.items()
    ]
    return [one for one in found if not query or one.matches(query)]


def _does(spec: Programme, name: str, one: SettingSpec) -> list[str]:
    said = [words.of(spec, f"why.{name}")] if one.why else []
    clocks = [
        words.text(
            "studio.setting_clock",
            kind=words.of(spec, f"kinds.{clock.kind}"),
            clock=words.of(spec, f"clocks.{clock_id}"),
        )
        for clock_id, clock in spec.clocks.items()
        if clock.setting == name
    ]
    said += [words.text("studio.setting_used", clocks=words.listed(clocks))] if clocks else []
    if one.type in ("limit", "int"):
        least, most = bounds.limits(one)
        said.append(words.text("studio.setting_bounds", least=least, most=most))
    if one.only_from:
        said.append(words.text("studio.setting_above"))
    return said


def _said(one: SettingSpec, value: object) -> str:
    if isinstance(value, bool):
        return words.text("studio.on" if value else "studio.off")
    unit = words.text(f"studio.unit.{one.unit.value}") if one.unit else ""
    return words.text("studio.amount", value=value, unit=unit) if unit else str(value)


def _case(spec: Programme, scope: Mapping[str, str]) -> str:
    return words.listed(
        levels.called(text) if name == "level" else words.choice_of(spec, name, text)
        for name, text in scope.items()
    )


def _shipped(spec: Programme, one: SettingSpec, number: int) -> Value:
    value = one.values[number]
    since = words.text(
        "studio.period_begun", start=days.spoken(value.from_, today(), relative=False)
    )
    return Value(
        _said(one, value.value),
        _case(spec, value.scope),
        value.clause,
        words.text(f"studio.grade.{value.grade}"),
        since,
        value.example,
    )


def _local(spec: Programme, row: programmes.Override) -> Value:
    begins = days.spoken(row.start, today(), relative=False)
    ends = days.spoken(row.end, today(), relative=False) if row.end else ""
    who, at = begun_by(row)
    return Value(
        _said(spec.settings[row.name], row.value),
        _case(spec, row.scope),
        row.clause,
        words.text("studio.grade.local"),
        words.text("studio.period_begun_ends", start=begins, end=ends)
        if ends
        else words.text("studio.period_begun", start=begins),
        set_by=words.text("studio.setting_set_by", org=row.org.name, who=who, day=days.ago(at))
        if who
        else words.text("studio.setting_set", org=row.org.name, day=days.ago(at)),
    )
