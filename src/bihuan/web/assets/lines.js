// A small table in a form: of its empty lines only the first is shown, and there is a button for more.
// Without this file the page has some empty lines from the start.
import { choose } from "./choose.js";

const filled = (line) => [...line.querySelectorAll("input, select, textarea")].some((one) => one.value.trim());

// The number of a line stands in the names and ids of what is in it.
const renumber = (line, from, to, word) => {
  for (const one of line.querySelectorAll("[name], [id], [for], [list], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "list", "aria-describedby"]) {
      const said = one.getAttribute(name);
      if (said) one.setAttribute(name, said.replace(`-${from}-`, `-${to}-`).split(`.${from}.`).join(`.${to}.`));
    }
  }
  line.setAttribute("aria-label", word.replace("{n}", to + 1));
  line.querySelector(".line-number").textContent = to + 1;
};

const full = (table, button) => {
  const shown = table.querySelectorAll("[data-line]:not([hidden])").length;
  button.hidden = shown >= Number(table.dataset.rows);
};

const more = (table, button) => {
  const all = [...table.querySelectorAll("[data-line]")];
  let next = all.find((line) => line.hidden);
  if (!next) {
    next = all[all.length - 1].cloneNode(true);
    renumber(next, all.length - 1, all.length, button.dataset.word);
    next.querySelectorAll(".field-error").forEach((one) => one.remove());
    next.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
    next.querySelectorAll(".is-invalid").forEach((one) => one.classList.remove("is-invalid"));
    next.querySelectorAll("input, select, textarea").forEach((one) => (one.value = ""));
    next.querySelectorAll(".choose-list").forEach((one) => {
      one.textContent = "";
      one.hidden = true;
    });
    all[all.length - 1].after(next);
    next.querySelectorAll("[data-choose]").forEach(choose);
  }
  next.hidden = false;
  full(table, button);
  next.querySelector("input, select, textarea")?.focus();
};

export const lines = (table) => {
  const all = [...table.querySelectorAll("[data-line]")];
  const last = all.findLastIndex(filled);
  all.slice(last + 2).forEach((line) => (line.hidden = true));
  const button = table.querySelector("[data-add-line]");
  full(table, button);
  button.addEventListener("click", () => more(table, button));
};
