// The proof of work on the public form. Where the browser has no Web Crypto (no JavaScript, or a
// site without HTTPS) the element stays empty and the message goes the plain, more throttled way.
import "altcha/altcha.css";

if (window.isSecureContext && window.crypto?.subtle) {
  import("altcha/external").then(() => {
    // A bundle has no module address to find the worker by; the page says where it is.
    globalThis.altchaCreateWorker = (url) => new Worker(url);
  });
}
