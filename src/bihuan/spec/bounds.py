"""Which values a setting may have: as shipped, and as an organisation sets it."""

from bihuan.spec.schema import SettingSpec

# Ten years in days; beyond it is a slip of the hand.
MOST = 3650


def limits(spec: SettingSpec) -> tuple[int, int]:
    """The least and the greatest number that may be set; a limit of nothing is none."""
    least = 1 if spec.type == "limit" else 0
    return (
        least if spec.at_least is None else spec.at_least,
        MOST if spec.at_most is None else spec.at_most,
    )


def is_number(spec: SettingSpec, value: object) -> bool:
    """Whether a value is a number where the setting is one, within its bounds or not."""
    wanted = spec.type in ("limit", "int")
    return wanted and isinstance(value, int) and not isinstance(value, bool)


def fits(spec: SettingSpec, value: object) -> bool:
    """Whether a value is of the setting's kind and within its bounds."""
    if spec.type == "switch":
        return isinstance(value, bool)
    if spec.type == "choice":
        return value in spec.choices
    least, most = limits(spec)
    return isinstance(value, int) and is_number(spec, value) and least <= value <= most


def sound(spec: SettingSpec) -> bool:
    """Whether the bounds themselves can be: of a number, not below what a number may be, in order."""
    if spec.at_least is None and spec.at_most is None:
        return True
    least, most = limits(spec)
    return (
        spec.type in ("limit", "int") and (0 if spec.type == "int" else 1) <= least <= most <= MOST
    )
