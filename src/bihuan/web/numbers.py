"""Whole numbers as they come in with a form or an address, whatever was sent in their place."""


def whole(text: str, digits: int = 17) -> int | None:
    """The number that stands there; None for what is none, or has more digits than a row's id has.
    Digits of other scripts are none: `²` counts as a digit, and is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
