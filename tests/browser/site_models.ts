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
  await Deno.mkdir(`${folder}/no-card`);
  await Deno.writeTextFile(`${folder}/no-card/card.json`, '{"schema": 1}');
  return folder;
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
