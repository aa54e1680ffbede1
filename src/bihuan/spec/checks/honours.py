"""Honours: a list of honour speaks of shares that can be told of each organisation."""

from collections.abc import Iterator

from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


def problems(programme: Programme) -> Iterator[Problem]:
    """Shares that are none, or are not grouped by organisation."""
    fit = [
        name
        for name, one in programme.figures.items()
        if one.measure == "share" and "org" in one.by
    ]
    for honour, spec in programme.honours.items():
        asked = [("least", name) for name in spec.least]
        asked += [("best.by", spec.best.by)] if spec.best else []
        for key, name in asked:
            if name not in fit:
                cause = f"{name!r} is no share grouped by org"
                yield Problem("honours.toml", f"{honour}.{key}", cause, f"one of {sorted(fit)}")
