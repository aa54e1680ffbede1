"""What can be searched: every kind of text, and where all of its texts come from."""

from collections.abc import Callable, Iterator

from bihuan.foundation.audit.api import Finding
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import api as matters
from bihuan.outcomes.publicity import api as publicity

KINDS: dict[str, Callable[[], Iterator[search.Text]]] = {
    "m": matters.searched,
    "p": publicity.searched,
}
STREAMS = {"m": "matter", "p": "publication"}
_DO = "`bihuan search rebuild` makes the index anew from the texts"


def rebuild() -> int:
    """Makes everything that search keeps anew from the texts; returns how many."""
    return search.renew_from({kind: texts() for kind, texts in KINDS.items()})


def misfound() -> Iterator[Finding]:
    """Texts that search would not find as they are, and what it has that is no text."""
    proof = search.Proof()
    for kind, texts in KINDS.items():
        for one in proof.of(kind, texts()):
            yield Finding(f"search, {STREAMS[kind]}:{one.number}", one.what, _DO)
    for one in proof.lists():
        yield Finding("search", one.what, _DO)
