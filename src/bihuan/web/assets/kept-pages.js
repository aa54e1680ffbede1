// What service workers share: each keeps the page of its own folder and what that is made of, under a name
// that says whose it is; those of other workers stay.
export const lead = (family, name, ready) => {
  self.addEventListener("install", (event) => {
    self.skipWaiting();
    if (ready) event.waitUntil(ready());
  });
  const over = (one) => one.split("-")[0] === family && one !== name;
  self.addEventListener("activate", (event) =>
    event.waitUntil(
      caches
        .keys()
        .then((names) => Promise.all(names.filter(over).map((one) => caches.delete(one))))
        .then(() => self.clients.claim()),
    ),
  );
};

// A full phone keeps nothing more; what the network brought is shown all the same.
export const keep = async (name, path, answer) => {
  try {
    await (await caches.open(name)).put(path, answer);
  } catch {
    // Without a network it is then missing, which the page says itself.
  }
};
