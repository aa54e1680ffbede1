"""How much a table may be, and the error of one that is more, or none at all."""

from bihuan.lib.problems import ProblemError

MAX_COLUMNS = 200
MAX_ROWS = 200_000
# Of the rectangle that the cells of a sheet span: readers lay all of it out in memory.
MAX_CELLS = 3_000_000
MAX_CELL = 100_000
# Characters of all cells together; a text that is kept once and shown in many cells counts in each.
MAX_TEXT = 40_000_000
MAX_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_SHEETS = 50


class TableError(ProblemError):
    """A file that is not a table; `key` names the message, `values` fill it."""
