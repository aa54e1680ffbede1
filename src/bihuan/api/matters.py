"""Matters for staff: look, open, act."""

from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Form, Path, Query, Router, Status
from ninja.files import UploadedFile

from bihuan.api import base, errors, shapes, words
from bihuan.api.base import ERRORS, Key
from bihuan.api.errors import ApiError
from bihuan.api.matter_shapes import (
    ActIn,
    ActJson,
    AlikeIn,
    AlikeOut,
    BulkIn,
    BulkOut,
    ChildrenIn,
    CodeOut,
    ContactOut,
    ListQuery,
    NamedIn,
    NamedList,
    NoteIn,
    OpenIn,
    OpenJson,
    ReasonIn,
    RecuseIn,
)
from bihuan.foundation.access.api import Actor
from bihuan.foundation.files import api as files
from bihuan.foundation.files.api import Stored
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.merging import api as merging
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.lib.problems import InputError

READ, WRITE = "matters:read", "matters:write"
RefPath = Annotated[str, Path(max_length=40, description="The number (MY2026-000017) or the id")]
BINARY = {
    "responses": {
        200: {
            "description": "OK",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}
router = Router(tags=["matters"])


def load(actor: Actor, given: str) -> Matter:
    """A matter by its id or number. Raises LookupError when absent or not visible."""
    pk = int(given) if given.isascii() and given.isdigit() else matters.number_pk(given)
    found = matters.matter(actor, pk or 0)
    if not given.isdigit() and found.number != given.strip().upper():
        raise LookupError(given)
    return found


@router.get("/matters", response={200: shapes.MatterPage, **ERRORS}, operation_id="list_matters")
def list_matters(request: HttpRequest, wanted: Query[ListQuery]) -> dict[str, Any]:
    """Matters the caller may see, newest first or by due date; searching by words or number."""
    actor = base.who(request, READ)
    page = matters.matters(actor, wanted.filter(), wanted.many)
    by_due = wanted.order == "due" and not wanted.text
    return {
        "items": [shapes.row(m) for m in page.rows],
        "more": page.more,
        "before": page.rows[-1].pk if page.more and page.rows and not by_due else None,
        "page": wanted.page + 1 if page.more and by_due else None,
    }


def _opening(given: OpenIn, taken: list[Stored]) -> matters.Opening:
    return matters.Opening(
        programme=given.programme,
        kind=given.kind,
        home=base.org_at(given.home, "home"),
        body=given.body,
        subject=given.subject,
        fields=given.fields,
        contact=given.contact.person(),
        anonymous=given.anonymous,
        files=taken,
        named_orgs=given.named_orgs,
        named_people=given.named_people,
        complained_of=given.complained_of,
    )


def opened_out(found: matters.Opened, response: HttpResponse) -> dict[str, Any]:
    """What a matter just opened is answered with; a repetition says that it is one."""
    if found.repeated:
        response["Idempotency-Replayed"] = "true"
    return {
        "id": found.matter.pk,
        "number": found.matter.number,
        "code": found.code,
        "opened_at": found.matter.opened_at,
    }


def _open(actor: Actor, given: OpenIn, taken: list[Stored], key: str | None) -> matters.Opened:
    opening, at = _opening(given, taken), base.now()
    if given.then is None:
        return matters.open_matter(opening, actor=actor, at=at, key=key)
    then = given.then
    return matters.open_and_act(opening, then.action, then.inputs, actor=actor, at=at, key=key)


@router.post("/matters", response={201: shapes.OpenedOut, **ERRORS}, operation_id="open_matter")
def open_matter(
    request: HttpRequest, response: HttpResponse, given: OpenJson, idempotency_key: Key = None
) -> Status[Any]:
    """Registers a matter, and with `then` takes an action on it at once."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    found = _open(actor, given, base.stored(given.files), idempotency_key)
    return Status(201, opened_out(found, response))


@router.post(
    "/matters/upload",
    response={201: shapes.OpenedOut, **ERRORS},
    operation_id="open_matter_with_files",
)
def open_matter_with_files(
    request: HttpRequest,
    response: HttpResponse,
    data: Annotated[str, Form(description="The JSON of open_matter without `files`")],
    files: Annotated[list[UploadedFile], File(default_factory=list)],
    idempotency_key: Key = None,
) -> Status[Any]:
    """Registers a matter with files as multipart."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    given = OpenIn.model_validate(base.from_json(data))
    return Status(
        201,
        opened_out(_open(actor, given, base.uploaded(request, files), idempotency_key), response),
    )


@router.post(
    "/matters/{ref}/children",
    response={201: list[shapes.OpenedOut], **ERRORS},
    operation_id="open_under_matter",
)
def open_under_matter(
    request: HttpRequest, ref: RefPath, given: ChildrenIn, idempotency_key: Key = None
) -> Status[Any]:
    """Hangs a directive or the like under a matter, one for each organisation: all or none."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    parent, at = load(actor, ref), base.now()
    units = [base.org_at(pk, "units") for pk in dict.fromkeys(given.units)] or [parent.unit]
    if given.person is not None:
        base.person_at(given.person, "person")
        day = timezone.localtime(at).date()
        if not all(orgs.is_placed(given.person, unit.path, day) for unit in units):
            raise InputError({"person": ("guard.person_elsewhere", {})})
    opening = matters.Opening(
        programme=given.programme,
        kind=given.kind,
        home=parent.home,
        assignee_id=given.person,
        body=given.body,
        subject=given.subject,
        fields=given.fields,
        files=base.stored(given.files),
    )
    made = matters.open_under_each(
        parent.pk, opening, units, actor=actor, at=at, key=idempotency_key
    )
    return Status(201, [opened_out(one, HttpResponse()) for one in made])


def _refuse_unless_bulk(found: Matter, action_id: str) -> None:
    action = programmes.spec_of(found.release_id).kinds[found.kind].actions.get(action_id)
    if action is not None and not action.bulk:
        raise ApiError(409, "api.not_bulk", action=action_id)


def _one_of_many(
    actor: Actor, pk: int, given: BulkIn, key: str | None, locale: str
) -> dict[str, Any]:
    try:
        found = matters.matter(actor, pk)
        _refuse_unless_bulk(found, given.action)
        found = matters.act(
            pk, given.action, actor=actor, at=base.now(), data=given.inputs, key=key
        )
    except Exception as error:  # noqa: BLE001 - one matter's error is that matter's answer
        return {"id": pk, "ok": False, "error": errors.tell(error).body(locale)["error"]}
    return {"id": pk, "ok": True, "matter": shapes.row(found)}


@router.post("/matters/bulk", response={200: BulkOut, **ERRORS}, operation_id="act_on_many")
def act_on_many(request: HttpRequest, given: BulkIn, idempotency_key: Key = None) -> dict[str, Any]:
    """Takes one action on many matters; the answer says for each what became of it."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    locale = words.locale(request)
    ids = list(dict.fromkeys(given.ids))
    return {"items": [_one_of_many(actor, pk, given, idempotency_key, locale) for pk in ids]}


@router.post("/matters/alike", response={200: AlikeOut, **ERRORS}, operation_id="find_alike")
def find_alike(request: HttpRequest, given: AlikeIn) -> dict[str, Any]:
    """Visible matters much like a text, most alike first."""
    actor = base.who(request, READ)
    found = merging.alike(actor, given.text, exclude=given.exclude)
    return {"items": [{"matter": shapes.row(m), "score": score} for m, score in found]}


@router.get("/matters/{ref}", response={200: shapes.MatterOut, **ERRORS}, operation_id="get_matter")
def get_matter(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """One matter: facts, clocks, offered actions with refusals, time line, files."""
    actor = base.who(request, READ)
    return shapes.matter(load(actor, ref), actor, base.now(), words.locale(request))


@router.get(
    "/matters/{ref}/clocks/{name}",
    response={200: shapes.ExplanationOut, **ERRORS},
    operation_id="explain_clock",
)
def explain_clock(request: HttpRequest, ref: RefPath, name: str) -> dict[str, Any]:
    """Why a due date is what it is, day by day."""
    found = clocks.of(load(base.who(request, READ), ref).stream).get(name)
    if found is None:
        raise ApiError(404, "api.not_found")
    return shapes.explanation(found)


@router.post(
    "/matters/{ref}/actions/{action}",
    response={200: shapes.MatterRow, **ERRORS},
    operation_id="act_on_matter",
)
def act_on_matter(
    request: HttpRequest, ref: RefPath, action: str, given: ActJson, idempotency_key: Key = None
) -> dict[str, Any]:
    """Takes an action of the matter's programme."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    # An id without files goes straight to the action, which looks and authorises itself.
    plain = ref.isascii() and ref.isdigit() and not given.files
    pk = int(ref) if plain else load(actor, ref).pk
    return _act(actor, pk, action, given, taken=base.stored(given.files), key=idempotency_key)


def _act(
    actor: Actor, pk: int, action: str, given: ActIn, *, taken: list[Stored], key: str | None
) -> dict[str, Any]:
    done = matters.act(
        pk,
        action,
        actor=actor,
        at=base.now(),
        data=given.inputs,
        files=taken,
        key=key,
        version=given.version,
    )
    return shapes.row(done)


@router.post(
    "/matters/{ref}/actions/{action}/upload",
    response={200: shapes.MatterRow, **ERRORS},
    operation_id="act_on_matter_with_files",
)
def act_on_matter_with_files(
    request: HttpRequest,
    ref: RefPath,
    action: str,
    data: Annotated[str, Form(description="The JSON of act_on_matter without `files`")],
    files: Annotated[list[UploadedFile], File(default_factory=list)],
    *,
    idempotency_key: Key = None,
) -> dict[str, Any]:
    """Takes an action with files as multipart."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    found = load(actor, ref)
    given = ActIn.model_validate(base.from_json(data))
    return _act(
        actor, found.pk, action, given, taken=base.uploaded(request, files), key=idempotency_key
    )


@router.post(
    "/matters/{ref}/notes", response={201: shapes.MatterRow, **ERRORS}, operation_id="add_note"
)
def add_note(
    request: HttpRequest, ref: RefPath, given: NoteIn, idempotency_key: Key = None
) -> Status[Any]:
    """A private note for colleagues; the sender never sees it."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    found = load(actor, ref)
    return Status(
        201,
        shapes.row(
            matters.note(found.pk, given.text, actor=actor, at=base.now(), key=idempotency_key)
        ),
    )


@router.post(
    "/matters/{ref}/recusals", response={204: None, **ERRORS}, operation_id="recuse_person"
)
def recuse_person(request: HttpRequest, ref: RefPath, given: RecuseIn) -> Status[Any]:
    """Keeps a person away from the matter."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    base.person_at(given.person, "person")
    impartiality.recuse(
        load(actor, ref).pk, given.person, actor=actor, at=base.now(), reason=given.reason
    )
    return Status(204, None)


@router.get(
    "/matters/{ref}/complained",
    response={200: NamedList, **ERRORS},
    operation_id="list_complained_of",
)
def list_complained_of(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """Who is complained of in the matter, and so kept away from it."""
    found = load(base.who(request, READ), ref)
    return {"items": [vars(one) for one in impartiality.naming.of(found)]}


@router.post(
    "/matters/{ref}/complained",
    response={201: NamedList, **ERRORS},
    operation_id="name_complained_of",
)
def name_complained_of(request: HttpRequest, ref: RefPath, given: NamedIn) -> Status[Any]:
    """Keeps away whom the words name: said by the receiving desk, or from above the unit."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    found = impartiality.naming.name(
        load(actor, ref).pk, given.complained_of, actor=actor, at=base.now()
    )
    return Status(201, {"items": [vars(one) for one in impartiality.naming.of(found)]})


@router.post(
    "/matters/{ref}/complained/{key}/drop",
    response={204: None, **ERRORS},
    operation_id="drop_complained_of",
)
def drop_complained_of(
    request: HttpRequest,
    ref: RefPath,
    key: Annotated[str, Path(max_length=60)],
    given: ReasonIn,
) -> Status[Any]:
    """Says, from above the unit, that somebody is not complained of after all."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    impartiality.naming.drop(load(actor, ref).pk, key, given.reason, actor=actor, at=base.now())
    return Status(204, None)


@router.post("/matters/{ref}/code", response={200: CodeOut, **ERRORS}, operation_id="renew_code")
def renew_code(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """A new query code for a sender who lost theirs."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    found = load(actor, ref)
    renewed = senders.renew_code(found.pk, actor=actor, at=base.now())
    return {"code": renewed.code, "sent": renewed.sent}


@router.post(
    "/matters/{ref}/contact", response={200: ContactOut, **ERRORS}, operation_id="reveal_contact"
)
def reveal_contact(request: HttpRequest, ref: RefPath, given: ReasonIn) -> dict[str, Any]:
    """Opens the sender's contact; who did, when and why is logged."""
    actor = base.who(request, "contacts:reveal")
    base.who(request, READ)
    found = load(actor, ref)
    person = senders.reveal_contact(found.pk, given.reason, actor=actor, at=base.now())
    if person is None:
        raise ApiError(404, "api.no_contact")
    return {"name": person.name, "phone": person.phone, "email": person.email}


@router.get(
    "/matters/{ref}/files/{key}",
    response=ERRORS,
    operation_id="get_file",
    openapi_extra=BINARY,
)
def get_file(request: HttpRequest, ref: RefPath, key: str) -> Any:
    """An attachment of a matter the caller may see."""
    stream = load(base.who(request, READ), ref).stream
    found = next((f for f in files.of(stream) if f.key == key), None)
    path = files.path_of(found.sha256) if found else None
    if found is None or path is None or not path.is_file():
        raise ApiError(404, "api.not_found")
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=found.name, content_type=found.mime
    )
