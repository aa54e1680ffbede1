"""What a password may not be, and which stored hash of it the log vouches for."""

import hmac
import re
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError

from bihuan.foundation.audit.api import Finding
from bihuan.foundation.orgs.models import Person
from bihuan.foundation.orgs.problems import OrgError
from bihuan.lib import canonical, codes, keyring

_PURPOSE = b"bihuan password digest 1"

_SHORT = "password_too_short"
# What Django finds, with our words for it; the first that holds is said.
_SAID = {
    _SHORT: "orgs.password_short",
    "password_too_similar": "orgs.password_similar",
    "password_too_common": "orgs.password_common",
}
# Product, demonstration, and what offices put on doors. Longer words before their beginnings.
_WORDS = (
    "bihuan demo pingan anquan admin administrator root user test guest password passwd mima "
    "welcome huanying qwerty qwertyuiop asdf asdfgh abc abcd abcdef woaini zhongguo china renmin "
    "zhengfu jiedao shequ wangge xinfang zhifa zonghe zhili fuwu zhongxin banshi dating pingtai "
    "xitong zhengfawei jiewei juwei hujiao xiaofang jingwu gongan changan"
)
_ONLY_WORDS = re.compile(f"(?:{'|'.join(sorted(_WORDS.split(), key=len, reverse=True))})*\\Z")


def least() -> int:
    """How long a password has to be, as it is set for the house."""
    lengths = (getattr(one, "min_length", 0) for one in get_default_password_validators())
    return max(lengths, default=0)


def guessable(password: str) -> bool:
    """Whether its letters are nothing but well-known words, whatever digits and signs stand by."""
    letters = "".join(c for c in password.lower() if c.isalpha())
    return _ONLY_WORDS.match(letters) is not None


def temporary() -> str:
    """A fresh password to hand over: of letters and digits that nobody mistakes for others."""
    groups = ("".join(secrets.choice(codes.ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def is_hashed_weakly(stored: str) -> bool:
    """Whether hashes are made stronger now than this one was."""
    mine, now = identify_hasher(stored), get_hasher()
    return mine.algorithm != now.algorithm or now.must_update(stored)


def check(password: str, who: Person, *, published: bool = False) -> None:
    """Raises OrgError when a person may not have this password; `published` lets in what can be
    guessed."""
    if not published and guessable(password):
        raise OrgError("orgs.password_guessable")
    try:
        validate_password(password, who)
    except ValidationError as error:
        # Django's own sentences come in whatever language is on: ours are said by the code.
        codes_of = {one.code for one in error.error_list}
        key = next((key for code, key in _SAID.items() if code in codes_of), "orgs.password_weak")
        short = (one.params or {} for one in error.error_list if one.code == _SHORT)
        least = next((one["min_length"] for one in short), 0)
        raise OrgError(key, least=least) from error


def _digest(key: str, who: Person) -> str:
    derived = hmac.digest(bytes.fromhex(key), _PURPOSE, "sha256")
    said = canonical.dumps([who.username, who.password])
    return hmac.digest(derived, said.encode(), "sha256").hex()


def password_digest(who: Person) -> str:
    """What the event that changes somebody's stored hash says of it (`password_digest` in its `set`).

    Under the house's key and bound to the user name: whoever writes to the database can neither make
    one for a hash of theirs nor take another account's. See docs/adr/0046.
    """
    return _digest(settings.SECRETS["seal"], who)


def _vouched(who: Person) -> bool:
    digests = (_digest(key, who) for key in keyring.every(settings.SECRETS, "seal"))
    return any(hmac.compare_digest(who.password_digest, one) for one in digests)


def exchanged() -> Iterator[Finding]:
    """Accounts whose stored hash is not the one that their events vouch for."""
    for who in Person.objects.order_by("pk").iterator():
        if not who.password_digest:
            yield Finding(
                who.stream,
                "nothing vouches for the password: the account is from before that was kept",
                "`bihuan init` takes up the accounts of a house that is brought up to date",
            )
        elif not _vouched(who):
            then = f", then give it a new password (`bihuan user password {who.username}`)"
            yield Finding(
                who.stream,
                "the password was not set through the doors, or with keys that are not here",
                "close the account, find out who could write to the database"
                + (then if who.has_account else ""),
            )
