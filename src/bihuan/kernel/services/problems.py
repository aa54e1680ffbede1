"""What can be wrong with a promise."""

from bihuan.lib.problems import ProblemError


class ServiceError(ProblemError):
    """An offer that cannot be; `key` names the message, `values` fill it."""
