"""deploy/nginx.conf and deploy/Caddyfile before a real server: https, log-in, addresses, uploads, Open311."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from place import Places

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME, PASSWORD = "voice.example.org", "Long-enough-77"
TOOLS = f"{os.environ.get('PATH', '')}:/usr/sbin"
# Where there is Caddy the same is asked of it; nginx is brought by `.ci/run`.
PROXIES = ["nginx", *(["caddy"] if shutil.which("caddy", path=TOOLS) else [])]
# Free tries of query codes from one origin, from `foundation/access/tries.py`.
FREE = 10


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for one in probes:
        one.bind(("127.0.0.1", 0))
    found = [one.getsockname()[1] for one in probes]
    for one in probes:
        one.close()
    return found


def certificate(folder: Path) -> None:
    """A certificate that signs itself, for NAME, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, at = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]),
        datetime.now(UTC),
    )
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, form, plain)
    (folder / "privkey.pem").write_bytes(private)


def nginx(folder: Path, plain: int, secure: int, behind: int) -> list[str]:
    """The example as it is but for ports and folders, in as little as nginx needs around it."""
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen [::]:80;", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"), ("listen [::]:443 ssl http2;", ""),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"), ("/etc/ssl/bihuan", str(folder)),
        ("/var/cache/nginx/bihuan", str(folder / "kept")),
    ):  # fmt: skip
        assert site.count(old) == (2 if old == "/etc/ssl/bihuan" else 1), old
        site = site.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    whole = folder / "whole.conf"
    whole.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n{own}{site}}}\n",
        encoding="utf-8",
    )
    return ["nginx", "-p", str(folder), "-c", str(whole)]


def caddy(folder: Path, plain: int, secure: int, behind: int) -> list[str]:
    """The same of Caddy."""
    site = (
        (DEPLOY / "Caddyfile")
        .read_text(encoding="utf-8")
        .replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    )
    tls = f"{NAME} {{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem"
    site = re.sub(rf"^{re.escape(NAME)} \{{", tls, site, flags=re.MULTILINE)
    whole = folder / "Caddyfile"
    head = f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n}}\n"
    whole.write_text(head + site, encoding="utf-8")
    return ["caddy", "run", "--config", str(whole), "--adapter", "caddyfile"]


class Browser:
    """Requests over https from one address, with the cookies that were given."""

    def __init__(self, secure: int, folder: Path, source: str) -> None:
        self.secure, self.source = secure, source
        self.trust = ssl.create_default_context(cafile=folder / "fullchain.pem")
        self.cookies: dict[str, str] = {}

    def ask(self, method, path, body=None, **headers):
        """Status, headers and text of an answer."""
        line = HTTPSConnection(
            "127.0.0.1", self.secure, source_address=(self.source, 0), timeout=60
        )
        line.sock = self.trust.wrap_socket(
            socket.create_connection(("127.0.0.1", self.secure), source_address=(self.source, 0)),
            server_hostname=NAME,
        )
        home = f"https://{NAME}:{self.secure}"
        told = {
            "Host": f"{NAME}:{self.secure}",
            "Accept-Language": "en",
            "Referer": f"{home}/desk/login",
        }
        told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, told | headers)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            assert "Secure" in cookie or not cookie.startswith(("csrftoken", "sessionid"))
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, text

    def log_in(self, username, password):
        """The status of the log-in's form, sent."""
        _, _, page = self.ask("GET", "/desk/login")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", "/desk/login", urlencode(form), **kind)[0]


