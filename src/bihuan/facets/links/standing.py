"""Which matters hang together: the links of a matter as they stand, or as a step leaves them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bihuan.facets.links.block import LINKS, LinkSpec
from bihuan.facets.links.models import Link
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import ProblemError


def key_of(name: str, target_id: int) -> tuple[str, str]:
    """Where a link stands among the parts of a matter."""
    return (Link.PART, f"{name}-{target_id}")


def spec(step: Step, name: str) -> LinkSpec:
    """How the kind declares a link. Raises ProblemError where it does not (an old release)."""
    found = (LINKS.of(step.kind) or {}).get(name)
    if found is None:
        raise ProblemError("links.no_link", link=name)
    return found


def meant(one: LinkSpec, programme: str) -> tuple[str, str]:
    """(programme, kind) of the matters that a link of a programme is to."""
    owner, _, kind = one.kind.rpartition(".")
    return owner or programme, kind


def linked(step: Step, name: str) -> list[int]:
    """The ids of the matters linked by now, in the order in which they came."""
    rows = Link.objects.filter(stream=step.matter.stream, name=name) if step.matter.pk else []
    found: dict[int, datetime | None] = {row.target_id: row.until for row in rows}
    for (part, _), columns in step.parts.items():
        if part == Link.PART and columns is not None and columns.get("name") == name:
            found[columns["target_id"]] = columns["until"]
    return [pk for pk, until in found.items() if until is None]


def kept(stream: str, name: str, target_id: int) -> Link:
    """The row of a link. Raises Link.DoesNotExist."""
    return Link.objects.get(stream=stream, key=key_of(name, target_id)[1])


def joined(name: str, target_id: int, at: datetime) -> dict[str, Any]:
    """The part of a matter that is linked from now on."""
    return {"name": name, "target_id": target_id, "since": at, "until": None, "missed": {}}


def rows_of(pks: Iterable[int]) -> list[Matter]:
    """Matters by their ids, in that order, whoever looks."""
    wanted = [f"{Matter.STREAM}:{pk}" for pk in pks]
    found = matters.of_streams(wanted)
    return [found[stream] for stream in wanted if stream in found]
