"""Look-ups that every step makes: their SQL is worked out once, not each time."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

from bihuan.foundation.sql import statements

Row = TypeVar("Row", bound=models.Model)


class Lookup(Generic[Row]):
    """A query for one value. `rows` asks for `marker`; calling it asks for another value instead.

    Half of a step's time went into composing the same few statements again and again.
    """

    def __init__(self, rows: QuerySet[Row], marker: str | int) -> None:
        self._rows, self._marker = rows, marker
        self._ready: dict[str, tuple[str, Sequence[Any], Any, Any]] = {}

    def _prepared(self) -> tuple[str, Sequence[Any], Any, Any]:
        # The database is known at the first question only, and tests change it.
        if connection.vendor not in self._ready:
            compiler = self._rows.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            columns = [expression for expression, _, _ in compiler.select]
            converters = compiler.get_converters(columns)
            self._ready[connection.vendor] = (sql, params, compiler, converters)
        return self._ready[connection.vendor]

    def question(self, value: str | int) -> statements.Statement:
        """The query for a value, to be asked with others in one message."""
        sql, params, _, _ = self._prepared()
        return statements.Statement(sql, [value if p == self._marker else p for p in params])

    def rows(self, answer: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows of an answer to `question`."""
        _, _, compiler, converters = self._prepared()
        model = self._rows.model
        names = [field.attname for field in model._meta.concrete_fields]
        if converters:
            answer = compiler.apply_converters(answer, converters)
        return [model.from_db(connection.alias, names, row) for row in answer]

    def __call__(self, value: str | int) -> list[Row]:
        """The rows for a value, in the query's order."""
        (answer,) = statements.answers([self.question(value)])
        return self.rows(answer)
