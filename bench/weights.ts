/**
 * What a model's weights cost and lose by their number format: bytes as served (they are not compressed) and
 * gzipped, and how far the pictures' bytes are from those of the weights before they were rounded to it.
 *
 *   deno run -A bench/weights.ts [model folder]
 *
 * float16 is what is shipped, so its own loss cannot be seen here; uint8 is tfjs's quantisation, one scale and
 * one least value a tensor.
 */
import { gzipSync } from "node:zlib";
import { folderSource } from "../sampler/deno.ts";
import { latent } from "../sampler/latent.ts";
import { parseTopology } from "../sampler/layers.ts";
import { planOf } from "../sampler/plan.ts";
import { startEngine } from "../sampler/wasm/engine.ts";
import { buildName } from "../sampler/wasm/files.ts";
import { decodeWeights, type Weight } from "../sampler/weights.ts";

const COUNT = 256;

const source = folderSource(Deno.args[0] ?? "models/wgan-gp-mnist");
const json = async (path: string) => JSON.parse(new TextDecoder().decode(await source.read(path)));
const card = await json("card.json");
const topology = parseTopology(await json("model.json"), "model.json");
const bytes = await source.read("weights.bin");
const weights = decodeWeights(bytes, topology.weights, "weights.bin");

const build = new URL(`../kernels/built/${buildName({ threads: 1 })}`, import.meta.url);
const engine = await startEngine({ threads: 1, binary: await Deno.readFile(build) });
const z = new Float32Array(COUNT * card.latentSize);
for (let i = 0; i < COUNT; i++) z.set(latent(i, card.latentSize), i * card.latentSize);

const shipped = await picturesOf(weights);
const { rounded, stored } = quantise(weights);
const coarse = await picturesOf(rounded);
let worst = 0, sum = 0, changed = 0, samples = 0;
for (let i = 0; i < shipped.length; i++) {
  if (i % 4 === 3) continue; // opacity
  const difference = Math.abs(shipped[i] - coarse[i]);
  worst = Math.max(worst, difference);
  sum += difference;
  changed += difference > 2 ? 1 : 0;
  samples++;
}
console.log(`${card.id}: ${COUNT} pictures`);
console.log(`float16  ${bytes.length} bytes, gzipped ${gzipSync(bytes).length}`);
console.log(`uint8    ${stored.length} bytes, gzipped ${gzipSync(stored).length}`);
console.log(
  `uint8's pictures differ from float16's by ${worst} of 255 at worst, ${
    (sum / samples).toFixed(3)
  } on average; ${(100 * changed / samples).toFixed(2)} % of the bytes by more than 2`,
);

async function picturesOf(weights: ReadonlyMap<string, Weight>): Promise<Uint8ClampedArray> {
  const loaded = engine.load(planOf(topology.layers, weights, card, "model.json"));
  const pictures = await loaded.pixels(z, COUNT);
  loaded.dispose();
  return pictures;
}

/** tfjs's own: value = least + scale · byte. */
function quantise(weights: ReadonlyMap<string, Weight>) {
  const stored: number[] = [];
  const rounded = new Map<string, Weight>();
  for (const [name, { shape, values }] of weights) {
    const least = values.reduce((a, b) => Math.min(a, b));
    const scale = (values.reduce((a, b) => Math.max(a, b)) - least) / 255 || 1;
    const codes = values.map((value) => Math.round((value - least) / scale));
    for (const code of codes) stored.push(code);
    rounded.set(name, { shape, values: codes.map((code) => least + scale * code) });
  }
  return { rounded, stored: Uint8Array.from(stored) };
}
