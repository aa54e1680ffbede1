"""The public door of search: put a text in, find it again, find its likes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from bihuan.foundation.search import index
from bihuan.foundation.search.models import Document, Folded, Frequency
from bihuan.foundation.search.proving import Proof, Text, Wrong
from bihuan.language import asking, similar, tokens

__all__ = [
    "Likeness",
    "Proof",
    "Text",
    "Wrong",
    "alike",
    "find",
    "put",
    "put_new",
    "rebuild",
    "refresh_frequencies",
    "remove",
    "renew",
    "renew_from",
    "texts",
]

SAMPLE = 20_000
RAREST = 10
CANDIDATES = 300
SAID = 20
_BATCH = 100
PIECE = 500
ONLY = 1


@dataclass(frozen=True)
class Likeness:
    """A text that says much what another says: 1.0 is the same."""

    number: int
    score: float


def put(kind: str, number: int, title: str, body: str = "") -> None:
    """Indexes a text under (kind, number), replacing what was there."""
    whole = tokens.fold(f"{title}\n{body}")
    document, created = Document.objects.update_or_create(
        kind=kind, number=number, defaults={"body": whole}
    )
    index.put(document.pk, kind, tokens.index_tokens(whole), replace=not created)


def put_new(kind: str, number: int, title: str, body: str = "") -> None:
    """Like put, for a number never indexed before: text and tokens go in at once."""
    whole = tokens.fold(f"{title}\n{body}")
    index.add(kind, number, whole, tokens.index_tokens(whole))


def texts(kind: str, numbers: Sequence[int]) -> dict[int, str]:
    """The texts of some numbers as search compares them: title, line break, body."""
    rows = Document.objects.filter(kind=kind, number__in=numbers)
    return dict(rows.values_list("number", "body"))


def remove(kind: str, number: int) -> None:
    """Forgets a text; nothing happens when it was never there."""
    document = Document.objects.filter(kind=kind, number=number).first()
    if document is not None:
        index.drop(document.pk)
        document.delete()


@transaction.atomic
def renew_from(texts: dict[str, Iterable[Text]]) -> int:
    """Makes everything that search keeps anew, from all texts of all kinds: (number, title, body);
    returns how many. Others wait meanwhile, or do not see it until it is whole."""
    index.clear()
    Document.objects.all().delete()
    done = 0
    for kind, of_kind in texts.items():
        for number, title, body in of_kind:
            put_new(kind, number, title, body)
            done += 1
    _say_folded(None)
    return done


def rebuild() -> int:
    """Writes the token index anew from the texts, say after a restore; returns how many."""
    index.clear()
    done = 0
    for document in Document.objects.order_by("pk").iterator(chunk_size=PIECE):
        _fold_again(document)
        index.put(document.pk, document.kind, tokens.index_tokens(document.body), replace=False)
        done += 1
    _say_folded(None)
    return done


def _fold_again(document: Document) -> bool:
    body = tokens.fold(document.body)
    if body == document.body:
        return False
    document.body = body
    document.save(update_fields=["body"])
    return True


def _say_folded(upto: int | None) -> None:
    now = {"edition": tokens.edition(), "upto": upto}
    Folded.objects.update_or_create(pk=ONLY, defaults=now)


def renew(piece: int = PIECE) -> int:
    """Folds and indexes again what was put in by another edition of the fold; returns how many
    texts had to change. Nothing is looked at when the edition is the one we have.

    Goes in pieces that each stand by themselves: stopped anywhere, it goes on there next time.
    What is put in meanwhile is folded anew already.
    """
    state = Folded.objects.filter(pk=ONLY).first()
    same = state is not None and state.edition == tokens.edition()
    upto = state.upto if same and state else 0
    changed = 0
    while upto is not None:
        with transaction.atomic():
            rows = Document.objects.select_for_update().filter(pk__gt=upto).order_by("pk")
            held = list(rows[:piece])
            for document in held:
                if _fold_again(document):
                    found = tokens.index_tokens(document.body)
                    index.put(document.pk, document.kind, found, replace=True)
                    changed += 1
            upto = held[-1].pk if held else None
            _say_folded(upto)
    return changed


def _batched(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    source = iter(ids)
    while group := list(islice(source, size)):
        yield group


def find(kind: str, query: str) -> Iterator[int]:
    """Numbers of the texts that contain every word of the query, newest first, lazily.

    Exactly the texts a substring search would find (after folding width, case and forms of characters).
    """
    words = tokens.terms(query)
    needed = list(dict.fromkeys(t for word in words for t in tokens.query_tokens(word)))
    if not needed:
        return
    # The first page is small and the reader stops there: start small, grow.
    for group in _batched(index.all_of(kind, needed), _BATCH):
        rows = Document.objects.filter(pk__in=group).values_list("pk", "number", "body")
        for _pk, number, body in sorted(rows, reverse=True):
            if all(word in body for word in words):
                yield number


def alike(
    kind: str, text: str, *, limit: int = 5, keep: Callable[[list[int]], set[int]] | None = None
) -> list[Likeness]:
    """Texts that say what the given one says or asks (`similar.answers`), most alike first, of those the
    newest; `keep` narrows candidates.

    Candidates have all pairs of characters of a short text, or share one of its rarest, so the cost
    does not grow with the number of texts; the score is computed on the texts themselves.
    """
    # Words of asking stand in every question: what one is about is looked for.
    pairs = sorted(similar.pairs(asking.about(text)))
    if not pairs:
        return []
    known = dict(Frequency.objects.filter(token__in=pairs[:500]).values_list("token", "documents"))
    rarest = sorted(pairs, key=lambda t: (known.get(t, 0), t))[: RAREST * 2]
    # Somebody may have typed a title that newer texts share a pair with.
    said = islice(index.all_of(kind, pairs), SAID) if len(text) <= tokens.QUERY_LIMIT else ()
    ids = list(dict.fromkeys([*said, *islice(index.any_of(kind, rarest), CANDIDATES)]))
    found = dict(Document.objects.filter(pk__in=ids).values_list("number", "body"))
    if keep:
        allowed = keep(list(found))
        found = {number: body for number, body in found.items() if number in allowed}
    scores = similar.answers(text, found)
    ranked = sorted(scores, key=lambda number: (-scores[number], -number))
    return [Likeness(number, scores[number]) for number in ranked[:limit]]


def refresh_frequencies(kind: str) -> int:
    """Counts tokens over a sample of the newest texts; returns how many were kept."""
    counts: dict[str, int] = {}
    newest = Document.objects.filter(kind=kind).order_by("-pk").values_list("body", flat=True)
    for body in newest[:SAMPLE].iterator():
        for token in tokens.index_tokens(body):
            if len(token) == 2:
                counts[token] = counts.get(token, 0) + 1
    rows = [Frequency(token=t, documents=n) for t, n in counts.items() if n > 1]
    Frequency.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["token"],
        update_fields=["documents"],
        batch_size=400,
    )
    return len(rows)
