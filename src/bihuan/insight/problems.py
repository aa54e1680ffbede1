"""What can be wrong with facts or with what is asked of them."""

from bihuan.lib.problems import ProblemError


class InsightError(ProblemError):
    """Facts or a figure that cannot be had; `key` names the message, which says what to do."""


class UnknownFigureError(InsightError, LookupError):
    """There is no figure of that name."""