@pytest.fixture(scope="module", params=PROXIES)
def proxied(request, tmp_path_factory) -> Iterator[tuple[int, int, Path]]:
    """An installation that serves behind the proxy: its ports without and with https, its folder."""
    folder = tmp_path_factory.mktemp("proxy")
    certificate(folder)
    plain, secure, behind = free_ports(3)
    command = {"nginx": nginx, "caddy": caddy}[request.param](folder, plain, secure, behind)
    command[0] = shutil.which(command[0], path=TOOLS) or command[0]
    if request.param == "nginx":
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
    shelf = Places(tmp_path_factory.mktemp("proxied"))
    place = shelf.built()
    place.env = {
        "BIHUAN_PUBLIC_URL": f"https://{NAME}:{secure}",
        "BIHUAN_TRUSTED_PROXIES": "127.0.0.1",
        "XDG_DATA_HOME": str(folder),
    }
    done, *_ = place.together(
        ["user", "password", "desk", "--lasting", "--password-stdin", f"<{PASSWORD}\n"]
    )
    assert done.returncode == 0, done.stderr
    server = place.start("serve", "--no-work", "--port", str(behind), stdout=subprocess.DEVNULL)
    front = subprocess.Popen(command, env=place.environment(), stderr=subprocess.DEVNULL)
    try:
        wait_for(secure, folder, server, front)
        yield plain, secure, folder
    finally:
        for one in (front, server):
            one.terminate()
            one.wait(30)
        shelf.close()


def wait_for(secure: int, folder: Path, *running: subprocess.Popen) -> None:
    for _ in range(300):
        assert all(one.poll() is None for one in running)
        try:
            if Browser(secure, folder, "127.0.0.1").ask("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("nothing answers")


def test_who_comes_without_https_is_led_to_it(proxied):
    plain, _, _ = proxied
    with socket.create_connection(("127.0.0.1", plain)) as line:
        line.sendall(f"GET /ask?x=1 HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        told = line.recv(4096).decode()
    assert re.match(r"HTTP/1.1 30[18] ", told)
    assert re.search(rf"(?i)location: https://{NAME}(:\d+)?/ask\?x=1", told)


def test_one_logs_in_behind_it(proxied):
    _, secure, folder = proxied
    browser = Browser(secure, folder, "127.0.0.2")
    assert browser.log_in("desk", PASSWORD) == 302
    status, headers, _ = browser.ask("GET", "/desk/")
    assert status == 200
    assert "max-age" in headers["Strict-Transport-Security"]


def test_everybody_counts_by_their_own_address_and_none_that_they_made_up(proxied):
    _, secure, folder = proxied
    one, other = (Browser(secure, folder, f"127.0.0.{n}") for n in (3, 4))
    body, kind = json.dumps({"code": "ABCD-EFGH-JKLM"}), {"Content-Type": "application/json"}
    asked = ("POST", "/api/v1/public/follow", body)
    forged = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(FREE + 1)]
    told = [one.ask(*asked, **kind, **more)[0] for more in forged]
    assert told == [404] * FREE + [429]
    assert other.ask(*asked, **kind)[0] == 404


def test_what_is_too_long_is_told_so_by_the_house_and_far_too_long_by_nginx(proxied):
    _, secure, folder = proxied
    if not (folder / "whole.conf").exists():
        # Caddy passes on as it reads, so the line ends when the house refuses.
        return
    browser = Browser(secure, folder, "127.0.0.5")
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    status, _, page = browser.ask("POST", "/ask/", b"x" * (32 * 1024 * 1024 + 1), **kind)
    assert (status, "Too much content" in page) == (413, True)
    far = {"Content-Length": str(40 << 20)}
    status, _, page = browser.ask("POST", "/ask/", "", **kind, **far)
    assert (status, "Too much content" in page) == (413, False)


def test_styles_are_kept_for_a_year(proxied):
    _, secure, folder = proxied
    browser = Browser(secure, folder, "127.0.0.6")
    _, _, page = browser.ask("GET", "/")
    style = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    packed = {"Accept-Encoding": "br"}
    _, first, _ = browser.ask("GET", style, **packed)
    status, second, _ = browser.ask("GET", style, **packed)
    assert (status, second["Content-Encoding"]) == (200, "br")
    assert "immutable" in second["Cache-Control"]
    if "X-Cache" in first:
        assert (first["X-Cache"], second["X-Cache"]) == ("MISS", "HIT")


def test_an_open311_client_posts_through_it(proxied):
    _, secure, folder = proxied
    browser = Browser(secure, folder, "127.0.0.7")
    form = {
        "service_code": "public_voice.voice.complaint",
        "description": "路灯不亮，夜里看不见路。",
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, text = browser.ask("POST", "/open311/v2/requests.json", urlencode(form), **kind)
    assert status in (200, 201), text
    assert json.loads(text)[0]["service_request_id"]
