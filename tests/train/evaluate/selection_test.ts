import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { join } from "node:path";
import { normal } from "../../../sampler/random.ts";
import { startBackend } from "../../../train/backend.ts";
import type { Dataset } from "../../../train/data/dataset.ts";
import type { Reading } from "../../../train/evaluate/classifier.ts";
import type { Reference } from "../../../train/evaluate/real.ts";
import { OBJECTIVES } from "../../../train/objectives/mod.ts";
import { runTraining } from "../../../train/run.ts";
import type { RunPlan } from "../../../train/run_plan.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const backend = await startBackend("wasm", 1); // one thread: bit for bit the same, and no worker to end
const dataset: Dataset = {
  ...{ id: "noise", title: "Noise", licence: "CC0", url: "https://example.org/" },
  imageShape: [8, 8, 1],
  count: 10,
  pixels: Uint8Array.from({ length: 640 }, (_, i) => (i * 37) % 256),
};
const N = 200;

/** A data set's judge that finds what it is told to: each evaluation's mean feature is off by the next of `shifts`. */
function judgeFinding(shifts: number[]): Reference {
  const reading = (shift: number): Reading => ({
    count: N,
    features: normal([1, 300, 0], N * 128).map((v, i) => i % 128 === 0 ? v + shift : v),
    probabilities: [],
  });
  const left = [...shifts];
  const found: Pick<Reference["classifier"], "read"> = {
    read(pixels) {
      assert.equal(pixels.length, N * 64);
      assert.ok(new Set(pixels).size > 1, "no image but grey");
      return Promise.resolve(reading(left.shift()!));
    },
  };
  const pixels = new Uint8Array(N * 64);
  return {
    dataset: "noise",
    classifier: found as Reference["classifier"],
    images: (split) => {
      assert.equal(split, "validation");
      return Promise.resolve({ split, pixels, reading: reading(0), labels: [] });
    },
  };
}

function planIn(folder: string, plan: Partial<RunPlan>): RunPlan {
  return {
    ...{ objective: OBJECTIVES[0], recipe: "default", dataset, data: "noise", width: 1 / 64 },
    ...{ steps: 6, batchSize: 2, seed: 1, id: "noise" },
    ...{ out: join(folder, "model"), checkpoints: join(folder, "run") },
    ...{ force: false, resume: false, checkpointMinutes: 99, sampleEvery: 100, logEvery: 1 },
    ...plan,
  };
}

const run = (plan: RunPlan, stop = new AbortController().signal) =>
  runTraining(plan, backend, stop);

async function modelIn(folder: string) {
  const json = async (name: string) =>
    JSON.parse(await Deno.readTextFile(join(folder, "model", name)));
  const weights = await Deno.readFile(join(folder, "model", "weights.bin"));
  return { card: await json("card.json"), history: await json("history.json"), weights };
}

Deno.test("--evaluate-every records each distance and ships the best step's files, not the last's", async () => {
  await using folder = await temporaryFolder();
  const [short, long] = [join(folder.path, "short"), join(folder.path, "long")];
  await run(planIn(short, { steps: 4 }));
  const tensors = tf.memory().numTensors;
  await run(planIn(long, { evaluateEvery: 2, reference: judgeFinding([3, 1, 2]) }));
  assert.equal(tf.memory().numTensors, tensors);

  const { card, history, weights } = await modelIn(long);
  assert.equal(card.training.savedStep, 4);
  assert.equal(card.training.generatorSteps, 6);
  assert.match(card.training.command, / --steps 6 .* --evaluate-every 2$/);
  assert.deepEqual(weights, (await modelIn(short)).weights);
  const found = history.evaluations as { step: number; frechet: number; n: number }[];
  assert.deepEqual(found.map(({ step, n }) => [step, n]), [[2, N], [4, N], [6, N]]);
  // The same covariance, so the distance is the squared shift of the mean.
  [9, 1, 4].forEach((expected, i) => assert.ok(Math.abs(found[i].frechet - expected) < 1e-3));
});

Deno.test("a resumed run knows the best model from before it was stopped", async () => {
  await using folder = await temporaryFolder();
  const stop = new AbortController();
  const stopping = judgeFinding([1]);
  const { read } = stopping.classifier;
  Object.assign(stopping.classifier, {
    read(pixels: Uint8Array) {
      stop.abort();
      return read(pixels);
    },
  });
  const first = planIn(folder.path, { evaluateEvery: 2, reference: stopping });
  assert.equal(await run(first, stop.signal), false);
  const rest = { evaluateEvery: 2, reference: judgeFinding([2, 3]), resume: true };
  assert.equal(await run(planIn(folder.path, rest)), true);

  const { card, history } = await modelIn(folder.path);
  assert.equal(card.training.savedStep, 2);
  assert.deepEqual(history.evaluations.map(({ step }: { step: number }) => step), [2, 4, 6]);
  const best = [...Deno.readDirSync(join(folder.path, "run"))].map(({ name }) => name)
    .filter((name) => name.startsWith("best-"));
  assert.deepEqual(best, ["best-00000002"]);
});
