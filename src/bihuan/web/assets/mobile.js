// Matters are entered without a network, sealed on this phone under their owner's key, and handed in
// one by one when there is a network. Each has a key made here: however often it is sent, it comes in
// once. What was taken in leaves the phone; what was refused waits for its owner, in nobody's way.
import { CACHE, asked, channel, drop, forget, know, known, leave, put, rows, within } from "./sealed.js";

const BATCH = 20;
const PATIENCE = 60_000;
const root = document.getElementById("mobile");
const net = document.getElementById("net");
const form = document.getElementById("entry");
const list = document.getElementById("list");
const done = document.getElementById("done");
const fields = form.elements;
const TYPED = ["name", "phone", "remark"];
const element = (id) => document.getElementById(id);
const fill = (text, values) => Object.entries(values).reduce((all, [k, v]) => all.replace(`{${k}}`, v), text);

const say = (name, values = {}) => {
  net.textContent = fill(net.dataset[name], values);
  net.dataset.now = name;
};

// Who is logged in, as far as this phone knows: { person, name, keys, now, until }; null is nobody.
let me = null;
let device = "";
let visits = [];

// ---- sealing

const bytes = (text) => new TextEncoder().encode(text);
const base64 = (raw) => btoa(raw.reduce((text, one) => text + String.fromCharCode(one), ""));
const raw = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
// The words are bound to what stands in the open beside them.
const bound = (row) => bytes(`${row.owner}|${row.device}|${row.key}|${row.visit}`);

const seal = async ({ key, visit, ...words }, who) => {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const row = { key, visit, device, nonce, owner: who.person, key_id: who.now, refused: Boolean(words.problem) };
  const how = { name: "AES-GCM", iv: nonce, additionalData: bound(row) };
  row.sealed = new Uint8Array(await crypto.subtle.encrypt(how, who.keys[who.now], bytes(JSON.stringify(words))));
  return row;
};
const unseal = async (row, who) => {
  const how = { name: "AES-GCM", iv: row.nonce, additionalData: bound(row) };
  try {
    const words = await crypto.subtle.decrypt(how, who.keys[row.key_id], row.sealed);
    return { ...JSON.parse(new TextDecoder().decode(words)), key: row.key, visit: row.visit };
  } catch {
    return { key: row.key, visit: row.visit, step: "", name: "", problem: root.dataset.broken, broken: true };
  }
};
const mine = async (who) => (await rows()).filter((row) => row.owner === who.person);

// ---- the form

const option = (value, text) => new Option(text, value);
// Only what the catalogue calls immediate is settled on the spot; there is nobody here to say so later.
const canSettle = () => {
  const found = visits.flatMap((v) => v.services).find((s) => String(s.id) === fields.service.value);
  form.querySelector("[value=settle_now]").disabled = !found?.immediate;
};
const fillServices = (chosen = "") => {
  const visit = visits.find((one) => String(one.id) === fields.visit.value);
  const found = (visit?.services || []).map((s) =>
    option(s.id, s.immediate ? `${s.name} ${fields.service.dataset.immediate}` : s.name),
  );
  fields.service.replaceChildren(option("", "—"), ...found);
  fields.service.value = found.some((one) => one.value === chosen) ? chosen : "";
  canSettle();
};
const fillVisits = (told) => {
  visits = told?.visits || [];
  const before = fields.visit.value;
  fields.visit.replaceChildren(...visits.map((v) => option(v.id, `${v.day} ${v.place}`)));
  const today = visits.find((v) => v.day >= told?.today) || visits[visits.length - 1];
  fields.visit.value = visits.some((v) => String(v.id) === before) ? before : String(today?.id ?? "");
  fillServices(fields.service.value);
};
const empty = () => {
  delete form.dataset.replaces;
  for (const name of TYPED) fields[name].value = "";
  fields.service.value = "";
  element("correcting").hidden = true;
  canSettle();
};
const typed = () => TYPED.some((name) => fields[name].value);
const type = (entry, replaces = "") => {
  if (visits.some((one) => one.id === entry.visit)) fields.visit.value = String(entry.visit);
  fillServices(String(entry.service ?? ""));
  for (const name of TYPED) fields[name].value = entry[name];
  if (replaces) form.dataset.replaces = replaces;
  else delete form.dataset.replaces;
  element("correcting").hidden = !replaces;
};

