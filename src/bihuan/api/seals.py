"""The published log for everybody: its seals, that one continues another, a sender's proof. The same
functions as the pages `/seals` and the page of a query code; docs/howto/check_log.py reads the answers."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from bihuan.api import base
from bihuan.api.base import ERRORS, Id, Size
from bihuan.api.errors import ApiError
from bihuan.api.public import CodeIn, guessing
from bihuan.foundation.audit.api import proofs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.senders import api as senders

router = Router(tags=["public"], auth=None)


class SealOut(Schema):
    """A signed root of the tree over `size` events: an anchor for whoever keeps it. Hashes, keys and
    signatures are hexadecimal; `at` is an instant in UTC as it was signed."""

    size: int
    root: str
    at: str
    first_id: int
    last_id: int
    key: str
    signature: str
    public_key: str


class SealQuery(Schema):
    """`before` asks for the next page: seals over fewer events."""

    before: Id | None = None
    limit: Size = 20


class SealList(Schema):
    items: list[SealOut]
    before: int | None


class ConsistencyQuery(Schema):
    """The sizes of two seals; without `new` the newest."""

    old: Id
    new: Id | None = None


class ConsistencyOut(Schema):
    """The hashes (RFC 6962) by which the root of `new` is seen to continue that of `old`."""

    old: SealOut
    new: SealOut
    consistency: list[str]


class ShownOut(Schema):
    """One private value of an event that its sender may see, and its place among the digests."""

    index: int
    salt: str
    path: list[str]
    value: Any = None


class ProvedOut(Schema):
    """One event of the sender's time line: where it stands in the tree, its path to the root, and
    its own hash as far as it may be shown (`hash`, or `rest` with what follows)."""

    at: str
    index: int
    path: list[str]
    hash: str | None = None
    rest: str | None = None
    private_digest: str | None = None
    digests: list[str] | None = None
    shown: list[ShownOut] | None = None


class ProofOut(Schema):
    format: str
    log: SealOut
    events: list[ProvedOut]


@router.get("/seals", response={200: SealList, **ERRORS}, operation_id="list_seals")
def list_seals(request: HttpRequest, wanted: Query[SealQuery]) -> dict[str, Any]:
    """The seals of the log, newest first."""
    base.throttled(request, "read")
    found = proofs.latest(wanted.limit + 1, before=wanted.before)
    shown = found[: wanted.limit]
    return {
        "items": [proofs.published(one) for one in shown],
        "before": shown[-1].size if len(found) > wanted.limit else None,
    }


@router.get("/seals/newest", response={200: SealOut, **ERRORS}, operation_id="get_newest_seal")
def get_newest_seal(request: HttpRequest) -> dict[str, Any]:
    """The newest seal; 404 while nothing is sealed yet."""
    base.throttled(request, "read")
    found = proofs.newest()
    if found is None:
        raise LookupError
    return proofs.published(found)


@router.get(
    "/seals/consistency",
    response={200: ConsistencyOut, **ERRORS},
    operation_id="get_seals_consistency",
)
def get_seals_consistency(request: HttpRequest, wanted: Query[ConsistencyQuery]) -> dict[str, Any]:
    """Shows that the log of one seal begins with that of another; 404 where one was never sealed."""
    base.throttled(request, "read")
    newest = proofs.newest()
    new = wanted.new or (newest.size if newest else 0)
    try:
        return proofs.consistency(wanted.old, new)
    except proofs.NoProofError:
        # Told in words: to hold a seal that was never made here is the gravest finding there is.
        raise ApiError(404, "seals.never_sealed") from None


@router.get("/seals/{size}", response={200: SealOut, **ERRORS}, operation_id="get_seal")
def get_seal(request: HttpRequest, size: Id) -> dict[str, Any]:
    """The seal over so many events."""
    base.throttled(request, "read")
    found = proofs.of_size(size)
    if found is None:
        raise LookupError(size)
    return proofs.published(found)


@router.post(
    "/proof",
    response={200: ProofOut, **ERRORS},
    operation_id="prove_matter",
    exclude_unset=True,
)
def prove_matter(request: HttpRequest, given: CodeIn) -> dict[str, Any]:
    """Shows by a query code that the sender's message and its answer stand in the sealed log; 503
    until the next seal covers them."""
    with guessing(request):
        found = matters.by_code(given.code)
    try:
        return senders.proof(found)
    except proofs.NoProofError:
        raise ApiError(503, "seals.no_proof") from None
