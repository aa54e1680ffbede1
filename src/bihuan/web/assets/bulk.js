// One step on many matters: only the chosen step's fields stand there, and the button tells how many are chosen.
// Without this file the fields of every step stand there, each group under its step's name.
const list = () => document.querySelector("#bulk");
const ticked = () => document.querySelectorAll("[name=pick]:checked").length;

const count = () => {
  const many = ticked();
  for (const one of list()?.querySelectorAll("[data-picked]") ?? []) {
    one.dataset.plain ??= one.textContent;
    one.textContent = many ? one.dataset.picked.replace("{count}", many) : one.dataset.plain;
  }
};

const show = (choice) => {
  for (const step of list().querySelectorAll("[data-step]")) {
    const chosen = step.dataset.step === choice.value;
    // What is disabled neither leaves nor holds the form up.
    step.hidden = step.disabled = !chosen;
    step.querySelector("legend").classList.add("visually-hidden");
    step
      .querySelectorAll("[data-needed] :is(select, textarea, input.form-control):not([data-rows] *, .chosen ~ *)")
      .forEach((field) => (field.required = chosen));
  }
  choice.required = true;
};

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-steps]")) show(target);
  if (!target.matches("[name=pick], [data-check-all]")) return;
  count();
  // What can be done is asked of what is picked, as long as nobody has begun to fill it in.
  const bulk = list();
  if (bulk?.open && !bulk.querySelector("[data-steps]")?.value) window.htmx.trigger(bulk, "picked");
});

export const steps = (choice) => {
  show(choice);
  count();
};
