// The calling screen: a clock, and the number said aloud by the browser where its link asks for it.
const clock = document.getElementById("clock");
// The hall's time as the server has it: whoever set this machine's clock may be wrong.
const [hours, minutes, seconds] = clock.dataset.at.split(":").map(Number);
const born = Date.now();
const tick = () => {
  const now = new Date(Date.UTC(2000, 0, 1, hours, minutes, seconds) + Date.now() - born);
  clock.textContent = now.toISOString().slice(11, 16);
};
tick();
setInterval(tick, 1000);

const calls = () => [...document.querySelectorAll("[data-aloud] [data-say]")].map((row) => row.dataset.say);
// What is called when the screen is switched on was heard before.
let heard = new Set(calls());
document.addEventListener("htmx:afterSwap", () => {
  const called = calls();
  // The oldest first, as they were called.
  for (const said of called.filter((one) => !heard.has(one)).reverse()) {
    const words = new SpeechSynthesisUtterance(said);
    const { lang } = document.querySelector("[data-live]");
    words.lang = lang.startsWith("zh") ? "zh-CN" : lang;
    speechSynthesis.speak(words);
  }
  heard = new Set(called);
});
