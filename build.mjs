// Bundles the pages' styles, scripts and icons into src/bihuan/web/static; run at set-up, never committed.
//
// What leaves is only what is used (the style sheet of @tabler/core is 630 kB, a tenth of it is ours), under
// a name that changes with its content, so that a browser may keep it for a year, and packed beforehand.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const ASSETS = "src/bihuan/web/assets";
const OUT = "src/bihuan/web/static/bihuan";
const ICONS = "node_modules/@tabler/icons/icons/outline";
// What the worker of a page asks for by an address of its own stays under the name it has.
const PACKED = /\.(css|js|svg)$/;

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: [
    ...["site.css", "proof.css", "site.js", "proof.js", "chart.js", "screen.js", "calling.js", "interface.js", "mobile.js", "member.js", "paper.js", "mobile-worker.js", "member-worker.js"].map(
      (name) => ({ in: `${ASSETS}/${name}`, out: name.slice(0, -extname(name).length) }),
    ),
    { in: "altcha/worker", out: "proof-worker" },
  ].filter(({ in: path }) => path !== `${ASSETS}/proof.css`),
  outdir: OUT,
  bundle: true,
  minify: true,
  // A phone of eight years ago reads it.
  target: "es2018",
  // A picture of a style sheet is small and stands in it: one request less.
  loader: { ".svg": "dataurl", ".woff2": "empty", ".woff": "empty" },
  logLevel: "warning",
});

// A class that stands nowhere in a page, a script or a view styles nothing.
const [{ css }] = await new PurgeCSS().purge({
  css: [join(OUT, "site.css")],
  content: ["src/bihuan/**/*.html", "src/bihuan/**/*.py", `${ASSETS}/*.js`],
  variables: true,
  keyframes: true,
  defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
});
// The dark look by one's own choice is that of the machine, written once in tokens.css.
const [, dark] = css.match(/@media\s*\(prefers-color-scheme:\s*dark\)\s*\{((?:[^{}]*\{[^{}]*\})*)\s*\}/) ?? [];
if (!dark?.includes("data-look")) throw new Error("tokens.css has no dark look");
const chosen = dark.replace(/:not\(\[data-look="?light"?\]\)/g, "[data-look=dark]");
await writeFile(join(OUT, "site.css"), css + chosen);

// One sheet of icons: those that templates name by {% icon "name" %}.
const named = new Set();
for (const file of await readdir("src/bihuan", { recursive: true })) {
  if (!/\.(html|py)$/.test(file)) continue;
  const text = await readFile(join("src/bihuan", file), "utf8");
  for (const [, name] of text.matchAll(/icon[ =:(]+"([a-z0-9-]+)"/g)) named.add(name);
}
const symbols = [];
for (const name of [...named].sort()) {
  const drawn = await readFile(join(ICONS, `${name}.svg`), "utf8");
  const inner = drawn.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`);
}
await writeFile(
  join(OUT, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`,
);

// Django's own form of such a list: which name a file leaves under.
const paths = {};
for (const name of await readdir(OUT)) {
  const content = await readFile(join(OUT, name));
  const mark = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const end = extname(name);
  const hashed = `${basename(name, end)}.${mark}${end}`;
  paths[`bihuan/${name}`] = `bihuan/${hashed}`;
  await writeFile(join(OUT, hashed), content);
  if (!PACKED.test(name)) continue;
  await writeFile(join(OUT, `${hashed}.gz`), gzipSync(content, { level: 9 }));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  await writeFile(join(OUT, `${hashed}.br`), brotliCompressSync(content, quality));
}
await writeFile(join(OUT, "staticfiles.json"), JSON.stringify({ version: "1.1", hash: "", paths }));
