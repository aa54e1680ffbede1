"""Notes of colleagues on a matter."""

from datetime import datetime

from django.db import transaction

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, earlier, read
from bihuan.kernel.matters import access, inputs
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.repeating import event_key
from bihuan.lib.problems import NotAllowedError, RefusedError
from bihuan.spec.schema import Input

NOTE = Input(type="longtext", required=True, max=5000)


@transaction.atomic
def note(pk: int, text: str, *, actor: Actor, at: datetime, key: str | None = None) -> Matter:
    """A private note: for colleagues who see the matter, never for the sender.

    Raises LookupError, InputError, ConflictError.
    """
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("matters.may_not_act")
    found = access.matter(actor, pk)
    taken = inputs.take({"note": NOTE}, {"note": text})
    digest = event_key(key, actor.ref, "note", str(pk))
    done = earlier(digest)
    if done is not None:
        said = read(done).get("private", {}).get("note")
        if said not in (None, taken["note"]):
            raise RefusedError("matters.key_used")
        return found
    at = max(at, found.changed_at)
    return change(
        found,
        Happening(
            "matter.noted",
            at,
            actor.ref,
            set={"changed_at": at},
            private={"note": taken["note"]},
            key=digest,
        ),
    )
