"""Search tokens for Chinese without a segmenter: one and two characters, on both databases."""

import hashlib
import re
import unicodedata
from functools import cache

from bihuan.language import variants

RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\W_]+")
QUERY_LIMIT = 64


def fold(text: str) -> str:
    """Full width to half width, upper to lower case, every form of a character (繁, 简, 异体) to
    one: what search compares."""
    return unicodedata.normalize("NFKC", text).lower().translate(variants.table())


@cache
def edition() -> str:
    """Names the fold: another one, and texts folded before must be folded again."""
    table = "".join(f"{code:x}{char}" for code, char in sorted(variants.table().items()))
    return hashlib.sha256(f"{unicodedata.unidata_version}|{table}".encode()).hexdigest()[:16]


def index_tokens(text: str) -> set[str]:
    """Every character but blanks, and every pair of neighbours within a run of letters or digits."""
    folded = fold(text)
    found = set("".join(folded.split()))
    for run in RUN.findall(folded):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def query_tokens(query: str) -> list[str]:
    """Tokens a text must all have to contain the query; the caller verifies the substring."""
    folded = fold(query[:QUERY_LIMIT])
    found: list[str] = []
    for run in RUN.findall(folded):
        found += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    # Marks are asked for only when there is nothing else: most of them stand in every text.
    marks = (c for c in folded if not c.isspace() and c != "\0" and not "\ud800" <= c <= "\udfff")
    return list(dict.fromkeys(found or marks))


def terms(query: str) -> list[str]:
    """The words of a query, split at blanks, each to be found as it stands."""
    return [term for term in fold(query[:QUERY_LIMIT]).split() if term]
