"""How templates of this facet say rules, and why a pair's matter could not be opened."""

from collections.abc import Mapping
from typing import Any

from django import template

from bihuan.web import words

register = template.Library()


@register.filter
def pair_rule(one: Mapping[str, Any]) -> str:
    """A rule and how many it keeps away, in the reader's words."""
    return words.text(f"pair.rule.{one['rule']}", count=one["count"])


@register.filter
def pair_why(why: Mapping[str, Any]) -> str:
    """Why a pair's matter could not be opened, in the reader's words."""
    return words.text(f"error.{why['key']}", **why["values"]).partition("\n")[0]
