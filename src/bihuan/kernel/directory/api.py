"""The public door of the directory: a workbook of organisations and people, in and out."""

from bihuan.kernel.directory.book import MAX_BYTES, MAX_ROWS, NONE, Reading, Told, opened
from bihuan.kernel.directory.giving import first_passwords, rejects, workbook
from bihuan.kernel.directory.kinds import ordered
from bihuan.kernel.directory.lines import STATUSES, Change, Left, Line, Said
from bihuan.kernel.directory.taking import Result, SheetResult, look, take, taken_by

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "NONE",
    "STATUSES",
    "Change",
    "Left",
    "Line",
    "Reading",
    "Result",
    "Said",
    "SheetResult",
    "Told",
    "first_passwords",
    "look",
    "opened",
    "ordered",
    "rejects",
    "take",
    "taken_by",
    "workbook",
]
