// The examples of the interface, sent from the page to this house alone; a token typed here is kept nowhere.
const told = (form, status, text) => {
  const box = form.parentElement.querySelector("[data-answer]");
  box.hidden = false;
  box.querySelector("[data-status]").textContent = status;
  box.querySelector("pre").textContent = text;
};

const ask = async (form) => {
  const given = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  let path = form.getAttribute("action");
  const rest = [];
  for (const [name, value] of given) {
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== "") rest.push([name, value]);
  }
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  const token = document.getElementById("api-token")?.value.trim();
  if ("token" in form.dataset && token) headers.Authorization = `Bearer ${token}`;
  const posts = form.dataset.call === "POST";
  if (posts) headers["Content-Type"] = "application/json";
  const query = posts ? "" : new URLSearchParams(rest).toString();
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
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not every answer is JSON; it is shown as it came.
  }
  told(form, `${answer.status} · ${spent} ms`, shown);
};

document.querySelectorAll("form[data-call]").forEach((form) => {
  form.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form).catch(() => told(form, form.dataset.lost, ""));
  });
});

// Every operation there is, from the document itself, when somebody opens the list.
const list = document.getElementById("all-operations");
list?.addEventListener(
  "toggle",
  async () => {
    const answer = await fetch(list.dataset.from, { credentials: "omit" }).catch(() => null);
    if (!answer?.ok) return;
    const { paths } = await answer.json();
    const rows = Object.entries(paths).flatMap(([path, ways]) =>
      Object.entries(ways).map(([way, one]) => [way.toUpperCase(), path, one.summary ?? ""]),
    );
    const body = list.querySelector("tbody");
    for (const [way, path, summary] of rows) {
      const row = body.insertRow();
      for (const text of [way, path, summary]) row.insertCell().textContent = text;
    }
    list.querySelector("table").hidden = false;
  },
  { once: true },
);
