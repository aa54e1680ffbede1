"""Somebody before a page, counted: what bar J1's journeys are walked with.

Seconds are those of the keystroke-level model of Card, Moran and Newell (1980): 1.35 s to decide and 1.1 s to
point and press for each press and each field, 0.28 s for each character, 0.8 s for each scroll, and what the
machine really took.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any

DECIDE, POINT, KEY, SCROLL = 1.35, 1.1, 0.28, 0.8
# Milliseconds that somebody looks for what is not there.
WAIT = 6_000


class LostError(Exception):
    """Something of the way is not there."""


@dataclass
class Tally:
    presses: int = 0
    fields: int = 0
    required: int = 0
    characters: int = 0
    scrolls: int = 0
    machine: float = 0.0
    stumbles: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        by_hand = (self.presses + self.fields) * (DECIDE + POINT) + self.characters * KEY
        return by_hand + self.scrolls * SCROLL + self.machine


class Walker:
    """Somebody before a page. Selectors are given as several ways; the first that is there is taken."""

    def __init__(self, page: Any) -> None:
        self.page, self.tally = page, Tally()
        page.on("pageerror", lambda error: self.tally.stumbles.append(f"script: {error}"))
        page.on("response", self._response)

    def _response(self, answer: Any) -> None:
        if answer.request.resource_type == "document" and answer.status >= 400:
            self.tally.stumbles.append(f"{answer.status} {re.sub(r'[0-9]+', 'N', answer.url)}")

    def begin(self, path: str) -> None:
        """Where the journey begins; what was counted before does not count."""
        self.page.goto(path, wait_until="load")
        self.tally = Tally()

    def find(self, *ways: str, seen: bool = True) -> Any:
        until = time.monotonic() + WAIT / 1000
        while True:
            for way in ways:
                found = self.page.locator(way)
                for n in range(found.count()):
                    if not seen or found.nth(n).is_visible():
                        return found.nth(n)
            if time.monotonic() > until:
                raise LostError(" / ".join(ways))
            self.page.wait_for_timeout(50)

    def there(self, *ways: str) -> bool:
        return any(self.page.locator(way).first.is_visible() for way in ways)

    def _reach(self, found: Any) -> None:
        """Scrolls as often as a screenful at a time takes."""
        off = found.evaluate(
            """one => { const {top, bottom} = one.getBoundingClientRect();
            return top < 0 ? -top / innerHeight : bottom > innerHeight ? (bottom - innerHeight) / innerHeight : 0 }"""
        )
        self.tally.scrolls += int(off + 0.999)
        found.scroll_into_view_if_needed()

    def tap(self, *ways: str) -> None:
        found = self.find(*ways)
        self._reach(found)
        self.tally.presses += 1
        begun = time.monotonic()
        found.click()
        self.page.wait_for_load_state("load")
        self.page.wait_for_timeout(120)
        self.tally.machine += time.monotonic() - begun - 0.12

    def go(self, path: str) -> None:
        """By a link that is on the screen, or in the menu that must be opened first."""
        link = f"a[href='{path}'], a[href^='{path}?']"
        until = time.monotonic() + 1
        while not self._shown(link) and time.monotonic() < until:
            self.page.wait_for_timeout(50)
        if not self._shown(link):
            self.tap("nav .rest > summary", "nav details > summary", "header details > summary")
        self.tap(*link.split(", "))

    def _shown(self, link: str) -> bool:
        found = self.page.locator(link)
        return any(found.nth(n).is_visible() for n in range(found.count()))

    def type(self, way: str, text: str, *more: str) -> None:
        found = self.find(way, *more)
        self._reach(found)
        self.tally.fields += 1
        self.tally.characters += len(text)
        self.tally.required += found.evaluate("one => one.required ? 1 : 0")
        found.click()
        found.press_sequentially(text)

    def pick(self, way: str, text: str, *more: str) -> None:
        """An organisation or a person by a few characters of its name."""
        self.type(way, text, *more)
        option = self.find("[role=option]")
        self.tally.presses += 1
        option.click()

    def choose(self, way: str, value: str | int) -> None:
        found = self.find(way)
        self._reach(found)
        self.tally.fields += 1
        self.tally.required += found.evaluate("one => one.required ? 1 : 0")
        found.select_option(**({"index": value} if isinstance(value, int) else {"value": value}))

    def sort(self) -> None:
        """Which sort of message it is, where that is asked."""
        if self.there("input[name=category]"):
            self.tap("input[name=category][value=complaint]", "input[name=category]")
            self.tally.required += 1
        elif self.there("select[name=category]"):
            self.choose("select[name=category]", "complaint")

    def step(self, action: str) -> str:
        """Opens a step of a matter where it is folded; the form's way."""
        form = f"form[action$='/act/{action}']"
        self.find(form, seen=False)
        if not self.there(f"{form} [type=submit]"):
            self.tap(f"details:has({form}) > summary")
        return form

    def refused(self) -> None:
        for box in self.page.locator("main .bad:visible, main .field-error:visible").all()[:1]:
            self.tally.stumbles.append("refused: " + " ".join(box.inner_text().split())[:80])
