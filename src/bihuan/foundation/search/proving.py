"""Is the index what the texts make it? And are the texts those they were made from?"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import DatabaseError

from bihuan.foundation.search import index
from bihuan.foundation.search.models import Document
from bihuan.language import tokens

_CHUNK = 500
Text = tuple[int, str, str]


@dataclass(frozen=True)
class Wrong:
    """A text that search would not find as it is: of which kind and number (0: the lists of the
    index as a whole), and what is wrong with it."""

    kind: str
    number: int
    what: str


@dataclass
class Proof:
    """Compares texts with what search keeps of them, one kind after another; then the lists."""

    _expected: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str, texts: Iterable[Text]) -> Iterator[Wrong]:
        """`texts` are (number, title, body) in the order of their numbers, all there are of the kind."""
        source = iter(texts)
        after = 0
        while group := list(islice(source, _CHUNK)):
            wanted = {number: tokens.fold(f"{title}\n{body}") for number, title, body in group}
            upto = group[-1][0]
            rows = Document.objects.filter(kind=kind, number__gt=after, number__lte=upto)
            yield from self._compared(kind, wanted, {one.number: one for one in rows})
            after = upto
        beyond = Document.objects.filter(kind=kind).exclude(number__gt=0, number__lte=after)
        for number in beyond.order_by("number").values_list("number", flat=True).iterator():
            yield Wrong(kind, number, "there is no such text")

    def _compared(
        self, kind: str, wanted: dict[int, str], there: dict[int, Document]
    ) -> Iterator[Wrong]:
        words = index.kept([one.pk for one in there.values()])
        for number in sorted(wanted.keys() | there.keys()):
            document = there.get(number)
            if document is None:
                yield Wrong(kind, number, "search does not know it")
            elif number not in wanted:
                yield Wrong(kind, number, "there is no such text")
            else:
                expected = index.spelt(document.pk, kind, tokens.index_tokens(wanted[number]))
                if index.has_lists():
                    self._expected.update(expected)
                if document.body != wanted[number]:
                    yield Wrong(kind, number, "search has another text")
                elif words.get(document.pk, set()) != expected:
                    yield Wrong(kind, number, "the index has other words")

    def lists(self) -> Iterator[Wrong]:
        """Whether the lists of the index name each word as often as the texts of all kinds have it."""
        try:
            self._expected.subtract(dict(index.lists()))
        except DatabaseError:
            yield Wrong("", 0, "the lists of the index cannot be read")
            return
        differing = sum(1 for count in self._expected.values() if count)
        if differing:
            yield Wrong("", 0, f"its lists are wrong in {differing} words")
