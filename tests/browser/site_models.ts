import assert from "node:assert/strict";
import { createHash } from "node:crypto";

const ROOT = new URL("../../", import.meta.url);

/** A zoo of two sound generators with random weights, and of others that are damaged each in one way. */
export async function makeModels(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "ganlet-zoo-" });
  await makeModel(folder, "digits", "--size=32", "--channels=1");
  await makeModel(folder, "faces", "--size=64", "--channels=3");
  const weights = await Deno.readFile(`${folder}/digits/weights.bin`);
  await damage(folder, "truncated", weights.subarray(0, -100));
  const flipped = weights.slice();
  flipped[1000] ^= 1;
  await damage(folder, "other-bytes", flipped);
  const nan = weights.slice();
  nan.set([0x00, 0x7e], 1000); // a float16 NaN, little-endian
  await damage(folder, "nan", nan, { matchingCard: true });
  await addExtras(folder);
  await Deno.mkdir(`${folder}/no-card`);
  await Deno.writeTextFile(`${folder}/no-card/card.json`, '{"schema": 1}');
  return folder;
}

/** The sound model once more, with all that a model may have beside its weights, made up by hand. */
async function addExtras(folder: string): Promise<void> {
  const [from, to] = [`${folder}/digits`, `${folder}/directed`];
  await Deno.mkdir(`${to}/timeline`, { recursive: true });
  const card = JSON.parse(await Deno.readTextFile(`${from}/card.json`));
  card.id = "directed";
  const history = JSON.parse(await Deno.readTextFile(`${from}/history.json`));
  history.timeline = [100, 200].map((step) => ({ step, file: `timeline/step-000${step}.png` }));
  const poster = await Deno.readFile(`${from}/poster.png`);
  const files: Record<string, Uint8Array> = {
    "model.json": await Deno.readFile(`${from}/model.json`),
    "weights.bin": await Deno.readFile(`${from}/weights.bin`),
    "poster.png": poster,
    "history.json": encode(history),
    "timeline/step-000100.png": poster,
    "timeline/step-000200.png": poster,
    "neighbours.png": poster,
    "directions.json": encode(directions(card.latentSize, card.files["weights.bin"].sha256)),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${to}/${name}`, bytes);
    card.files[name] = {
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    };
  }
  await Deno.writeTextFile(`${to}/card.json`, JSON.stringify(card));
}

/** Directions along single dimensions, so that what they do is known without them. */
function directions(latentSize: number, weights: string) {
  const along = (dimension: number) =>
    Array.from({ length: latentSize }, (_, i) => i === dimension ? 1 : 0);
  const attribute = (id: string, question: string, dimension: number) => ({
    id,
    title: question,
    question,
    value: null,
    minus: "less",
    plus: "more",
    vector: along(dimension),
    accuracy: 0.9,
    change: 0.75,
    leak: null,
  });
  const principal = (count: number, first: number) =>
    Array.from(
      { length: count },
      (_, i) => ({ vector: along(first + i), strength: 0.1 / (i + 1) }),
    );
  return {
    schema: 1,
    weights,
    latentSize,
    seed: 1,
    samples: 20_000,
    attributes: [attribute("slant", "Slant", 0), attribute("width", "Width", 1)],
    sefa: principal(12, 2),
    ganspace: principal(3, 4),
  };
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

async function makeModel(folder: string, id: string, ...options: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "tests/sampler/fixture_model.ts", `${folder}/${id}`, "--id", id],
      ...["--width=0.125", "--latentSize=25", ...options],
    ],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** A copy of the sound model with other weights, which its card describes only when told to. */
async function damage(
  folder: string,
  id: string,
  weights: Uint8Array,
  { matchingCard = false } = {},
): Promise<void> {
  await Deno.mkdir(`${folder}/${id}`);
  for (const name of ["model.json", "poster.png", "history.json"]) {
    await Deno.copyFile(`${folder}/digits/${name}`, `${folder}/${id}/${name}`);
  }
  const card = JSON.parse(await Deno.readTextFile(`${folder}/digits/card.json`));
  card.id = id;
  if (matchingCard) {
    card.files["weights.bin"].sha256 = createHash("sha256").update(weights).digest("hex");
  }
  await Deno.writeFile(`${folder}/${id}/weights.bin`, weights);
  await Deno.writeTextFile(`${folder}/${id}/card.json`, JSON.stringify(card));
}
