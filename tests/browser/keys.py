"""Working a page by keyboard alone, as somebody does who has no mouse."""

from playwright.sync_api import Page

STOPS = 400
# Where the focus is, and whether one sees it: an outline or a shadow on it or on its label,
# inside the window.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const drawn = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1)
      || style.boxShadow !== 'none';
  };
  const box = at.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const label = at.closest('label');
  return {
    seen: inside && (drawn(at) || (label !== null && drawn(label))),
    html: at.outerHTML.slice(0, 160),
  };
}"""


class Keys:
    """The keyboard of a page; every place where the focus rests must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def load(self) -> None:
        """Enter, where it leads to another page."""
        with self.page.expect_navigation():
            self.press("Enter")

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focus(self) -> str:
        """What has the focus, in HTML; '' for nothing. It must be seen."""
        found = self.page.evaluate(FOCUS)
        if found is None:
            return ""
        assert found["seen"], f"the focus is not seen on {self.page.url}: {found['html']}"
        return str(found["html"])

    def on(self, selector: str) -> bool:
        return bool(
            self.page.evaluate(
                "s => !!document.activeElement && document.activeElement.matches(s)", selector
            )
        )

    def to(self, selector: str) -> None:
        """Goes on with Tab until it is reached."""
        for _ in range(STOPS):
            if self.on(selector):
                self.focus()
                return
            self.press("Tab")
            self.focus()
        raise AssertionError(f"{selector} is not reached on {self.page.url}")

    def round(self) -> list[str]:
        """Every stop from the top of the page to its end; a trap never comes to an end."""
        stops = []
        for _ in range(STOPS):
            self.press("Tab")
            here = self.focus()
            if not here or (stops and here == stops[0]):
                return stops
            stops.append(here)
        raise AssertionError(f"no end on {self.page.url}: {stops[-4:]}")