// What is typed and not yet kept is sealed as one types: neither a reload nor a log-in that ends takes
// it, and nobody else is shown it. One after the other, so that the last one stays.
let drafting = Promise.resolve();
const draft = (who, now) => {
  drafting = drafting
    .then(async () => {
      const name = `draft-${who.person}`;
      if (now) await know(name, await seal({ key: name, ...now }, who));
      else await forget(name);
    })
    .catch(() => say("full"));
  return drafting;
};
const asTyped = () => ({
  visit: Number(fields.visit.value),
  service: Number(fields.service.value) || null,
  replaces: form.dataset.replaces || "",
  ...Object.fromEntries(TYPED.map((name) => [name, fields[name].value])),
});
form.addEventListener("input", () => me && draft(me, typed() ? asTyped() : null));
const restore = async () => {
  const who = me;
  const kept = who && (await known(`draft-${who.person}`));
  if (!kept || typed()) return;
  const found = await unseal(kept, who);
  // Meanwhile somebody may have typed, or left.
  if (me === who && !found.broken && !typed()) type(found, found.replaces);
};

// ---- who is logged in

const nobody = async () => {
  if (me && typed()) draft(me, asTyped());
  await drafting;
  me = null;
  fillVisits(null);
  empty();
  await show();
};
const lock = async (pending = null) => {
  if (me && typed()) draft(me, asTyped());
  await drafting;
  await leave(pending);
  await nobody();
};
const until = () => me && me.until < Date.now() && lock();
// The keys come in, not extractable, unless somebody logged out while they were under way.
const unlock = async (told, rest, epoch) => {
  const keys = {};
  for (const one of told.keys) {
    keys[one.id] = await crypto.subtle.importKey("raw", raw(one.key), "AES-GCM", false, ["encrypt", "decrypt"]);
  }
  const { person, name } = told;
  const who = { person, name, keys, now: told.keys[0].id, until: Date.now() + told.left * 1000 };
  const stays = await within("readwrite", async (_, store) => {
    if ((await asked(store.get("epoch"))) !== epoch) return false;
    store.put(who, "me");
    store.put(rest, "outings");
    return true;
  });
  if (!stays) return false;
  const other = me?.person !== person;
  if (me && other) await nobody();
  me = who;
  fillVisits(rest);
  if (other) {
    await restore();
    channel.postMessage("came");
  }
  return true;
};
// Rows of before they were sealed are whoever's logs in first: there is nobody else to ask.
const adopt = async () => {
  for (const row of (await rows()).filter((one) => !one.sealed)) await put(await seal(row, me));
};

// ---- the list

const nameOf = (entry) => {
  const found = visits.flatMap((v) => v.services).find((s) => s.id === entry.service);
  return found?.name || form.querySelector(`[value="${entry.step}"]`)?.textContent || "";
};
// Reasons somebody is typing, by entry: the list is made anew whenever a sync has ended.
const reasons = new Map();
const rowOf = (entry) => {
  const row = element("row").content.firstElementChild.cloneNode(true);
  const part = (name) => row.querySelector(`[data-${name}]`);
  part("what").textContent = nameOf(entry);
  part("who").textContent = entry.name;
  if (!entry.problem) return row;
  row.dataset.refused = "";
  part("why").textContent = entry.problem;
  part("why").hidden = part("can").hidden = false;
  part("edit").hidden = Boolean(entry.broken);
  part("edit").addEventListener("click", () => edit(entry));
  part("hand-on").hidden = Boolean(entry.broken);
  part("hand-on").addEventListener("click", () => handOn([entry.key]));
  const reason = part("reason").elements.reason;
  part("reason").hidden = !reasons.has(entry.key);
  reason.value = reasons.get(entry.key) ?? "";
  reason.addEventListener("input", () => reasons.set(entry.key, reason.value));
  part("drop").addEventListener("click", () => {
    reasons.set(entry.key, reason.value);
    part("reason").hidden = false;
    reason.focus();
  });
  part("reason").addEventListener("submit", (event) => {
    event.preventDefault();
    giveUp([entry.key], reason.value);
  });
  return row;
};
let turn = 0;
const show = async () => {
  const now = (turn += 1);
  const who = me;
  const kept = await rows();
  const own = who ? kept.filter((row) => row.owner === who.person) : [];
  const entries = await Promise.all(own.map((row) => unseal(row, who)));
  // Somebody came or left while they were opened.
  if (now !== turn || who !== me) return;
  const others = kept.length - own.length;
  root.dataset.who = who ? "yes" : "no";
  element("unlocked").hidden = !who;
  element("whose").textContent = who ? fill(element("whose").dataset.text, { name: who.name }) : "";
  element("locked").hidden = Boolean(who);
  element("locked-count").textContent = fill(element("locked-count").dataset[kept.length ? "some" : "none"], {
    count: kept.length,
  });
  element("others").hidden = !who || !others;
  element("others-count").textContent = fill(element("others-count").dataset.text, { count: others });
  element("count").textContent = own.length;
  list.replaceChildren(...entries.map(rowOf));
};

