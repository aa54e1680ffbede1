// A computer in a hall, used by one visitor after another: nothing of the last one is left.
import { forget } from "./drafts.js";

const WARNING = 20;
// A number that was taken is read, printed and left alone sooner than a form.
const SLIP = 20 * 1000;
const home = () => document.body.dataset.home;

const leave = () => {
  forget();
  location.replace(home());
};

// What a form was answered with can be asked for again by "back" or "reload", form and all. The
// entry becomes the start page's.
const unpost = () => {
  if (document.body.hasAttribute("data-posted")) history.replaceState(null, "", home());
};

const idle = (seconds) => {
  const box = document.getElementById("still-here");
  const left = document.getElementById("still-here-left");
  let last = Date.now();
  const alive = () => {
    if (!box.open) last = Date.now();
  };
  box.addEventListener("close", alive);
  for (const name of ["pointerdown", "keydown", "input", "scroll", "touchstart"]) {
    addEventListener(name, alive, { passive: true, capture: true });
  }
  // By the clock, not by counting: a machine that slept has been idle too.
  const watch = setInterval(() => {
    const over = seconds - Math.floor((Date.now() - last) / 1000);
    if (over <= 0) {
      // Once: a second leave would break off the first.
      clearInterval(watch);
      leave();
    } else if (over <= Math.min(WARNING, seconds / 2)) {
      left.textContent = over;
      if (!box.open) box.showModal();
    }
  }, 500);
};

export const terminal = () => {
  // A page kept in memory for "back" holds what was typed there.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && (document.body.dataset.terminal || document.body.dataset.person)) location.reload();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-afresh]")) return;
    event.preventDefault();
    leave();
  });
  const seconds = Number(document.body.dataset.terminal);
  if (!seconds) return;
  unpost();
  if (document.querySelector(".machine .slip")) return void setTimeout(leave, SLIP);
  // The start page needs no clearing: nobody typed there.
  if (location.pathname !== home()) idle(seconds);
};

// The browser's own memory of names and telephones belongs to whoever typed them.
export const unremembered = (form) => {
  if (!document.body.dataset.terminal) return;
  form.autocomplete = "off";
  for (const field of form.elements) field.autocomplete = "off";
};
