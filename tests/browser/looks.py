"""What axe is asked about a page. Contrast is three quarters of its work, and it hangs on nothing but how
a text looks: each look is judged once, wherever it is met first, all other rules on every page.

The look of a text is what all around it looks like, from the page down to it, as it is computed. A look
that axe could not judge, as something lay over it, is asked about again on the next page that has it.
"""

from house import JUDGE
from playwright.sync_api import Page

# How many texts of one look are judged on the page that has it first: something may lie over one.
EACH = 2
# Marks texts of looks that are not known yet, and tells their looks.
MARK = """(known) => {
    document.querySelectorAll("[data-look]").forEach((one) => one.removeAttribute("data-look"));
    const around = new Map();
    const ground = (one) => {
        if (!one) return "";
        let told = around.get(one);
        if (told === undefined) {
            const style = getComputedStyle(one);
            told = [
                ground(one.parentElement), one.localName, one.getAttribute("class"), one.getAttribute("style"),
                style.backgroundColor, style.backgroundImage, style.opacity, style.position, style.filter,
                style.mixBlendMode, one.matches(":disabled, [aria-disabled=true], [inert]"),
            ].join("\\n");
            // A short name for what is long: the same for the same, on every page.
            let high = 0xdeadbeef, low = 0x41c6ce57;
            for (let n = 0; n < told.length; n++) {
                high = Math.imul(high ^ told.charCodeAt(n), 2654435761);
                low = Math.imul(low ^ told.charCodeAt(n), 1597334677);
            }
            told = (high >>> 0).toString(36) + (low >>> 0).toString(36);
            around.set(one, told);
        }
        return told;
    };
    const met = new Map();
    for (const one of document.body.querySelectorAll("*")) {
        const field = one.matches("input:not([type=hidden]), select, textarea");
        const words = field ? one.value : [...one.childNodes].map((held) => held.nodeType === 3 ? held.data : "").join("");
        if (!(field || words.trim()) || !one.checkVisibility({ visibilityProperty: true })) continue;
        const style = getComputedStyle(one), label = one.closest("label");
        const look = [
            ground(one), style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextFillColor,
            one.type, /[\\p{L}\\p{N}]/u.test(words), label?.control?.disabled,
        ].join(" ");
        if (!met.has(look)) met.set(look, []);
        met.get(look).push(one);
    }
    const seen = new Set(known.split("\\n")), fresh = [];
    for (const [look, texts] of met) {
        if (seen.has(look)) continue;
        fresh.push(look);
        for (const one of texts.slice(0, EACH)) one.dataset.look = fresh.length - 1;
    }
    return fresh;
}""".replace("EACH", str(EACH))
# Only what is wrong leaves the page: all that is right weighs a hundred times as much.
ASK = """async (only) => {
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-look]" }] });
    const found = await axe.run({
        resultTypes: ["violations", "incomplete"], xpath: false, elementRef: true,
        ...(only ? { runOnly: only } : {}),
    });
    const open = found.incomplete.filter((one) => one.id === "color-contrast");
    return {
        told: found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((n) => n.html)]),
        open: open.flatMap((one) => one.nodes.map((n) => Number(n.element.dataset.look))),
        wide: document.documentElement.scrollWidth - innerWidth,
    };
}"""


class Looks:
    """The looks that were judged, over all pages of a run."""

    def __init__(self) -> None:
        self.known: dict[str, None] = {}

    def judge(self, page: Page, *, contrast_only: bool = False) -> list[str]:
        """What axe finds in the page as it stands, and whether it is wider than the screen."""
        # As one text: each thing of a list is wrapped on its way to the browser.
        fresh = page.evaluate(MARK, "\n".join(self.known))
        if not page.evaluate("typeof window.axe === 'object'"):
            page.add_script_tag(url=JUDGE)
        found = page.evaluate(ASK, ["color-contrast"] if contrast_only else None)
        told = [f"{name}: {nodes}" for name, nodes in found["told"]]
        if not told:
            left = set(found["open"])
            self.known |= dict.fromkeys(one for n, one in enumerate(fresh) if n not in left)
        return [*told, f"{found['wide']} px too wide"] if found["wide"] > 0 else told


def too_wide(page: Page) -> list[str]:
    """Whether anything is wider than the screen. Charts are drawn anew a moment after it has another
    width."""
    return page.evaluate("""async () => {
        let wide = 0;
        for (let n = 0; n < 20; n++) {
            wide = document.documentElement.scrollWidth - innerWidth;
            if (wide <= 0) return [];
            await new Promise((done) => setTimeout(done, 50));
        }
        return [`${wide} px too wide`];
    }""")
