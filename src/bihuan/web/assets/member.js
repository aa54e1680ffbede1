// What makes the member face an app of its own. Every page works without this file.
const body = document.body;
const show = (id, shown) => {
  const box = document.getElementById(id);
  if (box) box.hidden = !shown;
};

// ---- the worker: a new one takes over at once; what is open goes on, and says that there is a newer one.
if ("serviceWorker" in navigator && body.dataset.worker) {
  let had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had) show("renewed", true);
    had = true;
  });
  navigator.serviceWorker
    .register(body.dataset.worker, { scope: body.dataset.scope })
    .then((found) => found.update())
    .catch(() => {
      // Without one nothing is lost but the page that opens without a network.
    });
}

// ---- without a network nothing is sent and nothing left: what was typed stays in front of its writer.
const stay = (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  show("offline", true);
  const box = document.getElementById("offline");
  if (box) box.focus();
};
if (!("unreached" in body.dataset)) {
  document.addEventListener("submit", stay, true);
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("a[href]");
      if (link && !link.getAttribute("href").startsWith("#")) stay(event);
    },
    true,
  );
}
addEventListener("online", () => show("offline", false));

// ---- the page without a network: what this tab still holds, and back to it.
function again() {
  // A form that could not be sent stands at the address it was sent to, and is asked for again.
  location.replace(location.pathname + location.search);
}
// A network that is said to be there may not carry yet: it is tried before the page is left.
const PATIENCE = 3000;
const attempt = () => {
  if (!navigator.onLine || document.hidden) return;
  fetch(body.dataset.unreached, { cache: "no-store" })
    .then((answer) => answer.ok && again())
    .catch(() => {
      // The next one, or whoever presses the button.
    });
};
if ("unreached" in body.dataset) {
  addEventListener("online", attempt);
  setInterval(attempt, PATIENCE);
  let held = 0;
  try {
    held = Object.keys(sessionStorage).filter((name) => name.startsWith("draft:")).length;
  } catch {
    // A browser that forbids storage has nothing to tell.
  }
  show("held", held > 0);
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-again]")) again();
  if (target.closest("[data-back]")) history.back();
  if (target.closest("[data-renew]")) location.reload();
  if (target.closest("[data-install]") && offered) {
    offered.prompt();
    offered = null;
    show("install", false);
  }
});

// ---- putting it among the phone's apps: asked for by its own button, never on its own.
let offered = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
  show("install", true);
});
