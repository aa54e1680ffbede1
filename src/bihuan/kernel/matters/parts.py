"""Parts of matters that name their matter in a column, so that those of many are found at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Part

if TYPE_CHECKING:
    from bihuan.kernel.matters.step import Step


class MatterPart(Part):
    """A part of a matter's stream: one of each key. A part that calls its matter something else says
    so in DERIVED."""

    DERIVED = frozenset({"matter_id"})

    matter_id = models.BigIntegerField(db_index=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="%(class)s_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"

    @classmethod
    @override
    def derived(cls, stream: str) -> dict[str, Any]:
        return dict.fromkeys(cls.DERIVED, int(stream.partition(":")[2]))


def left_by(step: "Step", model: type[Part]) -> dict[str, dict[str, Any]]:
    """The parts of a sort by their keys, as a step leaves them, in the order in which they came."""
    rows = model.objects.filter(stream=step.matter.stream).order_by("pk") if step.matter.pk else []  # type: ignore[attr-defined]  # - every model has its manager
    found = {row.key: row.values() for row in rows}
    for (part, key), columns in step.parts.items():
        if part != model.PART:
            continue
        if columns is None:
            found.pop(key, None)
        else:
            found[key] = {**found.get(key, {}), **columns}
    return found


def blanked(
    stream: str, words: Mapping[type[Part], Mapping[str, Any]]
) -> dict[tuple[str, str], dict[str, Any] | None]:
    """The parts of a matter that hold what people wrote, each with what is left when it is erased:
    `words` says by sort of part which columns that are, and what stands in them then."""
    parts: dict[tuple[str, str], dict[str, Any] | None] = {}
    for model, blank in words.items():
        rows = model.objects.filter(stream=stream)  # type: ignore[attr-defined]  # - every model has its manager
        parts |= {
            (model.PART, row.key): dict(blank)
            for row in rows
            if any(getattr(row, name) != empty for name, empty in blank.items())
        }
    return parts
