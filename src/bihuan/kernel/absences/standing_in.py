"""Who stands in for whom on a day: asked wherever a matter is given to somebody by name."""

from datetime import date

from bihuan.foundation.audit.api import standing
from bihuan.kernel.absences.models import Absence

ROLE, KEY = "stood_for", "stood-for"
PART = ("party", KEY)


@standing.kept
def _open() -> tuple[Absence, ...]:
    return tuple(Absence.objects.filter(over=None).select_related("person", "stand_in"))


def absence_of(person_id: int | None, on: date | None = None) -> Absence | None:
    """The absence that somebody has said and not ended; with a day, if it holds then."""
    for one in _open():
        if one.person_id == person_id and (on is None or one.start <= on <= one.end):
            return one
    return None


def standing_for(person_id: int | None) -> list[Absence]:
    """The absences in which somebody stands in."""
    return [one for one in _open() if one.stand_in_id == person_id]


def absences() -> tuple[Absence, ...]:
    """Every absence that is not over."""
    return _open()


def in_place_of(person_id: int, on: date) -> int:
    """The one who has what is given to a person on a day: themselves, or who stands in."""
    one = absence_of(person_id, on)
    return one.stand_in_id if one is not None else person_id


def party(person_id: int) -> dict[str, object]:
    """The part of a matter that remembers for whom it is stood in."""
    return {"role": ROLE, "person_id": person_id, "org_id": None, "org_path": ""}
