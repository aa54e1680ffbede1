"""How templates of this facet name a period."""

from django import template

from bihuan.rules import periods
from bihuan.web import obligations

register = template.Library()


@register.filter
def span_name(text: str) -> str:
    """A period as it is kept (2026-W09), in the reader's words."""
    return obligations.period_name(periods.parse(text))
