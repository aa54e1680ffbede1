// A passkey answers for the password: what the house asks goes to the device, its answer with the form.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const asked = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
  ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
});

const answered = (found) => {
  const { response } = found;
  const told = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) told[name] = text(response[name]);
  }
  return { id: found.id, rawId: text(found.rawId), type: found.type, response: told, clientExtensionResults: {} };
};

const ask = async (form) => {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const reply = await fetch(form.dataset.passkey, { method: "POST", headers: { "X-CSRFToken": token } });
  const { publicKey } = await reply.json();
  const what = { publicKey: asked(publicKey) };
  const found = await (publicKey.user ? navigator.credentials.create(what) : navigator.credentials.get(what));
  return JSON.stringify(answered(found));
};

// Without a browser that knows passkeys the form stays away: the other ways stand beside it.
export const passkey = (form) => {
  if (!("PublicKeyCredential" in window)) return;
  form.hidden = false;
  const failed = form.querySelector("[data-failed]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    failed.hidden = true;
    ask(form).then(
      (answer) => {
        form.elements.answer.value = answer;
        form.submit();
      },
      () => {
        failed.hidden = false;
      },
    );
  });
};
