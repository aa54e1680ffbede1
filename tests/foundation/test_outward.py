"""Where webhooks may go: out of the house, never into it unless the operator lists the place."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bihuan.foundation.notify import outward
from bihuan.foundation.notify.outward import AddressError

INNER = {
    "loopback": "http://127.0.0.1/",
    "another loopback": "http://127.9.9.9:8000/x",
    "loopback by name": "http://localhost/",
    "loopback in one number": "http://2130706433/",
    "loopback in octal": "http://0177.0.0.1/",
    "loopback shortened": "http://127.1/",
    "loopback of version six": "http://[::1]/",
    "loopback mapped": "http://[::ffff:127.0.0.1]/",
    "loopback through nat64": "http://[64:ff9b::7f00:1]/",
    "loopback through 6to4": "http://[2002:7f00:1::]/",
    "this host": "http://0.0.0.0/",
    "this host of version six": "http://[::]/",
    "ten": "http://10.0.0.1/",
    "a hundred and seventy two": "https://172.16.3.4/hook",
    "a hundred and ninety two": "http://192.168.1.1:8080/",
    "a carrier's": "http://100.64.0.1/",
    "link-local": "http://169.254.1.1/",
    "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "link-local of version six": "http://[fe80::1]/",
    "private of version six": "http://[fd00::1]/",
    "multicast": "http://224.0.0.1/",
    "multicast of version six": "http://[ff0e::1]/",
    "broadcast": "http://255.255.255.255/",
    "documentation": "http://192.0.2.7/",
    "through a local nat64": "http://[64:ff9b:1::7f00:1]/",
    "version four in a compatible form": "http://[::127.0.0.1]/",
    "a public one in a compatible form": "http://[::808:808]/",
    "site-local": "http://[fec0::1]/",
    "a network's own": "http://192.0.0.8/",
    "an anycast relay": "http://192.88.99.1/",
    "benchmarks": "http://198.18.0.1/",
    "given to nobody": "http://240.0.0.1/",
    "teredo": "http://[2001:0:808:808::1]/",
    "6to4 of a public one": "http://[2002:808:808::1]/",
    "isatap": "http://[2400:cb00::5efe:7f00:1]/",
    "discard only": "http://[100::1]/",
    "documentation of version six": "http://[3fff::1]/",
    "nat64 of a private one": "http://[64:ff9b::a00:1]/",
}
BAD = {
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_x",
    "no host": "http:///x",
    "with a password": "http://user:secret@example.org/",
    "with a line end": "http://example.org/\r\nX: y",
    "with a blank": "http://example.org/a b",
    "a port too far": "http://example.org:99999/",
    "broken brackets": "http://[::1/",
}


@pytest.mark.parametrize("name", INNER)
def test_addresses_inside_are_refused(name):
    with pytest.raises(AddressError, match="inner_url"):
        outward.check(INNER[name])
    with pytest.raises(AddressError, match="inner_url"):
        outward.post(INNER[name], b"{}", {})


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_address_of_the_web_is_refused(name):
    with pytest.raises(AddressError, match="bad_url"):
        outward.check(BAD[name])


def test_outside_is_fine_and_so_is_what_the_operator_lists(settings):
    outward.check("https://8.8.8.8/hook")
    outward.check("http://a.example/")
    settings.WEBHOOK_HOSTS = ["LocalHost", "10.1.0.0/16", "fd00::/8"]
    for url in ("http://localhost:9/", "http://10.1.2.3/", "http://[fd12::1]/"):
        outward.check(url)
    for url in ("http://10.2.0.1/", "http://127.0.0.1/"):
        with pytest.raises(AddressError, match="inner_url"):
            outward.check(url)


def test_a_name_that_came_to_lead_inside_is_refused_at_delivery(monkeypatch):
    """The name is free to point elsewhere after it was registered."""
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 80))]
    outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    answers = [outside, inside, [*outside, *inside]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.pop(0))
    outward.check("http://moving.example/")
    for _ in range(2):
        with pytest.raises(AddressError, match="inner_url"):
            outward.post("http://moving.example/", b"{}", {})


def _dripping(piece, every):
    """A receiver that answers with `piece` again and again; returns (socket, its thread)."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _ = listening.accept()
        with line:
            try:
                while True:
                    line.sendall(piece)
                    time.sleep(every)
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    return listening, thread


@pytest.mark.parametrize("piece", [b"H", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_dripping_receiver_is_left_at_the_end_of_the_whole(settings, piece):
    """Each piece comes in time; all of them together never end."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    listening, thread = _dripping(piece, 0.05)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        outward.ask(
            f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, most=9, seconds=0.4
        )
    assert time.monotonic() - began < 2
    thread.join()
    listening.close()


def test_a_redirect_is_an_answer_and_not_a_way(settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append((self.command, self.path, self.headers["Host"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *given):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
        assert outward.post(url, b"{}", {"Content-Type": "application/json"}) == 307
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert came == [("POST", "/hook?a=1", f"127.0.0.1:{server.server_port}")]
