// The calling screen: a clock, and the number said aloud by the browser where its link or its switch asks
// for it.
import "./clock.js";

const KEPT = "bihuan.calling.aloud";
const button = document.getElementById("aloud");
let aloud = document.querySelector("[data-aloud]") !== null || localStorage.getItem(KEPT) === "1";

const calls = () => [...document.querySelectorAll("[data-say]")].map((row) => row.dataset.say);
const say = (text) => {
  const words = new SpeechSynthesisUtterance(text);
  const { lang } = document.documentElement;
  words.lang = lang.startsWith("zh") ? "zh-CN" : lang;
  speechSynthesis.speak(words);
};

if ("speechSynthesis" in window) {
  button.hidden = false;
  button.setAttribute("aria-pressed", `${aloud}`);
  button.addEventListener("click", () => {
    aloud = !aloud;
    button.setAttribute("aria-pressed", `${aloud}`);
    localStorage.setItem(KEPT, aloud ? "1" : "0");
    // Whoever switches it on hears at once whether it is loud enough.
    if (aloud) say(calls()[0] ?? button.textContent);
  });
}

// What is called when the screen is switched on was heard before.
let heard = new Set(calls());
document.addEventListener("htmx:afterSwap", () => {
  const called = calls();
  // The oldest first, as they were called.
  if (aloud) called.filter((one) => !heard.has(one)).reverse().forEach(say);
  heard = new Set(called);
});
