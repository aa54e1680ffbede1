// What a phone keeps of the mobile unit: entries sealed under their owner's key, the key while that
// person is logged in, the outings. The key goes when they log out; what is sealed stays (ADR 42).
export const CACHE = "mobile-2";
const NAME = "mobile";

export const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const done = (work) =>
  new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onabort = work.onerror = () => reject(work.error || new DOMException("aborted", "AbortError"));
  });

let base;
const opened = () => {
  if (base) return base;
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("entries", { keyPath: "key" });
    request.result.createObjectStore("known");
  };
  base = asked(request);
  return base;
};

// One transaction over both stores; kept when this resolves, not kept when it rejects.
export const within = async (mode, work) => {
  const held = (await opened()).transaction(["entries", "known"], mode);
  const ended = done(held);
  const [result] = await Promise.all([work(held.objectStore("entries"), held.objectStore("known")), ended]);
  return result;
};
export const rows = () => within("readonly", (entries) => asked(entries.getAll()));
export const put = (row) => within("readwrite", (entries) => asked(entries.put(row)));
export const drop = (key) => within("readwrite", (entries) => asked(entries.delete(key)));
export const known = (name) => within("readonly", (_, kept) => asked(kept.get(name)));
export const know = (name, value) => within("readwrite", (_, kept) => asked(kept.put(value, name)));
export const forget = (name) => within("readwrite", (_, kept) => asked(kept.delete(name)));

export const channel = new BroadcastChannel("mobile");

// Whether this browser was ever a mobile unit's phone: no other one is given a database for it.
const isPhone = async () => {
  if (!window.indexedDB) return false;
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some((one) => one.name === NAME);
};

// The key leaves, and with it the page. `pending` is whose session the server has yet to end.
export const leave = async (pending = null) => {
  if (!(await isPhone())) return;
  await within("readwrite", (_, kept) => {
    kept.delete("me");
    kept.delete("outings");
    // An answer that is still under way must not bring the key back.
    kept.put(`${Date.now()}-${Math.random()}`, "epoch");
    if (pending !== null) kept.put(pending, "leaving");
  });
  channel.postMessage("left");
  await window.caches?.delete(CACHE);
};

const briefly = (work) => Promise.race([work, new Promise((resolve) => setTimeout(resolve, 2000))]).catch(() => null);

// On every page of the desk, and on the log-in: nobody is logged out with the key still here.
export const watch = () => {
  const out = document.querySelector("form[data-leave]");
  out?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await briefly(leave());
    out.submit();
  });
  const note = document.getElementById("sealed");
  if (!out && !note) return;
  (async () => {
    if (!(await isPhone())) return;
    // Somebody logged out without a network: their session ends with the first page that has one.
    if (out && (await known("leaving")) !== undefined) {
      await forget("leaving");
      out.requestSubmit();
    }
    if (!note) return;
    note.parentElement.querySelector("form")?.addEventListener("submit", () => forget("leaving"));
    await leave();
    const count = (await rows()).length;
    note.hidden = !count;
    note.textContent = note.dataset.text.replace("{count}", count);
  })().catch(() => null);
};
