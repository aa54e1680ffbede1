"""What can be wrong with a hall's plans."""

from bihuan.lib.problems import ProblemError


class HallError(ProblemError):
    """A plan or a half hour that cannot be; `key` names the message, `values` fill it."""
