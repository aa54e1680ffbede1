"""What the operations on matters are given and answer with."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import Day, FileIn, Flag, Id, Instant, Name, Strict
from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters import api as matters

Given = Annotated[dict[str, Any], Field(default_factory=dict, max_length=100)]
Files = Annotated[list[FileIn], Field(default_factory=list)]


class Narrowed(Schema):
    """What a list shows; empty fields do not narrow. `unit` takes in all below it."""

    text: str = Field("", max_length=200)
    scope: Literal["", "mine", "unassigned", "opened"] = ""
    programme: str = Field("", max_length=40, description="Of `GET /programmes`.")
    kind: str = Field("", max_length=40, description="Of `GET /programmes/{id}`.")
    state: str = Field("", max_length=40, description="A state of the kind, by its id.")
    phase: Literal["", "open", "waiting", "done", "active"] = Field(
        "", description="`active` is whatever is not done."
    )
    category: str = Field("", max_length=40)
    channel: str = Field("", max_length=40)
    level: Literal["", "none", "near", "urgent", "late"] = ""
    unit: Id | None = Field(None, description="Handled there or below; of `GET /orgs`.")
    left_by: Day | None = Field(
        None, description="In the hands of somebody who had left by that day, and going on."
    )
    since: Instant | None = Field(None, description="Opened then or later.")
    until: Instant | None = Field(None, description="Opened before then.")
    order: Literal["newest", "due"] = "newest"

    def filter(self) -> matters.Filter:
        """The same as the door of matters takes it. Raises InputError (no such unit)."""
        given = self.model_dump(exclude={"unit", "size", "limit"})
        path = base.org_at(self.unit, "unit").path if self.unit else ""
        return matters.Filter(**given, unit_path=path)


class ListQuery(Narrowed):
    """A page of it: newest first it goes on `before` an id, by due date at a `page`."""

    before: Id | None = Field(None, description="Newest first: `before` of the page just read.")
    page: int = Field(1, ge=1, le=10_000, description="By due date: `page` of the page just read.")
    limit: base.Size | None = Field(None, description="How many a page; 50 where nothing is said.")
    size: base.Size = Field(50, description="The older name of `limit`.")

    @property
    def many(self) -> int:
        """How many a page has."""
        return self.limit or self.size


class ContactIn(Strict):
    """How to reach the sender. It goes into the vault and nowhere else."""

    name: Annotated[str, Field(max_length=60)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    email: Annotated[str, Field(max_length=120)] = ""

    def person(self) -> vault.Person:
        return vault.Person(self.name, self.phone, self.email)


class ThenIn(Strict):
    """An action taken in the same breath, e.g. `settle` while the caller is on the line."""

    action: Name
    inputs: Given


class OpenIn(Strict):
    """A matter as staff register it."""

    programme: Annotated[Name, Field(description="Of `GET /programmes`.")]
    kind: Annotated[Name, Field(description="Of `GET /programmes/{id}`.")]
    home: Annotated[Id, Field(description="The organisation that receives it; of `GET /orgs`.")]
    body: str = Field(max_length=90_000)
    subject: str = Field("", max_length=2000, description="The beginning of `body` where empty.")
    fields: Annotated[Given, Field(description="As `fields` of the kind ask for them.")]
    contact: ContactIn = ContactIn()
    anonymous: Flag = False
    named_orgs: list[Id] = Field(default_factory=list, max_length=20)
    named_people: list[Id] = Field(default_factory=list, max_length=20)
    complained_of: str = Field("", max_length=2000)
    then: ThenIn | None = None


class ChildrenIn(Strict):
    """What hangs under a matter, such as a directive: one for each of `units`, or, without any, one
    for the unit that handles the matter. `person` is who answers for it, where it is one unit."""

    programme: Name
    kind: Name
    units: list[Id] = Field(default_factory=list, max_length=50)
    person: Id | None = None
    body: str = Field(max_length=90_000)
    subject: str = Field("", max_length=2000)
    fields: Given
    files: Files


class OpenJson(OpenIn):
    """The same with files as Base64."""

    files: Files


class ActIn(Strict):
    """`version` is the one the caller looked at; if it is no longer the newest, nothing is done."""

    inputs: Annotated[
        Given, Field(description="As `actions` of `GET /matters/{ref}` ask for them.")
    ]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        None, description="That of the matter as it was read; 409 where it has changed since."
    )


class ActJson(ActIn):
    """The same with files as Base64."""

    files: Files


class BulkIn(Strict):
    """One action on many matters; each stands or falls alone."""

    ids: list[Id] = Field(min_length=1, max_length=200)
    action: Name
    inputs: Given


class BulkItem(Schema):
    """What became of one matter of many."""

    id: int
    ok: bool
    matter: shapes.MatterRow | None = None
    error: base.ErrorBody | None = None


class BulkOut(Schema):
    items: list[BulkItem]


class AlikeIn(Strict):
    text: str = Field(min_length=1, max_length=20_000)
    exclude: Id | None = None


class AlikeItem(Schema):
    matter: shapes.MatterRow
    score: float


class AlikeOut(Schema):
    items: list[AlikeItem]


class NoteIn(Strict):
    text: str = Field(max_length=25_000)


class RecuseIn(Strict):
    person: Id
    reason: str = Field(max_length=25_000)


class NamedIn(Strict):
    """Words that name who is complained of, as the directory has them."""

    complained_of: str = Field(max_length=2000)


class NamedOut(Schema):
    """Somebody complained of; `key` takes them off again."""

    key: str
    name: str


class NamedList(Schema):
    """Those complained of in a matter."""

    items: list[NamedOut]


class ReasonIn(Strict):
    reason: str = Field(max_length=10_000)


class CodeOut(Schema):
    """The new query code; the old one no longer works. When the sender left an address it was sent
    there instead, and `code` is empty."""

    code: str
    sent: bool


class ContactOut(Schema):
    name: str
    phone: str
    email: str
