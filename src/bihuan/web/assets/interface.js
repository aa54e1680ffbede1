// The examples of the interface, sent from the page to this house alone; a token typed here is kept nowhere.
const token = document.getElementById("api-token");

const asking = () => {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  const typed = token?.value.trim();
  return typed ? { ...headers, Authorization: `Bearer ${typed}` } : headers;
};

const told = (form, status, text, error) => {
  const box = form.parentElement.querySelector("[data-answer]");
  const message = box.querySelector("[data-message]");
  const explained = box.querySelector("[data-explained]");
  box.hidden = false;
  box.querySelector("[data-status]").textContent = status;
  box.querySelector("pre").textContent = text;
  box.querySelector("pre").hidden = !text;
  message.hidden = explained.hidden = !error;
  if (!error) return;
  const fields = Object.entries(error.fields).map(([name, said]) => `${name}: ${said}`);
  message.textContent = [error.message, ...fields, error.advice].join(" ");
  explained.href = `#status-${parseInt(status, 10)}`;
};

const weight = (text) => {
  const bytes = new Blob([text]).size;
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
};

const ask = async (form) => {
  const given = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  let path = form.getAttribute("action");
  const rest = [];
  for (const [name, value] of given) {
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== "") rest.push([name, value]);
  }
  const headers = asking();
  if (!("token" in form.dataset)) delete headers.Authorization;
  const posts = form.dataset.call === "POST";
  if (posts) headers["Content-Type"] = "application/json";
  const query = posts ? "" : new URLSearchParams(rest).toString();
  told(form, form.dataset.trying, "");
  const began = performance.now();
  const answer = await fetch(query ? `${path}?${query}` : path, {
    method: form.dataset.call,
    headers,
    body: posts ? JSON.stringify(Object.fromEntries(rest)) : undefined,
    credentials: "omit",
    cache: "no-store",
  });
  const text = await answer.text();
  const spent = Math.round(performance.now() - began);
  let shown = text;
  let error;
  try {
    const found = JSON.parse(text);
    shown = JSON.stringify(found, null, 2);
    error = answer.ok ? undefined : found.error;
  } catch {
    // Not every answer is JSON; it is shown as it came.
  }
  told(form, `${answer.status} ${answer.statusText} · ${spent} ms · ${weight(text)}`, shown, error);
};

document.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
document.querySelectorAll("form[data-call]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form).catch(() => told(form, form.dataset.lost, ""));
  });
});

// What one may choose from is the token's: lists of the interface itself fill the choices.
const fill = (select, items) => {
  const { value, words, first } = select.dataset;
  const seen = new Map(items.map((one) => [String(one[value]), one[words]]));
  const chosen = select.value;
  select.replaceChildren(new Option(first, ""));
  for (const [name, text] of seen) select.add(new Option(text && text !== name ? `${text} (${name})` : name, name));
  select.value = seen.has(chosen) ? chosen : [...seen.keys()][0] ?? "";
};

const filled = async () => {
  const problem = document.getElementById("api-token-problem");
  problem.hidden = true;
  if (!token.value.trim()) return;
  const lists = new Map();
  for (const select of document.querySelectorAll("select[data-listed]")) {
    const from = `${token.dataset.root}${select.dataset.listed}`;
    if (!lists.has(from)) lists.set(from, await fetch(from, { headers: asking(), credentials: "omit", cache: "no-store" }));
    const answer = lists.get(from);
    const found = answer.bodyUsed ? {} : await answer.json();
    if (answer.ok) fill(select, found.items ?? []);
    else if (found.error) {
      problem.textContent = `${found.error.message} ${found.error.advice}`;
      problem.hidden = false;
      return;
    }
  }
};
token?.addEventListener("change", () => filled().catch(() => {}));

// The list of all operations: what is typed narrows it. What an address names, browsers open.
const filter = document.getElementById("filter-operations");
filter?.addEventListener("input", () => {
  const asked = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const group of document.querySelectorAll("[data-noun]")) {
    let some = false;
    for (const one of group.querySelectorAll("[data-operation]")) {
      one.hidden = !asked.every((word) => one.dataset.operation.includes(word));
      some ||= !one.hidden;
    }
    group.hidden = !some;
    any ||= some;
  }
  document.getElementById("no-operations").hidden = any;
});
