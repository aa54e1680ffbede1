"""Passwords that need no guessing: what everybody here thinks of first, with a year behind."""

import re

from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from bihuan.foundation.orgs.models import Person
from bihuan.foundation.orgs.problems import OrgError

# Product, demonstration, and what offices put on doors. Longer words before their beginnings.
_WORDS = (
    "bihuan demo pingan anquan admin administrator root user test guest password passwd mima "
    "welcome huanying qwerty qwertyuiop asdf asdfgh abc abcd abcdef woaini zhongguo china renmin "
    "zhengfu jiedao shequ wangge xinfang zhifa zonghe zhili fuwu zhongxin banshi dating pingtai "
    "xitong zhengfawei jiewei juwei hujiao xiaofang jingwu gongan changan"
)
_ONLY_WORDS = re.compile(f"(?:{'|'.join(sorted(_WORDS.split(), key=len, reverse=True))})*\\Z")


def guessable(password: str) -> bool:
    """Whether its letters are nothing but well-known words, whatever digits and signs stand by."""
    letters = "".join(c for c in password.lower() if c.isalpha())
    return _ONLY_WORDS.match(letters) is not None


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
        raise OrgError("orgs.password_weak", reasons=" ".join(error.messages)) from error
