/**
 * Writes everything that is served to dist/: scripts, styles, icons and the sampler's WASM builds under
 * names that hold their hash, compressed copies beside them, and a manifest (`routes/_build.ts`).
 *
 *   deno task build [--if-needed]
 */

import { build as bundle, type Metafile, stop } from "esbuild";
import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import {
  BUILD_SCHEMA,
  type Encoding,
  ENCODING_ENDINGS,
  ENGINE_SCRIPTS,
  type Manifest,
  WIDGET_ELEMENT,
} from "./routes/_build.ts";

const ROOT = import.meta.dirname!;
/** What ends up in dist/, or decides what does. */
const INPUTS = [
  ...["build.ts", "deno.lock", "routes/_build.ts"],
  ...["components", "islands", "kernels", "sampler", "static", "widget"],
];
/** The sampler looks for its builds by their names; the page tells it the hashed ones. */
const WASM_FOLDER = "kernels/built";
/** Workers are started by the URL of a script. */
const WORKERS = Object.values(ENGINE_SCRIPTS);
const COMPRESSIBLE = new Set([".js", ".css", ".svg", ".wasm", ".txt"]);

export interface BuildOptions {
  /** The folder to write. */
  dist?: string;
  /** Compressing takes most of the time; development does without. */
  compress?: boolean;
}

/**
 * Builds into a fresh folder and then puts that in place of `dist`: a build that fails or is
 * interrupted leaves the last good one.
 */
export async function build(
  { dist = `${ROOT}/dist`, compress = true }: BuildOptions = {},
): Promise<Manifest> {
  const inputs = await hashInputs();
  const work = `${dist}.new-${Deno.pid}`;
  const folder = `${work}/assets`;
  try {
    await Deno.mkdir(folder, { recursive: true });
    const bundled = await bundleSources(folder);
    const copied = await copyFiles(folder);
    const manifest: Manifest = {
      schema: BUILD_SCHEMA,
      inputs,
      assets: { ...bundled.assets, ...copied },
      scripts: bundled.scripts,
      files: await encodeFiles(folder, compress ? ["gzip", "br"] : []),
    };
    await Deno.writeTextFile(`${work}/manifest.json`, JSON.stringify(manifest, null, 2));
    await replaceFolder(dist, work);
    return manifest;
  } finally {
    await removeFolder(work);
  }
}

/** Whether `dist` was built from what lies here now. */
export async function isCurrent(dist = `${ROOT}/dist`): Promise<boolean> {
  try {
    const { schema, inputs } = JSON.parse(await Deno.readTextFile(`${dist}/manifest.json`));
    return schema === BUILD_SCHEMA && inputs === await hashInputs();
  } catch {
    return false; // none, or damaged: a new build is the cure for both
  }
}

