"""What can be wrong with a paper."""

from bihuan.lib.problems import RefusedError


class PaperError(RefusedError):
    """A paper that cannot be issued, withdrawn or printed now; `key` names the message."""
