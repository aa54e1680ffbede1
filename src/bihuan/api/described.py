"""What the document says of an operation beside its shapes: its noun, who may, the key that makes a
repetition safe, and the errors that this one has. Pure: by method, path and what it is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bihuan.api import once

READ, WRITE, REVEAL, ADMIN = "matters:read", "matters:write", "contacts:reveal", "admin"
ROOT: Final = "/api/v1/"

# Noun → the first word of the address, `public` and `admin` left out. In the order they are told in.
NOUNS: Final[Mapping[str, Sequence[str]]] = {
    "matters": ("matters", "matters.xlsx", "imports", "common-problems", "filters", "me"),
    "senders": ("kinds", "follow", "actions"),
    "inbox": ("inbox",),
    "figures": ("figures", "pressures", "burden", "kept", "honours"),
    "obligations": ("obligations",),
    "publications": ("publications", "answers", "likes", "roundups"),
    "bulletins": ("bulletins", "layouts"),
    "notices": ("notices",),
    "services": ("services", "halls", "timetables"),
    "visits": ("visits", "entries"),
    "watches": ("watch", "watch-texts"),
    "papers": ("paper", "papers"),
    "programmes": ("programmes", "in-force", "releases", "overrides"),
    "orgs": (
        "orgs",
        "org-types",
        "directory",
        "directory.xlsx",
        "people",
        "posts",
        "grants",
        "calendar",
        "absences",
        "memberships",
        "exemptions",
        "site",
        "invitation",
        "own-data",
    ),
    "connections": ("webhooks", "tokens", "security-events"),
    "seals": ("seals", "proof"),
}
_NOUN_OF = {word: noun for noun, first in NOUNS.items() for word in first}
# What differs from the rule of `scopes`, each for a reason that its verb gives.
_WHO_WRITES = (READ, WRITE)
_EXCEPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "find_alike": (READ,),
    "reveal_contact": (READ, REVEAL),
    "open_entry": (READ, REVEAL),
    **dict.fromkeys(
        (
            "list_drafts",
            "get_draft",
            "list_bulletins",
            "get_bulletin",
            "get_bulletin_file",
            "list_common",
            "list_watches",
            "list_watch_texts",
            "list_waiting_watch_texts",
            "get_watch_text",
        ),
        _WHO_WRITES,
    ),
    **dict.fromkeys(
        (
            "mark_read",
            "save_filter",
            "delete_filter",
            "say_away",
            "say_back",
            "plan_visit",
            "cancel_visit",
            "hand_in_entries",
            "hand_on_entry",
            "give_up_entry",
            "drop_entry",
            "set_timetable",
            "end_timetable",
        ),
        (WRITE,),
    ),
}


def noun(path: str) -> str:
    """What an operation is about, of NOUNS; a facet's is named by the word its addresses begin with."""
    words = [word for word in path.removeprefix(ROOT).split("/") if word not in ("public", "admin")]
    if "watches" in words or words[-1] == "watch-texts":
        return "watches"
    if words[-1] == "papers":
        return "papers"
    if path == f"{ROOT}public/matters":
        return "senders"
    return _NOUN_OF.get(words[0], words[0])


def scopes(operation: str, method: str, path: str) -> list[str]:
    """What a token must hold for it; nothing where no token is asked for."""
    if path.startswith(f"{ROOT}public/"):
        return []
    if path.startswith(f"{ROOT}admin/"):
        return [ADMIN]
    usual = (READ,) if method == "GET" else _WHO_WRITES
    return list(_EXCEPTIONS.get(operation, usual))


def repeatable(method: str, path: str, declared: Sequence[Mapping[str, Any]]) -> bool:
    """Whether `Idempotency-Key` counts there: where it is declared, and on every write by token that
    the middleware answers again."""
    if any(one["name"] == once.HEADER for one in declared):
        return True
    return once.kept(method, path) and not path.startswith(f"{ROOT}public/")


def errors(method: str, path: str, *, asked: bool, body: bool) -> list[int]:
    """Which of the errors of all operations this one has by what it is asked; 405, 500 and 503 may come
    from any."""
    public = path.startswith(f"{ROOT}public/")
    found = [
        (400, body),
        (401, not public),
        (403, not public),
        (404, "{" in path or public),
        (409, method != "GET"),
        (413, body),
        (422, body or asked),
        (429, public),
    ]
    return [code for code, has in found if has]
