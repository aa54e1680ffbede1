"""Search tokens for Chinese without a segmenter: one and two characters, on both databases."""

import re
import unicodedata

RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\W_]+")
QUERY_LIMIT = 64


def fold(text: str) -> str:
    """Full width to half width, upper to lower case: what search compares."""
    return unicodedata.normalize("NFKC", text).lower()


def index_tokens(text: str) -> set[str]:
    """Every character and every pair of neighbours within a run of letters or digits."""
    found: set[str] = set()
    for run in RUN.findall(fold(text)):
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def query_tokens(query: str) -> list[str]:
    """Tokens a text must all have to contain the query; the caller verifies the substring."""
    found: list[str] = []
    for run in RUN.findall(fold(query[:QUERY_LIMIT])):
        found += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return list(dict.fromkeys(found))


def terms(query: str) -> list[str]:
    """The words of a query, split at blanks, each to be found as it stands."""
    return [term for term in fold(query[:QUERY_LIMIT]).split() if term]
