"""Lists that a person wants again."""

from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters import inputs
from bihuan.kernel.workbench.models import SavedFilter
from bihuan.spec.schema import Input

NAME = Input(type="text", required=True, max=40)
_filters = Lookup(SavedFilter.objects.filter(person_id=-1).order_by("name"), -1)


def filters_of(person_id: int) -> list[SavedFilter]:
    """A person's saved lists by name."""
    return _filters(person_id)


def save_filter(person_id: int, name: str, query: str) -> SavedFilter:
    """Keeps a list under a name; the same name again replaces it. Raises InputError."""
    taken = inputs.take({"name": NAME}, {"name": name})
    row, _ = SavedFilter.objects.update_or_create(
        person_id=person_id, name=taken["name"], defaults={"query": query[:500]}
    )
    return row


def delete_filter(person_id: int, pk: int) -> None:
    """Forgets one of the person's own lists."""
    SavedFilter.objects.filter(person_id=person_id, pk=pk).delete()
