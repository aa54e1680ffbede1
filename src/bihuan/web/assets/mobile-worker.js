// Lets the mobile unit's page open without a network. It keeps that page and what it is made of,
// never an answer of the server's: what people brought stays out of this cache.
const KEPT = "mobile-2";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n !== KEPT).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  ),
);

const kept = (url) => url.pathname === new URL(self.registration.scope).pathname || url.pathname.startsWith("/static/");

// A full phone keeps nothing more; what the network brought is shown all the same.
const keep = async (url, answer) => {
  try {
    await (await caches.open(KEPT)).put(url.pathname, answer);
  } catch {
    // Without a network it is then missing, which the page says itself.
  }
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !kept(url)) return;
  event.respondWith(
    fetch(event.request).then(
      async (answer) => {
        // After the session has ended the log-in comes in its place: that is not the page.
        if (answer.ok && !answer.redirected) await keep(url, answer.clone());
        return answer;
      },
      async () => (await caches.match(url.pathname)) || Response.error(),
    ),
  );
});
