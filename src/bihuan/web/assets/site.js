// Every page works without this file; it only saves people steps.
import htmx from "htmx.org";
import { bell, permit } from "./bell.js";
import { steps } from "./bulk.js";
import { choose } from "./choose.js";
import { forget, keep, leaveOthers, settle } from "./drafts.js";
import "./keeping.js";
import { later } from "./later.js";
import { lines } from "./lines.js";
import { passkey } from "./passkey.js";
import { watch } from "./sealed.js";
import { shrink } from "./shrink.js";
import { terminal, unremembered } from "./terminal.js";

htmx.config.includeIndicatorStyles = false;
// Pages hold people's affairs: none is kept in this browser to go back to, it is asked for again.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
// What gets the focus comes into view: the mistake, or the word that it is done.
htmx.config.scrollIntoViewOnBoost = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
// What an element asks for goes where that element says: a form's own target is not its parts'.
htmx.config.disableInheritance = true;
window.htmx = htmx;

const typing = (element) =>
  element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

// A second click on "send" would be caught by the form's key anyway; this spares the wait.
const once = (form) =>
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((b) => (b.disabled = true)), 0);
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((b) => (b.disabled = false)), 4000);
  });

// Keyboard: j and k walk a list, Enter opens, / searches, n registers, ? shows the keys.
const rows = () => [...document.querySelectorAll("[data-row]")];
const walk = (step) => {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  next.querySelector("a")?.focus();
};
const go = (selector) => {
  const found = document.querySelector(selector);
  if (!found) return;
  if (found.matches("a")) found.click();
  else found.focus();
};
// Ctrl K, or ⌘ K: the box over everything, from wherever one is.
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    go("[data-key='k']");
  }
});
// Arrows walk what was found so far; Escape goes back to the box, then out of it.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(".seek");
  if (!box) return;
  const all = [box.querySelector("input"), ...box.querySelectorAll(".found-now a")];
  const at = all.indexOf(document.activeElement);
  if (event.key === "ArrowDown") all[Math.min(all.length - 1, at + 1)].focus();
  else if (event.key === "ArrowUp") all[Math.max(0, at - 1)].focus();
  else if (event.key === "Escape" && at > 0) all[0].focus();
  else if (event.key === "Escape") document.activeElement.blur();
  else return;
  event.preventDefault();
});
// A menu that is open closes when one goes elsewhere.
const MENUS = "details.who, details.sheet, details.portal-more";
const close = (elsewhere) =>
  document.querySelectorAll(MENUS).forEach((one) => one.contains(elsewhere) || one.removeAttribute("open"));
document.addEventListener("click", ({ target }) => close(target));
document.addEventListener("focusin", ({ target }) => close(target));
document.addEventListener("keydown", ({ key }) => key === "Escape" && close(null));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const acts = {
    j: () => walk(1),
    k: () => walk(-1),
    "/": () => go("[data-key='/']"),
    n: () => go("[data-key='n']"),
    q: () => go("[data-key='q']"),
    x: () => document.querySelector("button[data-key='x']")?.click(),
    "?": () => document.querySelector("#keys")?.toggleAttribute("hidden"),
  };
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
});

document.addEventListener("click", (event) => {
  const phrase = event.target.closest("[data-phrase]");
  if (phrase) {
    const field = document.getElementById(phrase.dataset.for);
    if (field) {
      field.setRangeText(phrase.dataset.phrase, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
  }
  const printer = event.target.closest("[data-print]");
  if (printer) window.print();
  const all = event.target.closest("[data-check-all]");
  if (all) document.querySelectorAll("input[name=pick]").forEach((box) => (box.checked = all.checked));
});

document.addEventListener("submit", ({ target }) => target.hasAttribute("data-leave") && forget());
// The link leads to the same form as it comes.
document.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-clear]");
  if (!clear) return;
  // One press beside "send" must not cost what was typed.
  if (confirm(clear.dataset.clear)) forget();
  else event.preventDefault();
});
leaveOthers();
terminal();
watch();
bell();
// The whole page at first, then every part that htmx puts in.
htmx.onLoad((part) => {
  // Before everything else that listens for a form's being sent.
  part.querySelectorAll("input[type=file][accept*=image]").forEach(shrink);
  settle(part);
  part.querySelectorAll("form[method=post]").forEach(unremembered);
  part.querySelectorAll("form[method=post]").forEach(keep);
  part.querySelectorAll("form[method=post]").forEach(once);
  part.querySelectorAll("[data-choose]").forEach(choose);
  part.querySelectorAll("[data-rows]").forEach(lines);
  part.querySelectorAll("[data-permit]").forEach(permit);
  part.querySelectorAll("[data-steps]").forEach(steps);
  part.querySelectorAll("form[data-passkey]").forEach(passkey);
});
// A refusal is a page too: it says what to do now.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.boosted) return;
  detail.shouldSwap = true;
  detail.isError = false;
});
// A connection that is lost leaves the page and what was typed as they are; somebody must say so.
const offline = (lost) => {
  const notice = document.getElementById("offline");
  if (!notice) return;
  notice.hidden = !lost;
  if (lost) notice.focus();
};
document.addEventListener("htmx:sendError", ({ detail }) => detail.boosted && !later(detail.elt) && offline(true));
// A screen that asks for itself again says when it no longer gets an answer.
const stale = (lost) => {
  const notice = document.getElementById("stale");
  if (notice) notice.hidden = !lost;
};
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => detail.elt.matches("[data-live]") && stale(true));
}
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && stale(false));
// A screen says at once that it has lost the network, and asks at once when it is back.
const live = () => document.querySelectorAll("[data-live]");
addEventListener("offline", () => live().length && stale(true));
addEventListener("online", () => live().forEach((part) => htmx.trigger(part, "again")));
document.addEventListener("htmx:beforeSwap", () => offline(false));
// Whoever works by keyboard or screen reader goes on where the page changed.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (document.activeElement !== document.body) return;
  const part = document.getElementById(detail.elt.id);
  part?.setAttribute("tabindex", "-1");
  part?.focus();
});

// What a form said stands above it; the way down to the form, still in the address, would hide it.
if (document.querySelector("[data-said]") && document.getElementById(location.hash.slice(1))) {
  history.replaceState(null, "", location.pathname + location.search);
  scrollTo(0, 0);
}

// The QR on a receipt carries the code after the #: it goes into the field and out of the address.
const takeCode = () => {
  const field = document.querySelector("input.code-input[name=code]");
  if (!field || location.hash.length < 2) return;
  field.value = location.hash.slice(1, 21);
  history.replaceState(null, "", location.pathname);
  if ("opens" in field.form.dataset) field.form.requestSubmit();
};
takeCode();
window.addEventListener("hashchange", takeCode);
