"""Reads a table as a program of its own: the file comes in, JSON goes out.

Started by `bihuan.lib.confined`, with the most memory and seconds and the file's name as words.
"""

import dataclasses
import json
import sys

from bihuan.lib import confined
from bihuan.lib.tables.limits import TableError
from bihuan.lib.tables.sources import sheets


def main(words: list[str]) -> int:
    """Writes {"sheets": …} or {"error": …}; ends with 0 in both cases."""
    memory, seconds, name = words
    confined.confine(int(memory), int(seconds))
    try:
        found = sheets(sys.stdin.buffer.read(), name)
        told = json.dumps({"sheets": [dataclasses.asdict(one) for one in found]})
    except TableError as error:
        told = json.dumps({"error": error.key, "values": error.values})
    except MemoryError:
        told = json.dumps({"error": "intake.too_heavy", "values": {"name": name}})
    sys.stdout.write(told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
