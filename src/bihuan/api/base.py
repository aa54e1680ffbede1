"""What every operation uses: who calls, when, from where; typed pieces of requests."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Schema
from ninja.files import UploadedFile
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer
from ninja.types import DictStrAny
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
)
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from bihuan.api.errors import ApiError
from bihuan.foundation.access import api as access
from bihuan.foundation.access import officers, origin, throttle, tries
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.halls import api as halls
from bihuan.lib import clock
from bihuan.lib.problems import InputError

MAX_DEPTH = 32
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


def _written(value: Any) -> Any:
    # A bare number would be taken for seconds since 1970.
    if isinstance(value, (date, type(None))) or (isinstance(value, str) and _DATED.match(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a date as ISO 8601 writes it")


def _year(value: Any) -> Any:
    if not 1900 <= value.year <= 2200:
        msg = "outside the years that are kept"
        raise ValueError(msg)
    return value


Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_year)]
Day = Annotated[date, BeforeValidator(_written), AfterValidator(_year)]
# The clock on the wall there: a time with a zone is none, and cannot be compared with one.
WallClock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Key = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        max_length=200,
        description="The same key twice does the thing once.",
    ),
]
Size = Annotated[int, Field(ge=1, le=200)]
# True or false, and no word or number that might stand for it.
Flag = Annotated[bool, Field(strict=True)]


def _exact(schema: Any) -> Any:
    """A schema of pydantic's in which a whole number is one, not a truth value or a text that might stand
    for it."""
    if isinstance(schema, list):
        return [_exact(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _exact(one) for name, one in schema.items()}
    return {**told, "strict": True} if schema.get("type") == "int" else told


class Strict(Schema):
    """A request body that refuses fields it does not know, and numbers that are none."""

    model_config = ConfigDict(extra="forbid")

    @override
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        found: CoreSchema = _exact(handler(source))
        return found


class Reason(Strict):
    """Why something is taken back; it stands where the thing stood."""

    reason: str = Field(max_length=1000)


class ErrorBody(Schema):
    """What is wrong (`message`, and `fields` one by one) and what to do now (`advice`)."""

    code: str
    message: str
    fields: dict[str, str]
    advice: str


class ErrorOut(Schema):
    """The one shape of every error."""

    error: ErrorBody


# What may come instead. `errors.handle` answers with all of them; Ninja would make a model for each
# code of each operation, three quarters of a second at every start: the document tells the others.
ERRORS: dict[int, Any] = {400: ErrorOut}
CODES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class FileIn(Strict):
    """A file inside JSON. Larger ones go by multipart."""

    name: Name
    content: Annotated[str, Field(min_length=1, description="Base64")]


class Token(HttpBearer):
    """`Authorization: Bearer bh_…`. Session cookies are not looked at."""

    @override
    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The token's person as actor; unknown, expired and revoked tokens are all alike."""
        del request
        return access.token_actor(token, today())


def now() -> datetime:
    """The instant of the request."""
    return clock.now()


def today() -> date:
    """The local day of the request."""
    return timezone.localtime(clock.now()).date()


def who(request: HttpRequest, *scopes: str) -> Actor:
    """The actor behind the token: what answers with something read asks for reading, what changes
    something for writing. Raises ApiError when the token lacks one of the scopes."""
    found = getattr(request, "auth", None)
    if not isinstance(found, Actor):
        raise ApiError(401, "api.unauthorized")
    for scope in scopes:
        if not found.may_scope(scope):
            raise ApiError(403, "api.scope", scope=scope)
    return found


def officer(request: HttpRequest) -> Actor:
    """Whoever administers anything; over what is asked by the verb. Raises ApiError, DeniedError."""
    actor = who(request, "admin")
    if not officers.is_officer(actor):
        raise DeniedError(access.ADMIN)
    return actor


def clerk(request: HttpRequest, hall: Org, part: str, *, scope: str = "matters:write") -> Actor:
    """Who works at the desk of a hall that has windows for a `part` (apply, appointment, …).
    Raises ApiError for the scope, DeniedError."""
    actor = who(request, scope)
    if hall.pk not in {one.org.pk for one in halls.at_desk(actor, today(), part)}:
        raise DeniedError("receive")
    return actor


def org_at(pk: int, field: str) -> Org:
    """An organisation somebody named in a field. Raises InputError."""
    try:
        return orgs.standing_org(pk)
    except Org.DoesNotExist:
        raise InputError({field: ("input.unknown_org", {})}) from None


def person_at(pk: int, field: str) -> orgs.Person:
    """A person somebody named in a field. Raises InputError."""
    try:
        return orgs.standing_person(pk)
    except orgs.Person.DoesNotExist:
        raise InputError({field: ("input.unknown_person", {})}) from None


def check_tries(request: HttpRequest, scope: str) -> None:
    """Raises ApiError while this origin has to wait after wrong codes."""
    left = tries.wait(scope, origin.of(request.META), now())
    if left:
        raise ApiError(429, "api.throttled", retry_after=left)


def count_try(request: HttpRequest, scope: str) -> None:
    """Counts a wrong code of this origin."""
    tries.failed(scope, origin.of(request.META), now())


def throttled(request: HttpRequest, scope: str) -> None:
    """Counts a request; raises ApiError when there were too many before it."""
    limit, seconds = throttle.OUTSIDE[scope]
    source = origin.of(request.META)
    if throttle.too_many(scope, source, limit=limit * settings.THROTTLE_FACTOR):
        raise ApiError(429, "api.throttled", retry_after=seconds)
    throttle.count(scope, source, seconds=seconds)


def _few(count: int) -> None:
    if count > settings.FILES_PER_MESSAGE:
        raise InputError({"files": ("files.too_many", {"limit": settings.FILES_PER_MESSAGE})})


def unpacked(text: str, field: str) -> bytes:
    """What came as Base64 in a field. Raises InputError."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InputError({field: ("input.not_base64", {})}) from None


def stored(given: Sequence[FileIn]) -> list[files.Stored]:
    """Files that came as Base64. Raises InputError, FileError."""
    _few(len(given))
    return files.take(
        [
            ContentFile(unpacked(one.content, f"files.{index}.content"), one.name)
            for index, one in enumerate(given)
        ]
    )


def uploaded(request: HttpRequest, given: Sequence[UploadedFile]) -> list[files.Stored]:
    """Files that came as multipart under `files`. Raises InputError, FileError."""
    files.only(request.FILES, "files")
    _few(len(given))
    return files.take(given)


def _constant(name: str) -> Any:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def _washed(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        msg = "nested too deeply"
        raise ValueError(msg)
    if isinstance(value, str):
        # Half a surrogate pair raises here: no database could keep it.
        value.encode()
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_washed(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_washed(k, depth + 1): _washed(v, depth + 1) for k, v in value.items()}
    return value


def from_json(text: str | bytes) -> Any:
    """JSON as any database can keep it. Raises ApiError."""
    try:
        return _washed(json.loads(text, parse_constant=_constant))
    except (ValueError, RecursionError):
        raise ApiError(400, "api.malformed") from None


class Readable(JSONRenderer):
    """Chinese as it is written: whoever looks at an answer by curl reads it, and it is half as long."""

    def __init__(self) -> None:
        self.json_dumps_params = {"ensure_ascii": False}


class SafeParser(Parser):
    """Reads JSON bodies and nothing no database could keep."""

    @override
    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The body. Raises ApiError."""
        found: DictStrAny = from_json(request.body)
        return found
