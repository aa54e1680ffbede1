"""Anchors: told to a file, a mail, an address, and to a real authority made with OpenSSL (RFC 3161)."""

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core import mail

from bihuan.foundation.audit import api as audit
from bihuan.jobs import anchoring
from bihuan.web import words

pytestmark = pytest.mark.django_db

AUTHORITY = """
[ tsa ]
default_tsa = it
[ it ]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(*argv: object) -> None:
    subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    """Its certificates and what `openssl ts -reply` needs."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "serial").write_text("01\n")
    (folder / "conf").write_text(AUTHORITY.format(folder=folder))
    (folder / "ext").write_text(
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        "extendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\n"
        "authorityKeyIdentifier=keyid\n"
    )
    (folder / "caext").write_text(
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
        "subjectKeyIdentifier=hash\n"
    )
    for name in ("ca", "tsa"):
        openssl(
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-out",
            folder / f"{name}.key",
        )
        openssl(
            "req",
            "-new",
            "-key",
            folder / f"{name}.key",
            "-subj",
            f"/CN=test {name}",
            "-out",
            folder / f"{name}.csr",
        )
    openssl("x509", "-req", "-in", folder / "ca.csr", "-signkey", folder / "ca.key", "-days", 30,
            "-extfile", folder / "caext", "-out", folder / "ca.pem")  # fmt: skip
    openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
            "-CAcreateserial", "-days", 30, "-extfile", folder / "ext", "-out", folder / "tsa.pem")  # fmt: skip
    return folder


class Asked(BaseHTTPRequestHandler):
    folder: Path
    got: list[bytes]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(body)
        answer = b"ok"
        if self.path.startswith("/tsa"):
            (self.folder / "q.tsq").write_bytes(body if self.path == "/tsa" else self.got[0])
            openssl("ts", "-reply", "-config", self.folder / "conf", "-queryfile", self.folder / "q.tsq",
                    "-out", self.folder / "r.tsr")  # fmt: skip
            answer = (self.folder / "r.tsr").read_bytes()
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *said):
        pass


