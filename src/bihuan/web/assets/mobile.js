// Matters are entered without a network, kept on this phone, and handed in when there is one.
// Each has a key made here: however often it is sent, it comes in once. What was taken in is
// removed from the phone; what was refused stays, with its reason.
const KEPT = "mobile-1";
const BATCH = 20;
const root = document.getElementById("mobile");
const net = document.getElementById("net");
const form = document.getElementById("entry");
const list = document.getElementById("list");
const done = document.getElementById("done");
const fields = form.elements;

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const opened = (() => {
  const request = indexedDB.open("mobile", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("entries", { keyPath: "key" });
    request.result.createObjectStore("known");
  };
  return asked(request);
})();

const store = async (name, mode = "readonly") => (await opened).transaction(name, mode).objectStore(name);
const all = async () => asked((await store("entries")).getAll());
const put = async (entry) => asked((await store("entries", "readwrite")).put(entry));
const drop = async (key) => asked((await store("entries", "readwrite")).delete(key));

const say = (name, values = {}) => {
  net.textContent = Object.entries(values).reduce((text, [k, v]) => text.replace(`{${k}}`, v), net.dataset[name]);
  net.dataset.now = name;
};

let visits = [];
const option = (value, text) => {
  const made = new Option(text, value);
  return made;
};
// Only what the catalogue calls immediate is settled on the spot; there is nobody here to say so later.
const canSettle = () => {
  const found = visits.flatMap((v) => v.services).find((s) => String(s.id) === fields.service.value);
  form.querySelector("[value=settle_now]").disabled = !found?.immediate;
};
const fillServices = (chosen = "") => {
  const visit = visits.find((one) => String(one.id) === fields.visit.value);
  const rows = (visit?.services || []).map((s) =>
    option(s.id, s.immediate ? `${s.name} ${fields.service.dataset.immediate}` : s.name),
  );
  fields.service.replaceChildren(option("", "—"), ...rows);
  fields.service.value = chosen;
  canSettle();
};
const fillVisits = (known) => {
  if (!known) return;
  visits = known.visits;
  const before = fields.visit.value;
  fields.visit.replaceChildren(...visits.map((v) => option(v.id, `${v.day} ${v.place}`)));
  const today = visits.find((v) => v.day >= known.today) || visits[visits.length - 1];
  fields.visit.value = visits.some((v) => String(v.id) === before) ? before : String(today?.id ?? "");
  fillServices(fields.service.value);
};

const nameOf = (entry) => {
  const found = visits.flatMap((v) => v.services).find((s) => s.id === entry.service);
  return found?.name || form.querySelector(`[value=${entry.step}]`).textContent;
};

const show = async () => {
  const entries = await all();
  document.getElementById("count").textContent = entries.length;
  list.replaceChildren(
    ...entries.map((entry) => {
      const row = document.getElementById("row").content.firstElementChild.cloneNode(true);
      const part = (name) => row.querySelector(`[data-${name}]`);
      part("what").textContent = nameOf(entry);
      part("who").textContent = entry.name;
      if (entry.problem) {
        part("why").textContent = entry.problem;
        part("why").hidden = part("can").hidden = false;
        part("edit").addEventListener("click", () => edit(entry));
        part("drop").addEventListener("click", () => drop(entry.key).then(show));
      }
      return row;
    }),
  );
};

const edit = async (entry) => {
  fields.visit.value = String(entry.visit);
  fillServices(String(entry.service ?? ""));
  for (const name of ["name", "phone", "remark"]) fields[name].value = entry[name];
  // The old one goes when the corrected one is kept, not before: nothing typed is lost in between.
  form.dataset.replaces = entry.key;
  fields.name.focus();
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const service = Number(fields.service.value) || null;
  const entry = {
    key: crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`,
    visit: Number(fields.visit.value),
    taken: new Date().toISOString(),
    step: event.submitter?.value || "accept",
    service,
    name: fields.name.value.trim(),
    phone: fields.phone.value.trim(),
    remark: fields.remark.value.trim(),
    problem: "",
  };
  const replaces = form.dataset.replaces;
  // At once: whoever types the next one while a slow phone still writes keeps what they typed.
  delete form.dataset.replaces;
  for (const name of ["name", "phone", "remark"]) fields[name].value = "";
  fields.service.value = "";
  canSettle();
  try {
    await put(entry);
  } catch (error) {
    await edit(entry);
    if (replaces) form.dataset.replaces = replaces;
    else delete form.dataset.replaces;
    throw error;
  }
  if (replaces) await drop(replaces);
  await show();
  say("kept");
  await sync();
});

// The answer of the server, or null: no network, or the session has ended.
const ask = async (url, options = {}) => {
  let answer;
  try {
    answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    say("offline");
    return null;
  }
  if (answer.redirected || answer.status === 403) say("login");
  else if (!answer.ok) say("failed");
  else return answer.json();
  return null;
};

const hand = async (visit, entries, token) => {
  const body = JSON.stringify({ visit, entries: entries.map(({ problem, visit: _, ...rest }) => rest) });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const told = await ask(root.dataset.sync, { method: "POST", body, headers });
  if (!told) return null;
  const numbers = [];
  for (const fate of told.entries) {
    const entry = entries.find((one) => one.key === fate.key);
    if (!entry) continue;
    if (fate.problem) await put({ ...entry, problem: fate.problem });
    else {
      await drop(fate.key);
      numbers.push(fate.number);
    }
  }
  return numbers;
};

let busy = false;
const sync = async () => {
  if (busy) return;
  busy = true;
  try {
    const known = await ask(root.dataset.outings);
    if (!known) return;
    const { token, ...rest } = known;
    await asked((await store("known", "readwrite")).put(rest, "outings"));
    fillVisits(rest);
    say("online");
    const entries = await all();
    const numbers = [];
    for (const visit of new Set(entries.map((one) => one.visit))) {
      const mine = entries.filter((one) => one.visit === visit);
      for (let n = 0; n < mine.length; n += BATCH) {
        const got = await hand(visit, mine.slice(n, n + BATCH), token);
        if (!got) return;
        numbers.push(...got);
      }
    }
    if (numbers.length) {
      say("synced", { count: numbers.length });
      done.textContent = numbers.join("、");
    }
  } finally {
    busy = false;
    await show();
  }
};

// After one visit with a network the page opens without one.
const keep = async () => {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(root.dataset.worker);
  const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((e) => e.href || e.src);
  const cache = await caches.open(KEPT);
  for (const url of [location.pathname, ...parts.map((one) => new URL(one).pathname)]) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok && !answer.redirected) await cache.put(url, answer);
  }
  root.dataset.ready = "yes";
};

fields.service.addEventListener("change", canSettle);
fields.visit.addEventListener("change", () => fillServices());
document.getElementById("sync").addEventListener("click", sync);
addEventListener("online", sync);
// A phone does not always notice that it is connected again.
setInterval(() => list.children.length && sync(), 60_000);
addEventListener("offline", () => say("offline"));
(async () => {
  fillVisits(await asked((await store("known")).get("outings")));
  await show();
  await sync();
  if (navigator.onLine) await keep().catch(() => {});
})();
