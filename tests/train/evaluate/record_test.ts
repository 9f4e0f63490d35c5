import assert from "node:assert/strict";
import { join } from "node:path";
import { parseCard } from "../../../sampler/card.ts";
import { sha256 } from "../../../train/evaluate/classifier.ts";
import type { Evaluation, Figure } from "../../../train/evaluate/evaluate.ts";
import { record } from "../../../train/evaluate/record.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const figure = (value: number): Figure => ({
  ...{ value, floor: 1, n: 10_000, seed: 1, features: "9f", seconds: 1 },
});
const evaluation = (coverage: number): Evaluation => ({
  split: "test",
  metrics: {
    ...{ frechet: figure(3), precision: figure(1), recall: figure(1), nearest: figure(1) },
    kernel: { ...figure(0.1), standardError: 0.01, floorStandardError: 0.01 },
    ...{ density: figure(1), coverage: figure(coverage) },
    histogram: {
      ...figure(0),
      ...{ missing: [], modes: { found: 10, of: 10 } },
      shares: { class: Object.fromEntries([...Array(10).keys()].map((d) => [d, 0.1])) },
    },
    confident: { ...figure(95), n: 100, confidence: 0.9 },
  },
  grid: Uint8Array.of(1, 2, 3),
  neighbours: Uint8Array.of(4, 5),
});

Deno.test("record() puts the metrics into the card and the pictures among its files", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureModel(folder.path, { size: 8, width: 1 / 64, latentSize: 4 });
  const read = async () =>
    parseCard(JSON.parse(await Deno.readTextFile(join(folder.path, "card.json"))), "card.json");
  const before = await read();
  await record(folder.path, evaluation(0.7), { reason: "it was stopped early" });
  const after = await read();
  assert.equal(
    after.metrics!.shortfall,
    "Coverage is 0.700 (bar: 0.75): it was stopped early.",
  );
  assert.deepEqual(after.metrics!.frechet, figure(3));
  assert.deepEqual({ ...after, metrics: null, files: before.files }, before);
  for (const [name, { bytes, sha256: hash }] of Object.entries(after.files)) {
    const content = await Deno.readFile(join(folder.path, name));
    assert.deepEqual([content.length, sha256(content)], [bytes, hash], name);
  }
  assert.equal(after.files["samples.png"].bytes, 3);
  assert.equal(after.files["neighbours.png"].bytes, 2);

  await record(folder.path, evaluation(0.8), { reason: "no longer true" });
  assert.equal((await read()).metrics!.shortfall, undefined);
});
