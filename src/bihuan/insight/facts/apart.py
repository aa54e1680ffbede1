"""Reads SQLite through ADBC in a process of its own: `python -m bihuan.insight.facts.apart FILE`.

ADBC brings a second SQLite with it. Two in one process take each other's locks away, because a POSIX
lock goes when any descriptor of its file is closed; a database that others write is then torn.
Asked by lines of JSON (the query and its values), it answers each with one Arrow stream.
"""

import json
import sys
from contextlib import closing

import adbc_driver_sqlite.dbapi as sqlite
import pyarrow as pa


def main(path: str) -> None:
    """Answers until nobody asks any more."""
    out = sys.stdout.buffer
    with closing(sqlite.connect(path, autocommit=True)) as made, closing(made.cursor()) as cursor:
        for line in sys.stdin:
            sql, values = json.loads(line)
            try:
                cursor.execute(sql, values)
                reader = cursor.fetch_record_batch()
            except sqlite.Error as error:
                sys.exit(str(error))
            with pa.ipc.new_stream(out, reader.schema) as stream:
                for batch in reader:
                    stream.write_batch(batch)
            out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