const edit = (entry) => {
  type(entry, entry.key);
  draft(me, asTyped());
  fields.name.focus();
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const who = me;
  if (!who) return;
  const now = asTyped();
  const { replaces, ...words } = now;
  const entry = {
    ...words,
    // A corrected one is still the same: should it have come in after all, it does so once.
    key: replaces || crypto.randomUUID(),
    taken: new Date().toISOString(),
    step: event.submitter?.value || "accept",
    problem: "",
  };
  for (const name of TYPED) entry[name] = entry[name].trim();
  // At once: whoever types the next one while a slow phone still writes keeps what they typed.
  empty();
  try {
    const keep = async () => put(await seal(entry, who));
    await (replaces ? alone(keep) : keep());
  } catch {
    if (me === who && !typed()) type(now, replaces);
    say("full");
    return;
  }
  draft(who, me === who && typed() ? asTyped() : null);
  channel.postMessage("changed");
  await show();
  say("kept");
  await sync();
});

// ---- the network

// One tab at a time, whatever is sent or put in another's place.
const alone = (work) => (navigator.locks ? navigator.locks.request("mobile", work) : work());

// The answer of the server, or null: no network, a session that has ended, something unforeseen.
const ask = async (url, options = {}) => {
  let answer;
  try {
    const signal = AbortSignal.timeout?.(PATIENCE);
    answer = await fetch(url, { signal, ...options, headers: { Accept: "application/json", ...options.headers } });
    if (answer.redirected) {
      await lock();
      say("login");
      return null;
    }
    if (answer.ok) return await answer.json();
    say("failed");
  } catch {
    say("offline");
  }
  return null;
};
const post = (url, entries, token) => {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return ask(url, { method: "POST", body: JSON.stringify({ entries }), headers });
};
// What is known afresh: the token to write with, after making sure of who is logged in.
const greet = async () => {
  const leaving = await known("leaving");
  if (leaving !== undefined) {
    const told = await ask(root.dataset.outings);
    if (!told && net.dataset.now !== "login") return null;
    if (told?.person === leaving) {
      const headers = { "X-CSRFToken": told.token };
      await fetch(root.dataset.logout, { method: "POST", headers, redirect: "manual" });
    }
    await forget("leaving");
  }
  const epoch = await known("epoch");
  const told = await ask(`${root.dataset.outings}?device=${device}`);
  if (!told?.me) return null;
  const { token, me: who, person: _, ...rest } = told;
  if (!(await unlock(who, rest, epoch))) return null;
  return token;
};

const hand = async (entries, token, numbers) => {
  const who = me;
  if (!who) return false;
  // The log-in may change under this page: the house takes them for nobody else's.
  const sent = entries.map(({ problem: _, ...words }) => ({ ...words, owner: who.person }));
  const told = await post(root.dataset.sync, sent, token);
  if (!told) {
    if (net.dataset.now !== "failed") return false;
    // Something among them the server cannot even say no to: the others must not wait for it.
    if (entries.length === 1) return true;
    for (const one of entries) if (!(await hand([one], token, numbers))) return false;
    return true;
  }
  for (const fate of told.entries) {
    const entry = entries.find((one) => one.key === fate.key);
    if (!entry || me !== who) continue;
    if (fate.outcome === "taken") {
      await drop(fate.key);
      numbers.push(fate.number);
    } else if (fate.outcome === "refused") await put(await seal({ ...entry, problem: fate.problem }, who));
  }
  return true;
};

const run = async (again) => {
  const token = await greet();
  if (!token) return;
  await adopt();
  say("online");
  const waiting = (await mine(me)).filter((row) => again || !row.refused);
  const entries = (await Promise.all(waiting.map((row) => unseal(row, me)))).filter((one) => !one.broken);
  const numbers = [];
  for (let n = 0; n < entries.length; n += BATCH) {
    if (!(await hand(entries.slice(n, n + BATCH), token, numbers))) break;
  }
  if (numbers.length) {
    if (net.dataset.now === "online") say("synced", { count: numbers.length });
    done.textContent = numbers.join(" · ");
  }
  keep().catch(() => (kept = false));
};
// While one runs, a second is wanted at most: it sees what came meanwhile.
let running = null;
let wanted = null;
const sync = (again = false) => {
  if (running) {
    wanted = Boolean(wanted) || again;
    return running;
  }
  running = alone(() => run(again))
    .catch(() => say("failed"))
    .finally(async () => {
      running = null;
      channel.postMessage("changed");
      await show();
      if (wanted !== null) {
        const more = wanted;
        wanted = null;
        await sync(more);
      }
    });
  return running;
};

