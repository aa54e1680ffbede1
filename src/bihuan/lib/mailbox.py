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


# Where most people have their mail; what is written for it by mistake is near enough to be asked about.
_KNOWN = ("qq.com", "163.com", "126.com", "139.com", "189.cn", "sina.com", "sohu.com", "foxmail.com",
          "aliyun.com", "gmail.com", "outlook.com", "hotmail.com", "yeah.net", "icloud.com")  # fmt: skip
# Fingers beside the keys of `com`: the root zone has none of these.
_NO_ENDS = frozenset({"con", "cpm", "vom", "xom", "cmo", "ocm", "comm", "coom"})
_COMMAS = str.maketrans(dict.fromkeys(",、;:/", "."))


def meant(folded: str) -> str:
    """The address somebody most likely meant who typed what is none, or ''. Never more than a
    question: they say themselves whether it is."""
    inside = re.search(r"<([^<>]+)>\Z", folded)
    bare = "".join((inside[1] if inside else folded).removeprefix("mailto:").split())
    bare = re.sub("@+", "@", bare)
    local, at, domain = bare.partition("@")
    if not at or "@" in domain:
        return ""
    domain = re.sub(r"\.+", ".", domain.translate(_COMMAS).lower()).strip(".")
    if "." not in domain:
        domain = next((one for one in _KNOWN if one.partition(".")[0] == domain), domain)
    elif domain.rpartition(".")[2] in _NO_ENDS:
        domain = domain.rpartition(".")[0] + ".com"
    found = f"{local.strip('.')}@{domain}"
    return found if is_address(found) and found != folded else ""


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
        and labels[-1].lower() not in _NO_ENDS
    )


def why_not(folded: str) -> tuple[str, str]:
    """What is wrong with what is no address, and what was likely meant: (`ats`, ''), (`meant`,
    address), or ('', '') where there is no more to say."""
    guess = meant(folded)
    if guess:
        return "meant", guess
    return ("ats" if folded.count("@") > 1 else "", "")
