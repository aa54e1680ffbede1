"""Bar S4: no page of any face asks another host for anything; the `visit` fixture watches."""

import pytest
from house import PASSWORD

from bihuan.outcomes.publicity import api as publicity

pytestmark = pytest.mark.browser


def log_in(page, name):
    page.goto("/desk/login")
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("#main button[type=submit], main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "login" not in url)


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        (None, ["/", "/ask", "/follow", "/promise", "/privacy", "/published", "/published/{published}", "/no-such-page", "/desk/login"]),
        # Of every page tests/browser/test_barriers.py opens, `visit` says the same; here what comes later, too.
        pytest.param("desk", ["/desk/", "/desk/register", "/desk/import", "/desk/matters/{matter}", "/desk/matters/{matter}/dates", "/desk/matters/{matter}/slip", "/desk/publications", "/desk/publications/{published}", "/desk/inbox", "/desk/me"], marks=pytest.mark.again),
        pytest.param("admin", ["/studio/", "/studio/orgs/{org}", "/studio/people", "/studio/people/{person}", "/studio/programmes", "/studio/programmes/public_voice", "/studio/calendar", "/studio/upkeep"], marks=pytest.mark.again),
    ],
    ids=["portal", "desk", "studio"],
)  # fmt: skip
def test_only_this_host_is_asked(visit, today, who, paths):
    opened = today.answered()
    today.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    publicity.publish(row.pk, version=row.version, actor=today.actor("publisher"), at=today.at)
    page = visit("/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    if who is not None:
        log_in(page, who)
    names = {
        "matter": opened.matter.pk,
        "published": row.pk,
        "org": today.org("city").pk,
        "person": today.person("desk").pk,
    }
    for path in paths:
        answer = page.goto(path.format(**names), wait_until="networkidle")
        assert answer.status == (404 if "no-such" in path else 200), path
    origin = page.evaluate("location.origin")
    assert len(asked) > len(paths), "pages bring their styles and scripts"
    assert [url for url in asked if not url.startswith((f"{origin}/", "data:"))] == []
