"""Whether the database has the tables that this version of the house writes."""

from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor


def pending() -> int:
    """How many migrations the database lacks; all of them when it is new."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def explains(error: Exception) -> bool:
    """Whether an error came about because the database was never brought up to date."""
    if not isinstance(error, (OperationalError, ProgrammingError)):
        return False
    try:
        return pending() > 0
    except DatabaseError:
        # Away or locked: then that is what is wrong.
        return False
