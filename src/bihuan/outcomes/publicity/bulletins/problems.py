"""What can be wrong with a bulletin."""

from bihuan.lib.problems import ProblemError


class BulletinError(ProblemError):
    """A bulletin that cannot be; `key` names the message, which says what to do."""
