"""What is judged once is judged: axe finds each planted fault on a page, though the pages before it knew
all that stands around it."""

import pytest

pytestmark = pytest.mark.browser

GREY = "color: rgb(150, 150, 150); background: rgb(255, 255, 255)"
PLANTED = {
    # Contrast, which each look of a text is asked about once.
    "color-contrast": f"<p style='{GREY}'>淡字</p>",
    "color-contrast by what is around": f"<div style='{GREY}'><p>淡字</p></div>",
    "color-contrast by a rule": "<style>main p.pale { color: rgb(150, 150, 150) }</style><p class=pale>淡字</p>",
    "color-contrast of a field": f"<label>名<input style='{GREY}' value='淡字'></label>",
    # One of each kind that every page is asked about.
    "image-alt": "<img src='data:,'>",
    "label": "<input>",
    "button-name": "<button></button>",
    "link-name": "<a href='/'></a>",
    "list": "<ul><p>一</p></ul>",
    "aria-valid-attr-value": "<p aria-live=loud>一</p>",
    "aria-required-attr": "<div role=checkbox tabindex=0>一</div>",
    "heading-order": "<h5>一</h5>",
    "accesskeys": "<button accesskey=x>一</button><button accesskey=x>二</button>",
    "nested-interactive": "<button>一<a href='/'>二</a></button>",
    "landmark-no-duplicate-main": "<main>一</main>",
}
PLANT = """(html) => {
    const held = document.createRange().createContextualFragment(html);
    document.querySelector("main").append(held);
}"""


def test_each_planted_fault_is_found_beside_what_is_known(visit, today, looks):
    page = visit("/promise", bypass_csp=True)
    assert looks.judge(page) == []
    for name, html in PLANTED.items():
        page.goto("/promise")
        page.evaluate(PLANT, html)
        found = {one.partition(":")[0] for one in looks.judge(page)}
        assert name.partition(" ")[0] in found, name


def test_a_look_that_could_not_be_judged_is_asked_about_again(visit, today, looks):
    page = visit("/promise", bypass_csp=True)
    pale = "<p style='color: rgb(150, 150, 150); font-size: 13px'>%s</p>"
    # One character may be a picture: axe leaves it to people.
    page.evaluate(PLANT, pale % "淡")
    assert looks.judge(page) == []
    page.evaluate(PLANT, pale % "淡字")
    # Each look is judged where it is met first on a page, and twice: the second one is the word.
    assert [one.partition(":")[0] for one in looks.judge(page)] == ["color-contrast"]