// Rows go to whoever is in charge as they are: sealed, whoever holds the phone.
const handOn = (keys) =>
  alone(async () => {
    const token = await greet();
    if (!token) return;
    const sent = (await rows()).filter((row) => keys.includes(row.key) && row.sealed);
    for (let n = 0; n < sent.length; n += BATCH) {
      const some = sent.slice(n, n + BATCH).map(({ refused: _, ...row }) => ({
        ...row,
        nonce: base64(row.nonce),
        sealed: base64(row.sealed),
      }));
      const told = await post(root.dataset.handOn, some, token);
      if (!told) return;
      await settled(told.entries, "handed");
    }
  }).finally(show);
const giveUp = (keys, reason) =>
  alone(async () => {
    const token = await greet();
    if (!token) return;
    const given = (await rows()).filter((row) => keys.includes(row.key));
    const told = await post(
      root.dataset.giveUp,
      given.map(({ key, owner, visit }) => ({ key, owner, visit, reason })),
      token,
    );
    if (told) await settled(told.entries, "dropped");
  }).finally(show);
// What the house has, or has noted, leaves the phone; of the rest its reason is told.
const settled = async (fates, word) => {
  const stays = fates.filter((one) => one.outcome === "refused");
  for (const fate of fates) if (!stays.includes(fate)) await drop(fate.key);
  if (stays.length < fates.length) say(word, { count: fates.length - stays.length });
  const told = [...new Set(stays.map((one) => one.problem))].join(" · ");
  element("others-why").textContent = told;
  element("others-why").hidden = element("others-reason").hidden = !told;
  element("others-reason").dataset.keys = JSON.stringify(stays.map((one) => one.key));
  channel.postMessage("changed");
};

// After one visit with a network the page opens without one.
let kept = false;
const keep = async () => {
  if (kept || !navigator.serviceWorker) return;
  kept = true;
  await navigator.serviceWorker.register(root.dataset.worker);
  // Without this a browser short of room may throw away what was entered.
  await navigator.storage?.persist?.();
  const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((e) => e.href || e.src);
  const cache = await caches.open(CACHE);
  for (const url of [location.pathname, ...parts.map((one) => new URL(one).pathname)]) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok && !answer.redirected) await cache.put(url, answer);
  }
  root.dataset.ready = "yes";
};

fields.service.addEventListener("change", canSettle);
fields.visit.addEventListener("change", () => fillServices());
element("stop-correcting").addEventListener("click", () => {
  empty();
  draft(me, null);
});
element("sync").addEventListener("click", () => sync(true));
element("others-hand-on").addEventListener("click", async () => {
  const who = me;
  handOn((await rows()).filter((row) => row.owner !== who?.person).map((row) => row.key));
});
element("others-reason").addEventListener("submit", (event) => {
  event.preventDefault();
  giveUp(JSON.parse(event.target.dataset.keys), event.target.elements.reason.value);
});
element("leave").addEventListener("click", async () => {
  await lock(me?.person ?? null);
  kept = false;
  try {
    const answer = await fetch(root.dataset.outings, { headers: { Accept: "application/json" } });
    if (!answer.redirected && answer.ok) {
      const { token } = await answer.json();
      await fetch(root.dataset.logout, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
    }
    await forget("leaving");
    location.assign(root.dataset.login);
  } catch {
    // Without a network it is locked now; the session ends when the server is met again.
    say("left");
  }
});
channel.addEventListener("message", async ({ data }) => {
  if (data === "left" && me) await nobody();
  if (data === "came") await recall();
  await show();
});
// As another tab, or this page before a restart, has left it.
const recall = async () => {
  const who = await known("me");
  if (!who || who.until < Date.now()) return;
  if (me && me.person !== who.person) await nobody();
  me = who;
  fillVisits(await known("outings"));
  await restore();
};
addEventListener("online", () => sync());
// A phone does not always notice that it is connected again.
setInterval(() => {
  until();
  if (list.querySelector("li:not([data-refused])")) sync();
}, PATIENCE);
addEventListener("offline", () => say("offline"));
addEventListener("pageshow", async ({ persisted }) => {
  if (!persisted) return;
  await nobody();
  await recall();
  await show();
});
const start = async () => {
  if (!crypto.subtle || !window.indexedDB) {
    say("insecure");
    element("locked").hidden = element("unlocked").hidden = true;
    return;
  }
  await within("readwrite", async (_, store) => {
    device = await asked(store.get("device"));
    if (device) return;
    device = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
    store.put(device, "device");
  });
  const who = await known("me");
  if (who && who.until < Date.now()) await leave();
  await recall();
  await show();
  await sync();
};
start().catch(() => say("full"));
