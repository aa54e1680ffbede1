"""How templates of this facet say why a matter could not be opened for somebody."""

from collections.abc import Mapping
from typing import Any

from django import template

from bihuan.web import words

register = template.Library()


@register.filter
def each_why(why: Mapping[str, Any]) -> str:
    """Why none could be opened, in the reader's words."""
    return words.text(f"error.{why['key']}", **why["values"]).partition("\n")[0]
