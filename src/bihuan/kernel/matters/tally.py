"""How many matters are open, whoever looks: numbers for who watches over the machine, and no matter."""

from dataclasses import dataclass

from django.db import connection

# The words stand in it, not as parameters: SQLite then finds the index of what is open.
_OPEN = (
    "SELECT programme, kind, state, COUNT(*), SUM(CASE WHEN level = 'late' THEN 1 ELSE 0 END) "
    "FROM matters_matter WHERE phase IN ('open', 'waiting') "
    "GROUP BY programme, kind, state ORDER BY programme, kind, state"
)


@dataclass(frozen=True)
class Tally:
    """The open matters of a kind in a state; `late` are those of which a limit has passed."""

    programme: str
    kind: str
    state: str
    open: int
    late: int


def by_state() -> list[Tally]:
    """One of each programme, kind and state in which anything is open."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return [
            Tally(programme, kind, state, int(open_), int(late))
            for programme, kind, state, open_, late in cursor.fetchall()
        ]
