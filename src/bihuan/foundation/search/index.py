"""The token index itself, the only place that speaks two dialects.

SQLite: an FTS5 table whose rowid is the document's id; its lists are read newest first.
PostgreSQL: a tsvector column. Every lexeme carries its block of 16,384 documents, so that the
newest blocks are asked first and a common word never makes the database gather the whole table.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from bihuan.foundation.sql import statements
from bihuan.foundation.sql.statements import Statement

BLOCK = 16_384
# As migration 0002 made it.
TABLE = "CREATE VIRTUAL TABLE search_token USING fts5(t, detail=none, tokenize='unicode61')"


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def add(kind: str, number: int, body: str, tokens: Iterable[str]) -> None:
    """Inserts a document with its tokens, within the caller's transaction."""
    if _is_postgres():
        sql = (
            "WITH one AS (SELECT nextval(pg_get_serial_sequence('search_document', 'id')) id) "
            "INSERT INTO search_document (id, kind, number, body, tokens) "
            "SELECT id, %s, %s, %s, array_to_tsvector(ARRAY(SELECT %s || id / %s || ':' || t "
            "FROM unnest(string_to_array(%s, ' ')) t)) FROM one"
        )
        # As one text: a list's elements are each looked at before they are sent.
        statements.send(Statement(sql, [kind, number, body, kind, BLOCK, " ".join(tokens)]))
        return
    document = "INSERT INTO search_document (kind, number, body) VALUES (%s, %s, %s)"
    words = "INSERT INTO search_token(rowid, t) VALUES (last_insert_rowid(), %s)"
    statements.send(Statement(document, [kind, number, body]))
    statements.send(Statement(words, [" ".join(_word(kind, token) for token in tokens)]))


def put(doc_id: int, kind: str, tokens: Iterable[str], *, replace: bool) -> None:
    """(Re)writes the tokens of a document, within the caller's transaction."""
    with connection.cursor() as cursor:
        if _is_postgres():
            block = doc_id // BLOCK
            lexemes = [f"{kind}{block}:{token}" for token in tokens]
            cursor.execute(
                "UPDATE search_document SET tokens = array_to_tsvector(%s::text[]) WHERE id = %s",
                [lexemes, doc_id],
            )
            return
        if replace:
            cursor.execute("DELETE FROM search_token WHERE rowid = %s", [doc_id])
        text = " ".join(_word(kind, token) for token in tokens)
        cursor.execute("INSERT INTO search_token(rowid, t) VALUES (%s, %s)", [doc_id, text])


def drop(doc_id: int) -> None:
    """Takes a document out of the index; on PostgreSQL its row takes its tokens along."""
    if not _is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_token WHERE rowid = %s", [doc_id])


def kept(doc_ids: Sequence[int]) -> dict[int, set[str]]:
    """The tokens of some documents as the index has them, in the index's own spelling (`spelt`)."""
    if not doc_ids:
        return {}
    marks = ", ".join(["%s"] * len(doc_ids))
    if _is_postgres():
        sql = f"SELECT id, tsvector_to_array(tokens) FROM search_document WHERE id IN ({marks})"  # noqa: S608 - marks only
    else:
        sql = f"SELECT rowid, t FROM search_token WHERE rowid IN ({marks})"  # noqa: S608 - marks only
    with connection.cursor() as cursor:
        cursor.execute(sql, list(doc_ids))
        rows = cursor.fetchall()
    return {pk: set(found.split() if isinstance(found, str) else found or ()) for pk, found in rows}


def spelt(doc_id: int, kind: str, tokens: Iterable[str]) -> set[str]:
    """Tokens as `kept` has them for a document."""
    if _is_postgres():
        block = doc_id // BLOCK
        return {f"{kind}{block}:{token}" for token in tokens}
    return {_word(kind, token) for token in tokens}


def has_lists() -> bool:
    """Whether the lists of the index are tables of their own beside the words, as SQLite's are;
    PostgreSQL keeps its lists itself."""
    return not _is_postgres()


def lists() -> Iterator[tuple[str, int]]:
    """Every word of the lists and in how many documents they say that it stands."""
    if not has_lists():
        return
    with connection.cursor() as cursor:
        # In `temp`: nothing of the database is written, and no writer waits.
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_lists "
            "USING fts5vocab(main, search_token, row)"
        )
        cursor.execute("SELECT term, doc FROM temp.search_lists")
        while rows := cursor.fetchmany(5000):
            yield from rows


def clear() -> None:
    """Empties the index; on PostgreSQL the texts' own rows hold it and are written over.

    Its table is made anew: rows are taken out of the lists by the words they had, which may be wrong."""
    if not _is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS temp.search_lists")
            cursor.execute("DROP TABLE search_token")
            cursor.execute(TABLE)


def _word(kind: str, token: str) -> str:
    # FTS5's tokeniser must keep kind and token as one word of plain letters.
    return kind + "".join(f"{ord(c):x}g" for c in token)


def all_of(kind: str, tokens: list[str]) -> Iterator[int]:
    """Ids of documents that have every token, newest first, read only as far as asked."""
    if _is_postgres():
        yield from _postgres(kind, tokens, " & ")
    else:
        match = " AND ".join(f'"{_word(kind, token)}"' for token in tokens)
        yield from _sqlite(match)


def any_of(kind: str, tokens: list[str]) -> Iterator[int]:
    """Ids of documents that have at least one token, newest first."""
    if _is_postgres():
        yield from _postgres(kind, tokens, " | ")
    else:
        match = " OR ".join(f'"{_word(kind, token)}"' for token in tokens)
        yield from _sqlite(match)


def _sqlite(match: str) -> Iterator[int]:
    before = 2**62
    size = 200
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM search_token WHERE search_token MATCH %s AND rowid < %s "
                "ORDER BY rowid DESC LIMIT %s",
                [match, before, size],
            )
            found = [row[0] for row in cursor.fetchall()]
        yield from found
        if len(found) < size:
            return
        before = found[-1]
        size = min(size * 4, 10_000)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _postgres(kind: str, tokens: list[str], joint: str) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM search_document")
        newest = cursor.fetchone()[0]
    if newest is None:
        return
    block = newest // BLOCK
    width = 1
    while block >= 0:
        lowest = max(0, block - width + 1)
        query = " | ".join(
            "(" + joint.join(_quoted(f"{kind}{b}:{token}") for token in tokens) + ")"
            for b in range(block, lowest - 1, -1)
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM search_document WHERE tokens @@ %s::tsquery ORDER BY id DESC",
                [query],
            )
            yield from (row[0] for row in cursor.fetchall())
        block = lowest - 1
        width = min(width * 4, 64)
