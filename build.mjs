// Bundles the pages' styles and scripts into src/bihuan/web/static; run at set-up, never committed.
import { build } from "esbuild";

await build({
  entryPoints: [
    { in: "src/bihuan/web/assets/site.css", out: "site" },
    { in: "src/bihuan/web/assets/site.js", out: "site" },
    { in: "src/bihuan/web/assets/proof.js", out: "proof" },
    { in: "src/bihuan/web/assets/chart.js", out: "chart" },
    { in: "src/bihuan/web/assets/screen.js", out: "screen" },
    { in: "src/bihuan/web/assets/mobile.js", out: "mobile" },
    { in: "src/bihuan/web/assets/mobile-worker.js", out: "mobile-worker" },
    { in: "altcha/worker", out: "proof-worker" },
  ],
  outdir: "src/bihuan/web/static/bihuan",
  bundle: true,
  minify: true,
  target: "es2020",
  loader: { ".svg": "file", ".woff2": "empty", ".woff": "empty" },
  logLevel: "warning",
});
