// Large photos are made smaller before they are sent: less to wait for, nothing of where they were
// taken, and formats that only this browser can open arrive as JPEG. What fails is sent as it is.
const SIDE = 2560;
const SMALL = 1024 * 1024;
const QUALITY = 0.85;

const shrunk = async (file) => {
  const known = /^image\/(jpeg|png|webp)$/.test(file.type);
  const picture = file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);
  if (!picture || (known && file.size <= SMALL)) return file;
  let drawn;
  try {
    drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
    const part = Math.min(1, SIDE / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(drawn.width * part));
    canvas.height = Math.max(1, Math.round(drawn.height * part));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!made || (known && part === 1 && made.size >= file.size)) return file;
    return new File([made], `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  } finally {
    drawn?.close();
  }
};

/** Shrinks what is chosen in a file field; a form that is sent meanwhile waits for it. */
export const shrink = (field) => {
  let waiting = null;
  field.addEventListener("change", () => {
    const chosen = [...field.files];
    const mine = (async () => {
      const kept = new DataTransfer();
      // One at a time: a phone has not the memory for five.
      for (const file of chosen) kept.items.add(await shrunk(file));
      // Chosen anew meanwhile: what was chosen last counts.
      if (waiting === mine) field.files = kept.files;
    })();
    waiting = mine;
    mine.catch(() => {}).then(() => {
      if (waiting === mine) waiting = null;
    });
  });
  field.form?.addEventListener(
    "submit",
    (event) => {
      if (!waiting) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      waiting.catch(() => {}).then(() => event.target.requestSubmit(submitter));
    },
    true,
  );
};
