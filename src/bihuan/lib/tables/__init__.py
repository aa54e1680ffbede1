"""Tables that people send, as sheets of texts, and the guard of cells that are given out.

CSV and tabs (UTF-8, GBK, UTF-16; plain or gzipped), XLSX, XLS, ODS, and what other programs save
under the name .xls: HTML tables and XML spreadsheets. A file is read in a process of its own.
"""

import json

from bihuan.lib import confined
from bihuan.lib.tables.guard import guarded, starts_formula
from bihuan.lib.tables.limits import MAX_COLUMNS, MAX_ROWS, TableError
from bihuan.lib.tables.sheets import Sheet

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "Sheet", "TableError", "guarded", "read", "starts_formula"]

MEMORY = 1024 * 1024 * 1024
SECONDS = 60


def read(content: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets with anything in them, the hidden ones last; what a file is its bytes tell, `name`
    is for the message.

    Raises TableError: empty, no table, broken, too wide, too long, too large, too heavy.
    """
    if not content.strip():
        raise TableError("intake.empty", name=name)
    try:
        answer = confined.run(
            "bihuan.lib.tables.reading", content, name, memory=MEMORY, seconds=SECONDS
        )
    except confined.ExhaustedError as error:
        raise TableError("intake.too_heavy", name=name) from error
    except confined.FailedError as error:
        raise TableError("intake.not_a_table", name=name) from error
    told = json.loads(answer)
    if "error" in told:
        raise TableError(told["error"], **told["values"])
    sheets = tuple(
        Sheet(
            sheet["name"],
            tuple(tuple(line) for line in sheet["lines"]),
            hidden=sheet["hidden"],
            hidden_rows=tuple(sheet["hidden_rows"]),
            hidden_columns=tuple(sheet["hidden_columns"]),
            filtered=sheet["filtered"],
        )
        for sheet in sorted(told["sheets"], key=lambda one: bool(one["hidden"]))
    )
    if not sheets:
        raise TableError("intake.empty", name=name)
    return sheets
