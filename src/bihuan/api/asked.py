"""What may be filled in, as programmes declare it."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema

from bihuan.api import words
from bihuan.spec.schema import Input, Programme


class InputOut(Schema):
    """What may be filled in: its type, limits and choices, its name in words, and help or ''. A number
    has so many decimal `places` (null: up to four); it and money, which is given in yuan, lie between
    `at_least` and `at_most`. A period is of one of `grains`; rows are objects by `columns`. An
    organisation or a person is given by id (`GET /orgs`, `GET /people`), a file by the name of one of the
    request's files. `seen_by` are those who read it then, beside whoever filled it in (empty: all who see
    the matter)."""

    type: str
    required: bool
    private: bool
    max: int
    choices: list[str]
    label: str
    help: str
    places: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    grains: list[str] = []
    columns: dict[str, "InputOut"] = {}
    seen_by: list[str] = []


def inputs_out(
    declared: Mapping[str, Input], programme: Programme, locale: str, where: str
) -> dict[str, dict[str, Any]]:
    """Declared inputs with their names and help in words; `where` is `<kind>` or
    `<kind>.<action>`."""
    return {
        name: {
            **_input(one, words.of(programme, f"fields.{name}", locale)),
            "help": words.help_of(programme, f"{where}.{name}", locale),
            "columns": {
                column: _input(each, words.of(programme, f"columns.{name}.{column}", locale))
                for column, each in one.columns.items()
            },
        }
        for name, one in declared.items()
    }


def _input(one: Input, label: str) -> dict[str, Any]:
    plain = ("type", "required", "private", "max", "places", "at_least", "at_most")
    return {
        **{name: getattr(one, name) for name in plain},
        "choices": list(one.choices),
        "grains": list(one.grains),
        "seen_by": list(one.seen_by),
        "label": label,
        "help": "",
    }
