// Lets the member face say something without a network. It keeps the page that says so, in every language, and
// what that is made of; never a page that somebody was shown: those are asked for each time, or are not there.
import { keep, lead } from "./kept-pages.js";

// Put before this by whoever serves it: { version, files, pages, language }.
const { version, files, pages, language } = self.TOLD;
const READ = "/m/read-in";

lead("member", version, async () => {
  const cache = await caches.open(version);
  await cache.addAll(files);
  for (const page of Object.values(pages)) {
    // As nobody: no cookie goes along, so that nobody stands in it.
    await cache.put(page, await fetch(page, { credentials: "omit", cache: "reload" }));
  }
});

let last = "";
const read = async () => {
  if (last) return last;
  const answer = await caches.match(READ);
  return answer ? answer.text() : language;
};
const note = async (answer) => {
  const now = answer.headers.get("content-language");
  if (!now || now === last || !(now in pages)) return;
  last = now;
  await keep(version, READ, new Response(now));
};

const unreached = async () => (await caches.match(pages[await read()])) || (await caches.match(pages[language])) || Response.error();

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(
      fetch(request).then(
        (answer) => {
          event.waitUntil(note(answer));
          return answer;
        },
        () => unreached(),
      ),
    );
  } else if (request.method === "GET" && files.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((found) => found || fetch(request)));
  }
});
