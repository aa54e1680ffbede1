"""What may be wrong with releases and local changes."""

from bihuan.lib.problems import ProblemError


class ProgrammeError(ProblemError):
    """Something about releases or settings that cannot be; `key` names the message."""
