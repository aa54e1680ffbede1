"""No cell that is given out may become a formula where it is opened.

Source: OWASP, CSV Injection; full-width signs are folded to plain ones by East Asian versions of
spreadsheet programs, and blanks or line ends before the sign are passed over.
"""

_SIGNS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫−")
_MARK = "'"


def starts_formula(cell: str) -> bool:
    """Whether some spreadsheet program may calculate it."""
    if cell[:1] in ("\t", "\r", "\n"):
        return True
    # What is no letter, digit or mark at the beginning is passed over by one program or another.
    bare = cell.lstrip(" \t\r\n\v\f\0\u00a0\u3000\u200b\u2060\ufeff")
    return bool(bare) and bare[0] in _SIGNS


def guarded(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet program takes for a formula."""
    return f"{_MARK}{cell}" if starts_formula(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell[:1] == _MARK and starts_formula(cell[1:]) else cell
