// A receipt is copied, or drawn as a picture to keep: by this page alone, nothing of it leaves the browser.
const say = (button, text) => {
  const told = document.getElementById("kept-told");
  if (told) told.textContent = text;
  if (!text) return;
  const label = button.lastChild;
  const before = label.textContent;
  if (before === text) return;
  label.textContent = text;
  setTimeout(() => (label.textContent = before), 2500);
};

const copy = async (button) => {
  const text = document.getElementById(button.dataset.copy).textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
    say(button, button.dataset.done);
  } catch {
    // Without https there is no clipboard: what is selected is copied the old way.
    const range = document.createRange();
    range.selectNodeContents(document.getElementById(button.dataset.copy));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    say(button, document.execCommand("copy") ? button.dataset.done : button.dataset.failed);
  }
};

const WIDTH = 720;
const EDGE = 40;
const FONT = 'system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif';

// Broken where the line is full: between Chinese characters, and between words of others.
const PIECES = /[\w.:,-]+\s*|./gsu;
const broken = (pen, text, most) => {
  const found = [];
  let line = "";
  for (const [letter] of text.matchAll(PIECES)) {
    if (line && pen.measureText(line + letter).width > most) {
      found.push(line.trimEnd());
      line = "";
    }
    line += letter;
  }
  return [...found, line];
};

const pictureOf = (svg) =>
  new Promise((done, failed) => {
    const image = new Image();
    const drawing = svg.cloneNode(true);
    drawing.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    drawing.setAttribute("width", "240");
    drawing.setAttribute("height", "240");
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`;
  });

const lines = (card) => {
  const found = [[card.dataset.title, 30, "700", 24]];
  found.push([card.querySelector("#code-label").textContent, 22, "400", 6]);
  found.push([card.querySelector("#code-text").textContent.trim(), 52, "700", 24]);
  for (const name of card.querySelectorAll("dl dt")) {
    found.push([`${name.textContent}  ${name.nextElementSibling.textContent.trim().replace(/\s+/g, " ")}`, 24, "400", 12]);
  }
  return found;
};

const keepPicture = async (button) => {
  const card = document.getElementById(button.dataset.keepPicture);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const set = (size, weight) => (pen.font = `${weight} ${size}px ${FONT}`);
  const rows = lines(card).flatMap(([text, size, weight, after]) => {
    set(size, weight);
    const parts = broken(pen, text, WIDTH - 2 * EDGE);
    return parts.map((part, at) => [part, size, weight, at === parts.length - 1 ? after : 4]);
  });
  const svg = card.querySelector(".qr svg");
  const height = rows.reduce((sum, [, size, , after]) => sum + size + after, 2 * EDGE) + (svg ? 270 : 0);
  canvas.width = WIDTH;
  canvas.height = height;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, height);
  pen.fillStyle = "#1f242b";
  pen.textBaseline = "top";
  let top = EDGE;
  for (const [text, size, weight, after] of rows) {
    set(size, weight);
    pen.fillText(text, EDGE, top);
    top += size + after;
  }
  if (svg) pen.drawImage(await pictureOf(svg), EDGE, top + 10, 240, 240);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = button.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(button, button.dataset.done);
};

document.addEventListener("click", ({ target }) => {
  const copying = target.closest("[data-copy]");
  if (copying) copy(copying);
  const keeping = target.closest("[data-keep-picture]");
  if (keeping) keepPicture(keeping);
});
