"""What a limit rests on, as far as an organisation may say it of itself: a rule of the whole country, or
one it has entered. A rule of another city, or the house's own usual number, is nobody else's ground."""

from bihuan.spec.schema import Programme, SettingValue

_OWN = ("local", "promised", "ordered")


def is_national(programme: Programme, value: SettingValue) -> bool:
    """Whether a shipped value is said by a rule that holds in the whole country."""
    source = next((one for one in programme.manifest.sources if one.id == value.source), None)
    return source is not None and source.national and value.grade in ("A", "B")


def ground(programme: Programme, setting: str, clause: str, grade: str) -> str:
    """The clause of a value in force as the public reads it; '' where it is the organisation's own
    promise and no more."""
    if grade in _OWN:
        return clause
    spec = programme.settings.get(setting)
    values = spec.values if spec is not None else ()
    return clause if any(v.clause == clause and is_national(programme, v) for v in values) else ""
