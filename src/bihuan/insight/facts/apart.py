"""Reads SQLite through ADBC in a process of its own: `python -m bihuan.insight.facts.apart FILE`.

ADBC brings a second SQLite with it. Two in one process take each other's locks away, because a POSIX
lock goes when any descriptor of its file is closed; a database that others write is then torn.
Asked by lines of JSON (a query each), it answers each with one Arrow stream.
"""

import json
import os
import sys
from contextlib import closing

import adbc_driver_sqlite
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement, Error


def main(path: str) -> None:
    """Answers until nobody asks any more."""
    out = sys.stdout.buffer
    # The driver's lower half: its DB-API brings pandas with it, a second of every export.
    with (
        closing(adbc_driver_sqlite.connect(path)) as database,
        closing(AdbcConnection(database)) as made,
        closing(AdbcStatement(made)) as statement,
    ):
        for line in sys.stdin:
            try:
                statement.set_sql_query(json.loads(line))
                answer, _ = statement.execute_query()
                reader = pa.RecordBatchReader.from_stream(answer)
            except (Error, pa.ArrowException) as error:
                sys.exit(str(error))
            with pa.ipc.new_stream(out, reader.schema) as stream:
                for batch in reader:
                    stream.write_batch(batch)
            out.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except BrokenPipeError:
        # Whoever asked was killed. At once, or Python would try to send the rest and fail again.
        os._exit(1)
