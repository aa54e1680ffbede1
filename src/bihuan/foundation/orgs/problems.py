"""What can be wrong with the tree and its people."""

from bihuan.lib.problems import ProblemError


class OrgError(ProblemError):
    """Something about the tree or its people that cannot be; `key` names the message."""
