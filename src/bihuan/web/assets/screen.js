// A screen nobody stands at: it renews itself, turns its pages, and says so when it cannot.
import { draw, forget } from "./chart.js";
import "./clock.js";

const EVERY = 5 * 60 * 1000;
// While lost: a network may be told of before anything can be fetched through it.
const AGAIN = 10 * 1000;
const TURN = 20 * 1000;
const DAY = 24 * 60 * 60 * 1000;
const born = Date.now();
const lost = document.getElementById("lost");
const halt = document.getElementById("halt");
let current = 0;

const show = () => {
  const slides = [...document.querySelectorAll("[data-slide]")];
  slides.forEach((slide, n) => (slide.hidden = n !== current % slides.length));
};

const turn = () => {
  if (halt.getAttribute("aria-pressed") === "true") return;
  current += 1;
  show();
};

const renew = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    // Once a day the whole page, so that nothing piles up; only when there is a page to get.
    if (Date.now() - born > DAY) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("screen");
    forget();
    document.getElementById("screen").replaceWith(document.adoptNode(fresh));
    show();
    draw();
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
};

halt.hidden = false;
halt.addEventListener("click", () => {
  const stopped = halt.getAttribute("aria-pressed") === "true";
  halt.setAttribute("aria-pressed", `${!stopped}`);
});
show();
setInterval(turn, TURN);
setInterval(renew, EVERY);
setInterval(() => lost.hidden || renew(), AGAIN);
addEventListener("offline", () => (lost.hidden = false));
addEventListener("online", renew);
