"""What somebody asks for who opens a matter, and what they get."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bihuan.foundation.audit.api import vault
from bihuan.foundation.files.api import Stored
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters.models import Matter
from bihuan.lib import canonical


@dataclass(frozen=True)
class Opening:
    """What is opened. `fields` are the kind's own; `named_*` are complained of and kept away, and so
    is whom the sender's words `complained_of` name.

    `origin` is where an imported one comes from (its number there, say); the first event keeps it.
    `anyones` is the key of what is one thing whoever asks for it: a row of a table. `parts` are those
    of the room that opens it, by (name, key). `own` names what nobody typed, of the fields and of
    subject and body: a face wrote it, or offered it and it was left as it was; `typed_by` who typed the
    rest, where it is not who opens it.
    """

    programme: str
    kind: str
    home: Org
    body: str
    subject: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    contact: vault.Person = field(default_factory=vault.Person)
    anonymous: bool = False
    files: Sequence[Stored] = ()
    unit: Org | None = None
    assignee_id: int | None = None
    parent: Matter | None = None
    named_orgs: Sequence[int] = ()
    named_people: Sequence[int] = ()
    complained_of: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)
    anyones: bool = False
    parts: Mapping[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    own: Collection[str] = ()
    typed_by: str = ""


@dataclass(frozen=True)
class Opened:
    """The matter and the code by which its sender follows it."""

    matter: Matter
    code: str
    repeated: bool = False


def gist(opening: Opening) -> str:
    """What makes two requests the same. A key alone does not: all senders are one actor, and two
    of them choosing one key must never be handed each other's matter."""
    said = (opening.subject, opening.body, opening.contact, opening.home.pk, opening.anonymous)
    # Only where there are some: rows imported before these counted keep their keys.
    more: list[object] = [opening.complained_of] if opening.complained_of else []
    if opening.files:
        more.append(tuple(one.sha256 for one in opening.files))
    if opening.named_orgs or opening.named_people:
        more.append(("named", *opening.named_orgs, "people", *opening.named_people))
    return canonical.digest(ascii((*said, sorted(opening.fields.items(), key=repr), *more)))
