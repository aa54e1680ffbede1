// What is typed into any form and not sent yet. It lives in its tab and, with staff, under their
// person: a reload, a refusal, a lost connection or an ended session loses nothing, and the next
// visitor or clerk at a shared computer is shown nothing.
const PREFIX = "draft:";
const SENT = "sent";
const NEVER = ["hidden", "file", "submit", "button", "reset", "password", "image"];

const quietly = (does) => {
  try {
    return does();
  } catch {
    // A browser that forbids storage keeps nothing, and still has the form.
    return undefined;
  }
};
const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
const sent = () => JSON.parse(sessionStorage.getItem(SENT) || "[]");

export const forget = () =>
  quietly(() => {
    names().forEach((name) => sessionStorage.removeItem(name));
    sessionStorage.removeItem(SENT);
  });

const person = (form) => form.dataset.person || document.body.dataset.person || "";
const fields = (form) => [...form.elements].filter((one) => one.name && !NEVER.includes(one.type));
const ticked = (field) => field.type === "radio" || field.type === "checkbox";
const chosen = (field) => [...field.options].filter((one) => one.defaultSelected).map((one) => one.value);
// What stands in a field now, and what the page came with.
const value = (field) => (ticked(field) ? field.checked : field.value);
const base = (field) => {
  if (ticked(field)) return field.defaultChecked;
  if (field.options) return chosen(field)[0] ?? field.options[0]?.value ?? "";
  return field.defaultValue;
};

// Secrets are no drafts: passwords and query codes are typed again.
const secret = (form) =>
  form.dataset.draft === "none" ||
  form.querySelector("input[type=password], input[name=code]:not([type=hidden])");

const nameOf = (form) => {
  const fixed = [...form.elements]
    .filter((one) => one.type === "hidden" && !["csrfmiddlewaretoken", "key", "version", "next"].includes(one.name))
    .map((one) => `${one.name}=${one.value}`);
  const place = new URL(form.action, location.href).pathname;
  const made = [place, ...fields(form).map((one) => one.name), ...fixed].join("|");
  return `${PREFIX}${person(form)}:${form.dataset.draft || made}`;
};

// Two fields of one name are told apart by their place, a tick by what it stands for.
const keyed = (form) => {
  const seen = {};
  return fields(form).map((field) => {
    const plain = ticked(field) ? `${field.name}=${field.value}` : field.name;
    seen[plain] = (seen[plain] || 0) + 1;
    return [`${plain}#${seen[plain]}`, field];
  });
};

const write = (form) =>
  quietly(() => {
    const typed = keyed(form)
      .filter(([, field]) => value(field) !== base(field))
      .map(([key, field]) => [key, value(field), base(field)]);
    if (typed.length) sessionStorage.setItem(nameOf(form), JSON.stringify(typed));
    else sessionStorage.removeItem(nameOf(form));
  });

const read = (form) =>
  quietly(() => {
    const held = Object.fromEntries(keyed(form));
    for (const [key, typed, from] of JSON.parse(sessionStorage.getItem(nameOf(form)) || "[]")) {
      const field = held[key];
      // Only where the page came as it was: what a refusal gave back, or somebody changed since, stays.
      if (!field || base(field) !== from || value(field) !== from) continue;
      if (ticked(field)) field.checked = typed;
      else field.value = typed;
      for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    }
  });

export const keep = (form) => {
  if (secret(form) || !fields(form).length) return;
  read(form);
  form.addEventListener("input", () => write(form));
  form.addEventListener("submit", () =>
    quietly(() => sessionStorage.setItem(SENT, JSON.stringify([...sent(), nameOf(form)]))),
  );
};

// The answer to what was taken leads on, and says so by a cookie, or shows that it is done.
const taken = () => {
  const led = document.cookie.split("; ").includes("taken=1");
  document.cookie = "taken=; path=/; max-age=0";
  return led || document.querySelector(".notice-box.good");
};

// After something was sent, the page that comes tells whether it was taken: where the same form
// stands there again without a word, or a log-in or a fault came instead, it was not.
export const settle = (part) =>
  quietly(() => {
    const whole = part === document.body;
    // A part without a form, a suggestion say, says nothing of what was sent.
    if (!sent().length || !(whole || part.querySelector("form[method=post]"))) return;
    if (document.querySelector("[data-nothing-taken]")) {
      sessionStorage.removeItem(SENT);
      return;
    }
    const done = taken();
    for (const name of sent()) {
      const again = [...document.forms].some((form) => nameOf(form) === name);
      if (done || !again) sessionStorage.removeItem(name);
    }
    sessionStorage.removeItem(SENT);
  });

// Somebody else is logged in now than the one who typed.
export const leaveOthers = () =>
  quietly(() => {
    const here = document.body.dataset.person;
    if (!here) return;
    names()
      .filter((name) => !name.startsWith(`${PREFIX}:`) && !name.startsWith(`${PREFIX}${here}:`))
      .forEach((name) => sessionStorage.removeItem(name));
  });

// Versions before kept drafts for whoever came next.
quietly(() =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .forEach((name) => localStorage.removeItem(name)),
);
