// Lets the mobile unit's page open without a network. It keeps that page and what it is made of,
// never an answer of the server's: what people brought stays out of this cache.
import { keep, lead } from "./kept-pages.js";

const KEPT = "mobile-2";
lead("mobile", KEPT);

const kept = (url) => url.pathname === new URL(self.registration.scope).pathname || url.pathname.startsWith("/static/");

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !kept(url)) return;
  event.respondWith(
    fetch(event.request).then(
      async (answer) => {
        // After the session has ended the log-in comes in its place: that is not the page.
        if (answer.ok && !answer.redirected) await keep(KEPT, url.pathname, answer.clone());
        return answer;
      },
      async () => (await caches.match(url.pathname)) || Response.error(),
    ),
  );
});
