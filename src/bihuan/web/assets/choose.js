// A text field that finds organisations or people while one types: the combobox pattern of ARIA 1.2.
// Without it the field takes a whole name or code, and the server finds the rest.
const PAUSE = 180;

const picked = (box, option) => {
  const line = document.createElement("li");
  const label = line.appendChild(document.createElement("label"));
  const tick = label.appendChild(document.createElement("input"));
  Object.assign(tick, { type: "checkbox", name: box.dataset.name, value: option.dataset.value, checked: true });
  label.append(` ${option.dataset.label}`);
  box.querySelector(".chosen").append(line);
};

export const choose = (box) => {
  const field = box.querySelector("[data-field]");
  const list = box.querySelector("[role=listbox]");
  const told = box.querySelector("[role=status]");
  const kept = box.querySelector("input[type=hidden]");
  let timer = 0;
  let asked = 0;
  let active = null;

  const options = () => [...list.querySelectorAll("[data-value]")];
  const mark = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(null);
  };
  const take = (option) => {
    if (kept) {
      kept.value = option.dataset.value;
      field.value = option.dataset.label;
    } else {
      picked(box, option);
      field.value = "";
    }
    close();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const look = async () => {
    const turn = ++asked;
    const answer = await fetch(`${box.dataset.choose}?q=${encodeURIComponent(field.value)}`).catch(() => null);
    // An answer that was overtaken, or that came after the reader went on, is not shown.
    if (turn !== asked || document.activeElement !== field || !answer?.ok || answer.redirected) return;
    list.innerHTML = await answer.text();
    active = null;
    options().forEach((option, place) => (option.id = `${field.id}-${place}`));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    told.textContent = told.dataset.told.replace("{count}", options().length);
  };
  const step = (by) => {
    const all = options();
    if (list.hidden || !all.length) return look();
    const place = all.indexOf(active) + by;
    mark(all[(place + all.length) % all.length] || all[0]);
  };

  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    field.setAttribute(name, value);
  }
  field.addEventListener("input", () => {
    if (kept) kept.value = "";
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const acts = { ArrowDown: () => step(1), ArrowUp: () => step(-1) };
    if (!list.hidden) acts.Escape = close;
    if (!list.hidden && active) acts.Enter = () => take(active);
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
  field.addEventListener("blur", close);
  // Before the field would lose the focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[data-value]");
    if (option) take(option);
  });
};
