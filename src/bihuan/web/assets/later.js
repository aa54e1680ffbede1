// A form that may be sent late, a list ticked in a room without a network: what could not be sent waits in
// its open page and is sent when there is one. Its key lets it count once.
const AGAIN = 20_000;
const waiting = new Set();

const tell = (form, waits) => form.querySelectorAll("[data-waits]").forEach((one) => (one.hidden = !waits));

const send = () => {
  for (const form of waiting) {
    waiting.delete(form);
    // A page that came meanwhile holds another form, with what was ticked in it.
    if (form.isConnected) form.requestSubmit();
  }
};

// Whether a form that could not be sent waits.
export const later = (form) => {
  if (!form.matches("form[data-later]")) return false;
  waiting.add(form);
  tell(form, true);
  return true;
};

addEventListener("online", send);
setInterval(() => waiting.size && navigator.onLine && send(), AGAIN);
