// How many notices are unread, asked again while one looks: the number moves without a page being loaded.
// A notice of the browser's own says that there is something new, never what: others see the screen.
const EVERY = 60_000;

const show = (bell, unread) => {
  let number = bell.querySelector("b");
  if (!unread) return number?.remove();
  if (!number) bell.append((number = document.createElement("b")));
  number.textContent = unread;
};

const tell = (said) => {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  try {
    new Notification(document.querySelector(".brand")?.textContent.trim() || document.title, { body: said, tag: "bihuan" });
  } catch {
    // Some phones let only an installed application do so.
  }
};

export const bell = () => {
  const found = document.querySelector("[data-bell]");
  if (!found) return;
  let known = Number(found.querySelector("b")?.textContent ?? 0);
  const ask = async () => {
    const answer = await fetch(found.dataset.bell, { redirect: "manual" }).catch(() => null);
    // Who has been logged out meanwhile finds that out by the next page, not by a number that is gone.
    if (!answer?.ok) return;
    const { unread, said } = await answer.json();
    const now = document.querySelector("[data-bell]");
    if (now) show(now, unread);
    if (unread > known) tell(said);
    known = unread;
  };
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
};

// The button stands only where it does something: never asked on load, nor again where somebody said no.
export const permit = (button) => {
  if (!("Notification" in window) || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    button.hidden = true;
  });
};
