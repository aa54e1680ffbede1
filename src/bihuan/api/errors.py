"""Everything that can go wrong, in one shape and in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pydantic
from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bihuan.api import words
from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.audit.api import ConflictError, schema
from bihuan.lib import faults
from bihuan.lib.problems import GoneError, InputError, NotAllowedError, ProblemError, RefusedError
from bihuan.outcomes.publicity.bulletins.api import LayoutError

_TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
_UNREADABLE = (MultiPartParserError, UnreadablePostError, BadRequest)
# Keys that say more than the class of their error does.
_STATUS_OF_KEY = {
    "bulletins.changed_since_read": 409,
    "bulletins.frozen": 409,
    "bulletins.not_issued": 409,
    "files.too_large": 413,
    "insight.no_facts": 503,
    "insight.old_format": 503,
    "insight.unknown_figure": 404,
    "matters.unknown_action": 404,
    "access.invitation_unknown": 404,
    "orgs.username_taken": 409,
    "programmes.version_taken": 409,
    "publicity.changed_since_read": 409,
    "publicity.frozen": 409,
    "publicity.known_left": 409,
}
_STATUS_OF_CLASS: tuple[tuple[tuple[type[Exception], ...], int], ...] = (
    ((NotAllowedError,), 403),
    ((GoneError, RefusedError), 409),
)
_PLAIN: tuple[tuple[tuple[type[Exception], ...], int, str], ...] = (
    ((DeniedError,), 403, "access.denied"),
    ((ConflictError,), 409, "api.conflict"),
    (_TOO_BIG, 413, "api.too_large"),
    (_UNREADABLE, 400, "api.malformed"),
    ((OperationalError,), 503, "api.busy"),
)
_OF_PYDANTIC = {
    "missing": "input.required",
    "extra_forbidden": "input.undeclared",
    "string_type": "input.not_text",
    "string_too_short": "input.too_short",
    "string_pattern_mismatch": "input.not_a_choice",
    "bool_parsing": "input.not_yes_or_no",
    "bool_type": "input.not_yes_or_no",
    "int_parsing": "input.not_a_number",
    "int_type": "input.not_a_number",
    "int_from_float": "input.not_a_number",
    "int_parsing_size": "input.not_a_number",
    "list_type": "input.not_a_list",
    "dict_type": "input.not_an_object",
    "model_type": "input.not_an_object",
    "model_attributes_type": "input.not_an_object",
}


_QUOTED = re.compile(r"'([^']*)'")

# How a fault that Django met is named to whoever gives it the interface's shape.
REFERENCE = "Error-Reference"


class ApiError(Exception):
    """Something only this interface refuses; `key` names the message, `values` fill it."""

    def __init__(self, status: int, key: str, *, retry_after: int = 0, **values: Any) -> None:
        self.status, self.key, self.retry_after, self.values = status, key, retry_after, values
        super().__init__(key)


@dataclass(frozen=True)
class Told:
    """An error as it leaves the house: status, code, words for each field. `details` are words of
    their own, which need no advice; they stand among the fields."""

    status: int
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    retry_after: int = 0
    details: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)

    def body(self, locale: str) -> dict[str, Any]:
        """The one shape of all errors."""
        message, _, advice = words.text(f"error.{self.code}", locale, **self.values).partition("\n")
        joint = " " if locale == "en" else ""
        fields = {
            name: words.text(_worded(key, values), locale, **values).replace("\n", joint)
            for name, (key, values) in self.fields.items()
        }
        fields |= {
            name: words.text(key, locale, **values).strip()
            for name, (key, values) in self.details.items()
        }
        return {
            "error": {
                "code": self.code,
                "message": message,
                "fields": fields,
                "advice": advice,
            }
        }


def _worded(key: str, values: Mapping[str, Any]) -> str:
    """The words of a field's problem: a program sees no list that it could choose from."""
    if key == "input.not_a_choice" and values.get("choices"):
        return "error.api.not_one_of"
    return f"error.{key}"


