"""What is too long is refused by its length, unread, at every door and in the door's own words."""

import io

import pytest
from django.core.handlers.wsgi import WSGIHandler

pytestmark = pytest.mark.django_db
MULTIPART = "multipart/form-data; boundary=x"
DOORS = {
    "/ask/": MULTIPART,
    "/follow/act": MULTIPART,
    "/services/1/apply": MULTIPART,
    "/desk/login": MULTIPART,
    "/desk/register": MULTIPART,
    "/nowhere": MULTIPART,
    "/api/v1/public/matters": "application/json",
    "/api/v1/matters/upload": MULTIPART,
    "/open311/v2/requests.xml": "application/x-www-form-urlencoded",
}


class Untouched(io.BytesIO):
    """A body nobody may read."""

    def read(self, *size):
        raise AssertionError(size)

    readline = read


def ask(path, kind, **more):
    """The status and the text of the answer to a request whose body must not be read."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": kind,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.9",
        "wsgi.input": Untouched(),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        **more,
    }
    told = []
    body = b"".join(WSGIHandler()(environ, lambda status, headers: told.append(status)))
    return int(told[0].split()[0]), body.decode()


@pytest.mark.parametrize("path", DOORS)
def test_four_hundred_megabytes_are_refused_unread(path):
    status, said = ask(path, DOORS[path], CONTENT_LENGTH=str(400 * 1024 * 1024))
    assert status == 413
    assert "32 MB" in said or "请求太大" in said


@pytest.mark.parametrize("path", ["/ask/", "/api/v1/public/matters"])
def test_what_is_hardly_too_long_is_taken_in_and_thrown_away(path, settings):
    """Whoever still writes when the line ends does not hear why: a proxy says 502."""
    settings.REQUEST_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200_000
    body = io.BytesIO(b"x" * 200_001)
    status, _ = ask(path, DOORS[path], **{"CONTENT_LENGTH": "200001", "wsgi.input": body})
    assert status == 413
    assert body.tell() == 200_001


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "how",
    [
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"SERVER_PROTOCOL": "HTTP/2.0"},
        {"CONTENT_LENGTH": "9" * 30},
        {"CONTENT_LENGTH": "-1"},
    ],
)
def test_without_a_length_nothing_is_read_and_nothing_taken_for_empty(path, how):
    status, said = ask(path, DOORS[path], **how)
    assert status == 411
    machine = path.startswith(("/api/", "/open311/"))
    assert ("长度" if machine else "请求不完整") in said


def test_an_empty_post_needs_no_length(client):
    assert client.post("/desk/login", CONTENT_LENGTH="").status_code == 403
