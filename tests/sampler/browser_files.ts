/**
 * Writes what tests/browser/sampler_test.ts serves, in a process with the root's config:
 *
 *   deno run -A tests/sampler/browser_files.ts <folder>
 *
 * page.js and its chunks, wasm/ with the engine's files, and two models, each with z.bin (latents) and
 * expected.bin (their images by stock tfjs, float32).
 */
import { build, stop } from "esbuild";
import { normal } from "../../sampler/random.ts";
import { writeFixtureModel } from "./fixture_model.ts";
import { stockImages } from "./stock_loader.ts";

const COUNT = 2;
const MODELS = {
  grey: { size: 32, channels: 1, width: 0.5, latentSize: 100 },
  colour: { size: 64, channels: 3, width: 0.125, latentSize: 100 },
} as const;

const [folder] = Deno.args;
const root = new URL("../../", import.meta.url);

await build({
  absWorkingDir: root.pathname,
  entryPoints: {
    page: "tests/sampler/browser_page.ts",
    "wasm/worker": "sampler/wasm/worker.ts",
    "wasm/thread": "kernels/pool_worker.ts",
  },
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true, // test what is shipped
  format: "esm",
  target: "es2022",
});
await stop();

const built = new URL("kernels/built/", root);
for (const { name } of Deno.readDirSync(built)) {
  if (name.startsWith("sampler-")) {
    await Deno.copyFile(new URL(name, built), `${folder}/wasm/${name}`);
  }
}

for (const [name, options] of Object.entries(MODELS)) {
  const model = `${folder}/${name}`;
  await writeFixtureModel(model, { ...options, id: name });
  const z = normal([21, 0, 0], COUNT * options.latentSize);
  const expected = await stockImages(model, z, COUNT);
  await Deno.writeFile(`${model}/z.bin`, new Uint8Array(z.buffer));
  await Deno.writeFile(`${model}/expected.bin`, new Uint8Array(expected.slice().buffer));
}
