// Bundles the pages' styles and scripts into src/bihuan/web/static; run at set-up, never committed.
import { build } from "esbuild";

await build({
  entryPoints: [
    { in: "src/bihuan/web/assets/site.css", out: "site" },
    { in: "src/bihuan/web/assets/site.js", out: "site" },
  ],
  outdir: "src/bihuan/web/static/bihuan",
  bundle: true,
  minify: true,
  target: "es2020",
  loader: { ".svg": "file", ".woff2": "empty", ".woff": "empty" },
  logLevel: "warning",
});
