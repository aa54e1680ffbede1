// A bulletin is written on its paper. What comes from the records stands in it as chips and blocks that
// nobody types into; the form below holds the text with their tags, and is what is sent.
const region = document.querySelector("[data-paper]");
const tools = document.querySelector(".paper-tools");
const field = document.getElementById(region.dataset.paper);
const head = document.querySelector("[data-paper-title]");
const title = document.getElementById(head.dataset.paperTitle);
const asText = document.querySelector("[data-as-text]");

const written = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.dataset.wrote) return `{{${node.dataset.wrote}}}`;
  if (node.tagName === "BR") return "\n";
  return [...node.childNodes].map(written).join("");
};
const HOLDS = "p, h1, h2, h3, h4, div, li";
const linesOf = (node) => {
  if (node.dataset?.line) return [node.dataset.line];
  // Browsers may put a paragraph into another when one is split.
  if (node.querySelector?.(HOLDS)) return [...node.childNodes].flatMap(linesOf);
  const said = written(node).replace(/\u200b/g, "").split(/\n/);
  const lines = said.map((line) => line.replace(/[\s\u00a0]+/g, " ").trim()).filter(Boolean);
  return /^H\d$/.test(node.tagName ?? "") ? lines.map((line) => `# ${line}`) : lines;
};
let own = false;
const tell = (to, value) => {
  if (to.value === value) return;
  to.value = value;
  own = true;
  to.dispatchEvent(new Event("input", { bubbles: true }));
  own = false;
};
const told = () => tell(field, [...region.childNodes].flatMap(linesOf).join("\n"));

const fixed = (node) => node.setAttribute("contenteditable", "false");
const begin = () => {
  for (const [one, many] of [[region, "true"], [head, "false"]]) {
    one.setAttribute("contenteditable", "true");
    one.setAttribute("role", "textbox");
    one.setAttribute("aria-multiline", many);
  }
  region.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`).textContent);
  region.setAttribute("aria-describedby", "paper-hint");
  head.setAttribute("aria-label", document.querySelector(`label[for="${title.id}"]`).textContent);
  region.querySelectorAll("[data-wrote], .set").forEach(fixed);
  document.execCommand("defaultParagraphSeparator", false, "p");
  tools.hidden = false;
  asText.open = false;
};
// Whoever writes in the text itself does so until it is saved: two places that disagree are one too many.
const end = () => {
  tools.hidden = true;
  asText.open = true;
  for (const one of [region, head]) one.removeAttribute("contenteditable");
};

let place = null;
const look = () => {
  const chosen = getSelection();
  if (chosen.rangeCount && region.contains(chosen.anchorNode)) place = chosen.getRangeAt(0).cloneRange();
};
document.addEventListener("selectionchange", look);
const back = () => {
  // A busy browser tells of the last change only afterwards.
  look();
  region.focus();
  if (!place) return;
  getSelection().removeAllRanges();
  getSelection().addRange(place);
};
const insert = (option) => {
  back();
  const chip = document.createElement("span");
  chip.dataset.wrote = option.value;
  chip.textContent = option.dataset.shown;
  fixed(chip);
  const range = getSelection().getRangeAt(0);
  // Never inside another chip, or a table.
  const inside = (range.startContainer.parentElement ?? region).closest("[contenteditable=false]");
  if (inside && region.contains(inside)) range.setStartAfter(inside);
  range.collapse(true);
  range.insertNode(chip);
  range.setStartAfter(chip);
  range.collapse(true);
  told();
};

region.addEventListener("input", told);
head.addEventListener("input", () => tell(title, head.textContent.replace(/\s+/g, " ").trim()));
head.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
// Words come in, never how they looked elsewhere.
for (const one of [region, head]) {
  one.addEventListener("paste", (event) => {
    event.preventDefault();
    const words = event.clipboardData.getData("text/plain");
    document.execCommand("insertText", false, one === head ? words.replace(/\s+/g, " ") : words);
  });
  one.addEventListener("drop", (event) => event.preventDefault());
}
tools.querySelectorAll("[data-shape]").forEach((button) =>
  button.addEventListener("click", () => {
    back();
    document.execCommand("formatBlock", false, `<${button.dataset.shape}>`);
    told();
  }),
);
tools.querySelector("[data-insert]").addEventListener("change", ({ target }) => {
  if (target.value) insert(target.selectedOptions[0]);
  target.value = "";
});
for (const one of [field, title]) {
  one.addEventListener("input", () => own || end());
  one.addEventListener("invalid", () => (asText.open = true));
}
// What a lost page gave back stands in the form, not on the paper.
if (field.value === field.defaultValue && title.value === title.defaultValue) begin();
