"""The words that a programme still lacks, as blocks to paste into its files."""

import json
from collections.abc import Iterator
from pathlib import Path

from bihuan.cli.plain import OK, WRONG, say


def lacking(folders: list[Path]) -> int:
    """Prints, for each folder and language, the missing words; fails where there are any."""
    from bihuan.kernel.programmes import api as programmes
    from bihuan.spec import check
    from bihuan.spec.load import BrokenProgrammeError

    wrong = 0
    for folder in folders:
        try:
            programme = programmes.read_folder(folder)
        except BrokenProgrammeError as error:
            wrong += len(error.problems)
            for problem in error.problems:
                say(f"{folder.name}/{problem}")
            continue
        for locale in check.LOCALES:
            there = programme.strings.get(locale, {})
            keys = check.missing_strings(programme, locale)
            wrong += len(keys)
            if keys:
                say(f"# {folder.name}/strings/{locale}.toml")
                for line in blocks(keys, {key.rpartition(".")[0] for key in there}):
                    say(line)
                say("")
    say(f"# {len(folders)} programmes, {wrong} missing")
    return WRONG if wrong else OK


def blocks(keys: list[str], there: set[str]) -> Iterator[str]:
    """Lines of TOML, a table for each group of keys; those of a table that is `there` already stand
    below a line that says so, as TOML takes no table twice."""
    tables: dict[str, list[str]] = {}
    for key in keys:
        table, _, name = key.rpartition(".")
        tables.setdefault(table, []).append(name)
    # What stands in no table must stand before the first.
    for table, names in sorted(tables.items(), key=lambda one: bool(one[0])):
        if not table:
            yield "# above the first table:"
        else:
            yield f"# below [{table}], which is there:" if table in there else f"[{table}]"
        yield from (
            f"{json.dumps(name) if '.' in name else name} = {json.dumps('')}" for name in names
        )
        yield ""
