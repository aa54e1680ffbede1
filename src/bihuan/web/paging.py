"""Which page of a list is asked for."""

from django.http import HttpRequest

# Further on nobody leafs: what is asked for beyond it is answered with it.
MOST = 10_000


def number(request: HttpRequest) -> int:
    """The page that the query asks for, from 1 to MOST; what is no such number is the first."""
    text = request.GET.get("page", "")
    if not (text.isascii() and text.isdigit()):
        return 1
    plain = text.lstrip("0")
    return MOST if len(plain) > len(str(MOST)) else min(max(int(plain or 0), 1), MOST)
