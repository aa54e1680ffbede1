"""Look-ups that every step makes: their SQL is worked out once, not each time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet

from bihuan.foundation.sql import statements

Row = TypeVar("Row", bound=models.Model)
Value = str | int | date
# The marker of a day.
NO_DAY = date.min


class _Composed:
    """A query for some values. It names a marker for each, which stands nowhere else in it; other values are
    asked for instead.

    Half of a step's time went into composing the same few statements again and again.
    """

    def __init__(self, rows: "QuerySet[Any, Any]", *markers: Value) -> None:
        self._rows, self._markers = rows, markers
        self._ready: dict[str, tuple[str, Sequence[Any], Any, Any]] = {}

    def _prepared(self) -> tuple[str, Sequence[Any], Any, Any]:
        # The database is known at the first question only, and tests change it.
        if connection.vendor not in self._ready:
            compiler = self._rows.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            columns = [expression for expression, _, _ in compiler.select]
            converters = compiler.get_converters(columns)
            known = {_told(marker): n for n, marker in enumerate(self._markers)}
            # Of each parameter which value stands for it, or the parameter itself.
            asked = [(known.get(one, -1), one) for one in params]
            self._ready[connection.vendor] = (sql, asked, compiler, converters)
        return self._ready[connection.vendor]

    def _is_empty(self) -> bool:
        try:
            self._prepared()
        except EmptyResultSet:
            return True
        return False

    def question(self, *values: Value) -> statements.Statement:
        """The query for values, in the order of the markers, to be asked with others in one message."""
        sql, asked, _, _ = self._prepared()
        told = [_told(value) for value in values]
        return statements.Statement(sql, [one if n < 0 else told[n] for n, one in asked])

    def _converted(self, answer: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        _, _, compiler, converters = self._prepared()
        if not converters:
            return answer
        found: Sequence[Sequence[Any]] = compiler.apply_converters(answer, converters)
        return found


def _told(value: Value) -> Any:
    """A value as the database is told it."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return connection.ops.adapt_datefield_value(value)
    return value


class Lookup(_Composed, Generic[Row]):
    """A query for rows."""

    def __init__(self, rows: QuerySet[Row], *markers: Value) -> None:
        super().__init__(rows, *markers)

    def rows(self, answer: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows of an answer to `question`."""
        model, names = self._rows.model, self._names()
        return [model.from_db(connection.alias, names, row) for row in self._converted(answer)]

    def _names(self) -> list[str]:
        """The fields of the columns asked for: not those that are deferred."""
        left_out, deferred = self._rows.query.deferred_loading
        assert deferred or not left_out, "name what is deferred, not what is wanted"
        fields = self._rows.model._meta.concrete_fields
        return [field.attname for field in fields if field.name not in left_out]

    def __call__(self, *values: Value) -> list[Row]:
        """The rows for values, in the query's order; none where nothing can be meant."""
        if self._is_empty():
            return []
        (answer,) = statements.answers([self.question(*values)])
        return self.rows(answer)


class Columns(_Composed):
    """A query for some columns: one of `values_list`."""

    def __call__(self, *values: Value) -> list[tuple[Any, ...]]:
        """The tuples for values, in the query's order; none where nothing can be meant."""
        if self._is_empty():
            return []
        (answer,) = statements.answers([self.question(*values)])
        return [tuple(row) for row in self._converted(answer)]
