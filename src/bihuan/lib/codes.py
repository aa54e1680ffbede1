"""Short codes that people read aloud and type on a phone."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

# No 0/O, 1/I/L, 2/Z, 5/S, U/V: misread on paper and misheard on the telephone.
ALPHABET = "346789ABCDEFGHJKMNPQRTWXY"
LENGTH = 10


def _bytes(text: str) -> bytes:
    # A lone surrogate has no UTF-8; what a stranger types as a key must not break us.
    return text.encode("utf-8", "surrogatepass")


def derive(secret: bytes, label: str, length: int = LENGTH) -> str:
    """The code that belongs to `label`: the same label always yields the same code.

    25^10 is about 10^14, so guessing one of a million live codes takes 10^8 tries.
    """
    number = int.from_bytes(hmac.new(secret, _bytes(label), hashlib.sha256).digest(), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def normalise(typed: str) -> str:
    """What a person typed, as the code it stands for: upper case, no blanks or hyphens."""
    folded = unicodedata.normalize("NFKC", typed[:64]).upper()
    return "".join(c for c in folded if c.isalnum())


def spaced(code: str) -> str:
    """A code in two halves, as it is read aloud and copied."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def blind(secret: bytes, value: str) -> str:
    """A keyed digest for looking a secret up without storing it."""
    return hmac.new(secret, _bytes(value), hashlib.sha256).hexdigest()


def blinds(keys: Iterable[str], value: str) -> list[str]:
    """The keyed digests under which a value may stand: by the key in use, by retired ones."""
    return [blind(key.encode(), value) for key in keys]