/** One hash over the paths and contents of all inputs. Times do not count: a fresh clone has new ones. */
async function hashInputs(): Promise<string> {
  const hash = createHash("sha256");
  for (const input of INPUTS) {
    for (const path of await filesIn(input)) {
      const bytes = await Deno.readFile(`${ROOT}/${path}`);
      hash.update(`${path}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

/** The files at `path` and under it, relative to the root, in one order everywhere. */
async function filesIn(path: string): Promise<string[]> {
  const { isFile } = await Deno.stat(`${ROOT}/${path}`);
  if (isFile) return [path];
  const entries = await Array.fromAsync(Deno.readDir(`${ROOT}/${path}`));
  const names = entries.map(({ name }) => name).filter((name) => !name.startsWith(".")).sort();
  return (await Promise.all(names.map((name) => filesIn(`${path}/${name}`)))).flat();
}

/** Bundles islands and styles into `folder`. Each island and each lazily imported module is a chunk. */
async function bundleSources(folder: string): Promise<Pick<Manifest, "assets" | "scripts">> {
  const islands = (await filesIn("islands")).filter((path) => /^islands\/\w+\.tsx$/.test(path));
  const { metafile } = await bundle({
    absWorkingDir: ROOT,
    entryPoints: [
      ...islands.map((path) => ({ in: `island:${path}`, out: basename(path, ".tsx") })),
      ...WORKERS.map((path) => ({ in: path, out: basename(path, ".ts") })),
      { in: WIDGET_ELEMENT, out: "widget" },
      { in: "static/styles.css", out: "styles" },
      { in: "static/embed.css", out: "embed" },
      { in: "static/manual.css", out: "manual" },
    ],
    plugins: [{
      name: "islands",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^island:/ }, ({ path }) => ({ path, namespace: "island" }));
        onLoad({ filter: /./, namespace: "island" }, ({ path }) => ({
          contents: hydration(path.replace("island:", "")),
          resolveDir: ROOT,
        }));
      },
    }],
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "linked",
    metafile: true,
    logLevel: "silent",
  });
  return { assets: entryNames(metafile), scripts: scriptChunks(metafile) };
}

/** The script that brings one kind of island to life on a page. */
function hydration(path: string): string {
  return `import Island from "./${path}";
    import { hydrateIslands } from "./components/Island.tsx";
    hydrateIslands(${JSON.stringify(basename(path, ".tsx"))}, Island);`;
}

/** Source path, without the mark of an island's script. */
function sourceOf(entryPoint: string): string {
  return entryPoint.replace(/^(island:)+/, "");
}

function entryNames({ outputs }: Metafile): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
      entryPoint === undefined ? [] : [[sourceOf(entryPoint), basename(path)]]
    ),
  );
}

/** By source: its chunk and everything that must be there before it runs, the dynamic imports left out. */
function scriptChunks({ outputs }: Metafile): Record<string, string[]> {
  const reach = (path: string, seen: Set<string>): Set<string> => {
    if (seen.has(path)) return seen;
    seen.add(path);
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind === "import-statement") reach(next, seen);
    }
    return seen;
  };
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
      entryPoint === undefined || !path.endsWith(".js")
        ? []
        : [[sourceOf(entryPoint), [...reach(path, new Set())].map((chunk) => basename(chunk))]]
    ),
  );
}

/** Copies static/ (but the styles, which are bundled) and the WASM files under hashed names. */
async function copyFiles(folder: string): Promise<Record<string, string>> {
  const sources = (await filesIn("static")).filter((path) => !path.endsWith(".css"));
  for await (const { name } of Deno.readDir(`${ROOT}/${WASM_FOLDER}`)) {
    if (/^sampler-.*\.wasm$/.test(name)) sources.push(`${WASM_FOLDER}/${name}`);
  }
  const names: Record<string, string> = {};
  for (const source of sources) {
    const bytes = await Deno.readFile(`${ROOT}/${source}`);
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
    const ending = extname(source);
    const name = `${basename(source, ending)}-${hash}${ending}`;
    await Deno.writeFile(`${folder}/${name}`, bytes);
    names[source.startsWith(WASM_FOLDER) ? basename(source) : source] = name;
  }
  return names;
}

/** Lists the files in `folder`, and writes compressed copies of those that shrink by it. */
async function encodeFiles(folder: string, encodings: Encoding[]): Promise<Manifest["files"]> {
  const files: Manifest["files"] = {};
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const name of entries.map((entry) => entry.name).sort()) {
    files[name] = [];
    if (!COMPRESSIBLE.has(extname(name))) continue;
    const bytes = await Deno.readFile(`${folder}/${name}`);
    for (const encoding of encodings) {
      const encoded = encode(bytes, encoding);
      if (encoded.length >= bytes.length) continue;
      await Deno.writeFile(`${folder}/${name}${ENCODING_ENDINGS[encoding]}`, encoded);
      files[name].push(encoding);
    }
  }
  return files;
}

function encode(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === "gzip") return gzipSync(bytes, { level: 9 });
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

async function replaceFolder(target: string, replacement: string): Promise<void> {
  const old = `${target}.old-${Deno.pid}`;
  await Deno.rename(target, old).catch(ignoreMissing);
  await Deno.rename(replacement, target);
  await removeFolder(old);
}

async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) {
  const unknown = Deno.args.filter((arg) => arg !== "--if-needed");
  if (unknown.length > 0) {
    console.error(`Unknown option "${unknown[0]}": the only one is --if-needed`);
    Deno.exit(2);
  }
  if (Deno.args.includes("--if-needed") && await isCurrent()) Deno.exit(0);
  try {
    const start = performance.now();
    const { files } = await build();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`Built dist/: ${Object.keys(files).length} files in ${seconds} s`);
  } catch (error) {
    // esbuild's message lists file, line and reason of each error.
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = 1;
  } finally {
    await stop();
  }
}
