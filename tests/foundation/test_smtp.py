"""A mail ends in time, whatever the server at the other end does; nobody is asked in a transaction."""

import contextlib
import socket
import threading
import time

import pytest
from django.db import transaction

from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify import outward
from bihuan.foundation.notify.outgoing import Deadline, InTransactionError, addresses


@contextlib.contextmanager
def server(talk):
    """An SMTP server of one connection: `talk` is given the line and what it has to read from."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _ = listening.accept()
        with line, contextlib.suppress(OSError), line.makefile("rb") as heard:
            talk(line, heard)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        thread.join()
        listening.close()


def drip(line, piece=b"2"):
    while True:
        line.sendall(piece)
        time.sleep(0.05)


def dripping_greeting(line, heard):
    drip(line)


def endless_greeting(line, heard):
    drip(line, b"220-still\r\n")


def silent(line, heard):
    heard.read()


def dripping_handshake(line, heard):
    line.sendall(b"220 here\r\n")
    heard.readline()
    line.sendall(b"250-here\r\n250 STARTTLS\r\n")
    heard.readline()
    line.sendall(b"220 go on\r\n")
    # A record that says it is long, and never is.
    line.sendall(b"\x16\x03\x03\x3f\xff")
    drip(line, b"\x02")


def dripping_end(line, heard):
    line.sendall(b"220 here\r\n")
    for answer in (b"250 here\r\n", b"250 from\r\n", b"250 to\r\n", b"354 go on\r\n"):
        heard.readline()
        line.sendall(answer)
    while heard.readline() != b".\r\n":
        pass
    drip(line)


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "bihuan.foundation.notify.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = settings.EMAIL_SECONDS = 0.5
    return settings


@pytest.mark.parametrize(
    "talk", [dripping_greeting, endless_greeting, silent, dripping_handshake, dripping_end]
)
def test_a_server_that_drips_is_left_at_the_end_of_the_whole(smtp, talk, transactional_db):
    smtp.EMAIL_USE_TLS = talk is dripping_handshake
    with server(talk) as smtp.EMAIL_PORT:
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="took too long"):
            notify.mail("wang@example.org", "s", "t", "k")
        # Each piece comes in time; the whole of them never would.
        assert time.monotonic() - began < 10


def test_a_server_that_answers_gets_the_mail(smtp, transactional_db):
    smtp.EMAIL_SECONDS = 30
    got = []

    def talk(line, heard):
        line.sendall(b"220 here\r\n")
        for answer in (b"250 here\r\n", b"250 from\r\n", b"250 to\r\n", b"354 go on\r\n"):
            got.append(heard.readline())
            line.sendall(answer)
        while (said := heard.readline()) != b".\r\n":
            got.append(said)
        line.sendall(b"250 taken\r\n")
        heard.readline()
        line.sendall(b"221 bye\r\n")

    with server(talk) as smtp.EMAIL_PORT:
        notify.mail("wang@example.org", "s", "the text", "k")
    assert b"rcpt TO:<wang@example.org>\r\n" in got
    assert b"the text\r\n" in got


def test_nobody_outside_is_asked_inside_a_transaction(settings, transactional_db):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with transaction.atomic():
        for ask in (
            lambda: notify.mail("wang@example.org", "s", "t", "k"),
            lambda: outward.post("http://127.0.0.1:9/", b"{}", {}),
            lambda: addresses("localhost", 80, Deadline(1)),
        ):
            with pytest.raises(InTransactionError):
                ask()
