"""How templates of this facet say why a matter was left out."""

from collections.abc import Mapping
from typing import Any

from django import template

from bihuan.web import words

register = template.Library()


@register.filter
def why_missed(missed: Mapping[str, Any]) -> str:
    """Why a linked matter could not take an action with the others."""
    return words.text(f"error.{missed['key']}", **missed["values"]).partition("\n")[0]
