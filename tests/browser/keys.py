"""Working a page by keyboard alone, as somebody does who has no mouse."""

from typing import Any

from playwright.sync_api import Page

STOPS = 400
# Where the focus is, and whether one sees it: an outline or a shadow on it or on its label,
# inside the window.
FOCUS = """(wanted) => {
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
    reached: !!wanted && at.matches(wanted),
  };
}"""
# Where each key left the focus, told by the page itself: asking after every key takes as long again.
HEAR = f"""() => {{
  window.stops = [];
  addEventListener("keyup", () => window.stops.push(({FOCUS})()), true);
}}"""
AT_ONCE = 10


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
        return "" if found is None else self._seen(found)

    def _seen(self, found: dict[str, Any]) -> str:
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
            found = self.page.evaluate(FOCUS, selector)
            if found is not None:
                self._seen(found)
                if found["reached"]:
                    return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached on {self.page.url}")

    def round(self) -> list[str]:
        """Every stop from the top of the page to its end; a trap never comes to an end."""
        stops: list[str] = []
        self.page.evaluate(HEAR)
        for _ in range(STOPS // AT_ONCE):
            self.press(*["Tab"] * AT_ONCE)
            heard = self.page.evaluate("window.stops.splice(0)")
            for found in heard:
                here = "" if found is None else self._seen(found)
                if not here or (stops and here == stops[0]):
                    return stops
                stops.append(here)
            assert len(heard) == AT_ONCE, f"a key was not heard on {self.page.url}: {stops[-1:]}"
        raise AssertionError(f"no end on {self.page.url}: {stops[-4:]}")
