"""E-mail addresses as people type them: one rule for every door."""

import re
import unicodedata

MOST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")


def fold(typed: str) -> str:
    """Full-width signs made plain (`abc＠qq．com`), the ideographic full stop a dot, blanks around
    gone. Nothing is guessed: a comma stays a comma."""
    return unicodedata.normalize("NFKC", typed).replace("\u3002", ".").strip()


def is_address(folded: str) -> bool:
    """Whether a mail can be sent to it as it stands: one `@`, a name, a domain with a dot."""
    local, _, domain = folded.rpartition("@")
    labels = domain.split(".")
    return (
        len(folded) <= MOST
        and len(local) <= 64
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(one) and "_" not in one for one in labels)
        and not labels[-1].isdigit()
    )