def _field_of(error: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind in ("string_too_long", "too_long"):
        given = context.get("actual_length", len(str(error.get("input", ""))))
        return "input.too_long", {"limit": context.get("max_length"), "length": given}
    if kind.startswith(("greater_than", "less_than")):
        return "input.out_of_range", {
            "low": context.get("ge", context.get("gt", "…")),
            "high": context.get("le", context.get("lt", "…")),
        }
    if kind.startswith(("date_from", "date_type", "date_parsing")):
        return "input.not_a_date", {}
    if kind.startswith(("datetime", "timezone", "date")):
        return "input.not_a_time", {}
    if kind in ("literal_error", "enum"):
        # Pydantic has them in words: Input should be 'newest' or 'due'.
        choices = [one for one in _QUOTED.findall(str(error.get("msg", ""))) if one]
        return "input.not_a_choice", {"choices": ", ".join(choices)}
    return _OF_PYDANTIC.get(kind, "input.invalid"), {}


def _names_parameter(place: list[str]) -> bool:
    """Whether the second word of where a mistake is names our parameter and not the caller's field."""
    if len(place) < 3:
        return False
    return place[0] in ("body", "form", "file") or (place[0] == "query" and not place[2].isdigit())


def _of_validation(errors: list[Any], *, skip: int) -> Told:
    fields = {}
    for error in errors:
        # Path, query and header errors carry their place and name; bodies the parameter besides.
        place = [str(part) for part in error["loc"]]
        drop = 2 if _names_parameter(place) else skip
        name = ".".join(place[drop:]) or (place[-1] if place else "body")
        # The body as a whole is missing: its parameter's name is ours alone.
        name = "body" if len(place) == 2 and place[0] == "body" else name
        fields[name] = _field_of(error)
    return Told(422, "input.invalid", fields=fields)


def _faults(error: LayoutError) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Everything that is wrong with a file, numbered, with where it stands and what to write."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for n, one in enumerate(error.faults, 1):
        found[f"content.{n}"] = (f"layouts.fault.{one.kind}", {"what": one.what})
        if one.instead:
            found[f"content.{n}.instead"] = ("layouts.instead", {"instead": one.instead})
        if one.place is not None:
            found[f"content.{n}.place"] = (f"layouts.place.{one.place.kind}", asdict(one.place))
    return found


def _of_keyed(error: Any) -> Told:
    if isinstance(error, InputError):
        return Told(422, "matters.input", fields=error.fields)
    if isinstance(error, LayoutError):
        return Told(422, error.key, error.values, details=_faults(error))
    status = _STATUS_OF_KEY.get(error.key)
    if status is None:
        status = next((s for kinds, s in _STATUS_OF_CLASS if isinstance(error, kinds)), 422)
    return Told(status, error.key, error.values)


def _is_absent(error: Exception) -> bool:
    # KeyError and IndexError are our own mistakes, not something a caller looked for.
    ours = isinstance(error, (KeyError, IndexError))
    return isinstance(error, (Http404, LookupError, ObjectDoesNotExist)) and not ours


def _of_http(error: HttpError) -> Told:
    if isinstance(error.__cause__, ApiError):
        return tell(error.__cause__)
    return Told(400, "api.malformed")


def _of_framework(error: Exception) -> Told | None:
    if isinstance(error, AuthenticationError):
        return Told(401, "api.unauthorized")
    if isinstance(error, ValidationError):
        return _of_validation(error.errors, skip=1)
    if isinstance(error, pydantic.ValidationError):
        return _of_validation(error.errors(include_url=False), skip=0)
    return _of_http(error) if isinstance(error, HttpError) else None


def _of_house(error: Exception) -> Told | None:
    if isinstance(error, ApiError):
        return Told(error.status, error.key, error.values, retry_after=error.retry_after)
    if isinstance(error, ProblemError):
        return _of_keyed(error)
    return Told(404, "api.not_found") if _is_absent(error) else None


def tell(error: Exception, doing: str = "api") -> Told:
    """What an exception means to the caller. An unknown one is told as ours, with the reference of
    its line in the log; `doing` names the operation there."""
    told = _of_house(error) or _of_framework(error)
    if told is not None:
        return told
    if schema.explains(error):
        return Told(503, "api.behind", retry_after=60)
    for kinds, status, key in _PLAIN:
        if isinstance(error, kinds):
            return Told(status, key, retry_after=1 if status == 503 else 0)
    return Told(500, "api.unexpected", {"reference": faults.report(error, doing)})


def answer(request: HttpRequest, told: Told) -> HttpResponse:
    """The response that says it."""
    response = JsonResponse(
        told.body(words.locale(request)),
        status=told.status,
        json_dumps_params={"ensure_ascii": False},
    )
    if told.retry_after:
        response["Retry-After"] = str(told.retry_after)
    if told.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def handle(request: HttpRequest, error: Any) -> HttpResponse:
    """The exception handler of the whole interface."""
    match = request.resolver_match
    return answer(request, tell(error, match.view_name if match else "api"))