@pytest.fixture
def address(authority: Path, settings) -> Iterator[str]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    handler = type("Here", (Asked,), {"folder": authority, "got": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def sealed(house, settings, tmp_path):
    settings.ANCHORS_ROOT = tmp_path / "anchors"
    house.closed()
    audit.seal(at=house.after(days=2), until=house.after(days=2))
    return house


def test_nothing_to_tell_before_the_first_seal(house):
    with pytest.raises(anchoring.AnchorError, match="nothing is sealed yet"):
        anchoring.newest()
    # And nobody to tell it to: then the duty has nothing to do.
    anchoring.everywhere(house.at, words.text)


def test_told_to_all_at_once(sealed, settings, tmp_path, address):
    settings.ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    settings.ANCHOR_MAIL = ["audit@example.org"]
    settings.ANCHOR_WEBHOOK = [f"{address}/hook"]
    settings.ANCHOR_TSA = [f"{address}/tsa"]
    for _ in range(2):
        anchoring.everywhere(sealed.at, words.text)
    (head,) = anchoring.read(tmp_path / "anchors.jsonl")
    assert head == audit.proofs.newest()
    told = mail.outbox[0]
    assert told.to == ["audit@example.org"]
    line = next(one for one in told.body.splitlines() if one.startswith("{"))
    assert audit.proofs.read_anchor(json.loads(line)) == head
    assert not list(audit.everything(anchors=[head]))


def test_one_that_fails_keeps_no_other_from_being_told(sealed, settings, tmp_path, address):
    settings.ANCHOR_FILE = str(tmp_path / "no" / "folder")
    settings.ANCHOR_WEBHOOK = [f"{address}/broken", f"{address}/hook"]
    with pytest.raises(anchoring.AnchorError, match="answered 500"):
        anchoring.everywhere(sealed.at, words.text)


def test_an_anchor_tells_nothing_but_numbers_a_time_and_hashes(sealed):
    anchor = anchoring.newest()
    assert set(anchor) == {
        "size", "root", "at", "first_id", "last_id", "key", "public_key", "signature"
    }  # fmt: skip
    assert all(
        type(v) is int or all(c in "0123456789abcdef" for c in v) or k == "at"
        for k, v in anchor.items()
    )


def test_an_authority_stamps_it(sealed, settings, address, authority, tmp_path):
    settings.ANCHOR_TSA_ROOTS = str(authority / "ca.pem")
    kept = anchoring.stamp(f"{address}/tsa", anchoring.newest())
    assert anchoring.stamped_at(kept, authority / "ca.pem").year >= 2026
    # Anybody can check it without us.
    openssl(
        "ts",
        "-verify",
        "-data",
        kept.with_suffix(".json"),
        "-in",
        kept,
        "-CAfile",
        authority / "ca.pem",
    )
    (head,) = anchoring.read(kept.with_suffix(".json"))
    assert head.size == audit.proofs.newest().size
    kept.with_suffix(".json").write_text(kept.with_suffix(".json").read_text().replace("1", "2"))
    with pytest.raises(anchoring.AnchorError, match="does not hold"):
        anchoring.stamped_at(kept, authority / "ca.pem")


def test_a_stamp_of_another_question_is_refused(sealed, settings, address, authority):
    settings.ANCHOR_TSA_ROOTS = ""
    anchoring.stamp(f"{address}/tsa", anchoring.newest())
    with pytest.raises(anchoring.AnchorError, match="no answer to what was asked"):
        anchoring.stamp(f"{address}/tsa-again", anchoring.newest())
    with pytest.raises(anchoring.AnchorError, match="no stamp that holds"):
        anchoring.stamp(f"{address}/hook", anchoring.newest())
    assert not list(settings.ANCHORS_ROOT.glob("*.tsr"))


def test_another_authority_is_not_believed(sealed, settings, address, authority, tmp_path):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-out", tmp_path / "c",
            "-subj", "/CN=somebody else", "-days", 3)  # fmt: skip
    settings.ANCHOR_TSA_ROOTS = str(tmp_path / "c")
    with pytest.raises(anchoring.AnchorError, match="no stamp that holds"):
        anchoring.stamp(f"{address}/tsa", anchoring.newest())


def test_inner_addresses_are_not_called_unless_listed(sealed, settings):
    settings.WEBHOOK_HOSTS = []
    with pytest.raises(anchoring.AnchorError, match="BIHUAN_WEBHOOK_HOSTS"):
        anchoring.to_webhook("http://127.0.0.1:9/", anchoring.newest())


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"size": 1}', '{"size": "1"}\n{}'])
def test_what_is_no_anchor_is_said_to_be_none(tmp_path, text):
    (tmp_path / "a").write_text(text)
    with (
        pytest.raises(anchoring.AnchorError, match="cannot be read as an anchor")
        if text
        else _empty()
    ):
        assert anchoring.read(tmp_path / "a") == []


def _empty():
    from contextlib import nullcontext

    return nullcontext()


# What an anchor shows even where the intruder had everything


def test_a_log_forged_with_the_secrets_is_named_by_an_anchor_alone(sealed, unlocked):
    from bihuan.foundation.audit import outside
    from bihuan.foundation.audit.models import Event, Node, Seal

    anchor = audit.proofs.newest()
    Event.objects.filter(pk=Event.objects.earliest("pk").pk).update(hash="f" * 64)
    Seal.objects.all().delete()
    Node.objects.all().delete()
    outside.path().unlink()
    audit.seal(at=sealed.after(days=3), until=sealed.after(days=3))
    found = [f.what for f in audit.everything(anchors=[anchor]) if f.where.startswith("anchor")]
    assert found == ["today's log does not begin with the one that was anchored"]


def test_a_log_that_lost_its_tail_is_named_by_an_anchor_alone(sealed, unlocked):
    from bihuan.foundation.audit import outside
    from bihuan.foundation.audit.models import Event, Node, Seal

    anchor = audit.proofs.newest()
    Event.objects.filter(pk__gte=anchor.last_id).delete()
    Seal.objects.all().delete()
    Node.objects.all().delete()
    outside.path().unlink()
    audit.seal(at=sealed.after(days=3), until=sealed.after(days=3))
    assert any("events only" in f.what for f in audit.everything(anchors=[anchor]))
