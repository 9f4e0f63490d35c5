import "@tensorflow/tfjs-layers"; // registers core's gradients
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { join } from "node:path";
import { registerGradients } from "../../kernels/mod.ts";
import type { Backend } from "../../train/backend.ts";
import { readCheckpoint } from "../../train/checkpoint.ts";
import type { Dataset } from "../../train/data/dataset.ts";
import { OBJECTIVES } from "../../train/objectives/mod.ts";
import type { Objective } from "../../train/objectives/objective.ts";
import { Refusal } from "../../train/refusal.ts";
import { runTraining } from "../../train/run.ts";
import type { RunPlan } from "../../train/run_plan.ts";

await tf.setBackend("cpu");
registerGradients();

const backend: Backend = { name: "wasm", device: "cpu", message: "", isGpu: false, stop() {} };
const dataset: Dataset = {
  ...{ id: "noise", title: "Noise", licence: "CC0", url: "https://example.org/" },
  imageShape: [8, 8, 1],
  count: 10,
  pixels: Uint8Array.from({ length: 640 }, (_, i) => (i * 37) % 256),
};

/** The first objective, whose generator's loss is infinite from step `from` on. */
function divergingFrom(from: number): Objective {
  let step = 0;
  return {
    ...OBJECTIVES[0],
    generatorLoss: (D, Gz) =>
      tf.mul(tf.mean(D(Gz).score), ++step >= from ? Infinity : 1) as tf.Scalar,
  };
}

function planIn(folder: string, objective: Objective): RunPlan {
  return {
    ...{
      objective,
      recipe: "default",
      dataset,
      data: "noise",
      width: 1 / 64,
      steps: 6,
      batchSize: 2,
      seed: 1,
    },
    ...{ id: "noise", out: join(folder, "model"), checkpoints: join(folder, "run") },
    ...{ force: false, resume: false, checkpointMinutes: 0, sampleEvery: 100, logEvery: 10 },
  };
}

Deno.test("a loss that is not finite stops the run with its step, the last good checkpoint and advice", async () => {
  const folder = await Deno.makeTempDir();
  const tensors = tf.memory().numTensors;
  const plan = planIn(folder, divergingFrom(4));
  const stopped = await runTraining(plan, backend, new AbortController().signal)
    .catch((error) => error);
  assert.ok(stopped instanceof Refusal, String(stopped));
  const last = join(plan.checkpoints, "step-00000003.ckpt");
  assert.match(stopped.message, /generator's loss is -?Infinity at step 4/);
  assert.ok(stopped.message.includes(last), stopped.message);
  assert.match(stopped.message, /another --seed/);

  const { step, tensors: saved } = await readCheckpoint(last);
  assert.equal(step, 3);
  for (const { data } of saved.values()) assert.ok(data.every(Number.isFinite));
  await assert.rejects(Deno.stat(plan.out), Deno.errors.NotFound);
  assert.equal(tf.memory().numTensors, tensors);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run leaves no tensor behind and its folder shows the steps it took", async () => {
  const folder = await Deno.makeTempDir();
  const tensors = tf.memory().numTensors;
  const plan = planIn(folder, OBJECTIVES[0]);
  assert.equal(await runTraining(plan, backend, new AbortController().signal), true);
  assert.equal(tf.memory().numTensors, tensors);
  const card = JSON.parse(await Deno.readTextFile(join(plan.out, "card.json")));
  assert.equal(card.training.savedStep, 6);
  assert.equal(card.dataset.images, 10);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run whose minutes are up writes the model it has, with the steps that it took", async () => {
  const folder = await Deno.makeTempDir();
  const plan = { ...planIn(folder, OBJECTIVES[0]), steps: 100_000, budgetMinutes: 0.002 };
  assert.equal(await runTraining(plan, backend, new AbortController().signal), true);
  const { training } = JSON.parse(await Deno.readTextFile(join(plan.out, "card.json")));
  assert.ok(training.generatorSteps >= 1 && training.generatorSteps < 1000);
  assert.equal(training.savedStep, training.generatorSteps);
  assert.match(training.command, new RegExp(`--steps ${training.generatorSteps} `));
  const { steps } = JSON.parse(await Deno.readTextFile(join(plan.out, "history.json")));
  assert.equal(steps.at(-1).step, training.generatorSteps);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run is not resumed on other images, though they are as many and of the same name", async () => {
  const folder = await Deno.makeTempDir();
  const plan = { ...planIn(folder, OBJECTIVES[0]), steps: 1 };
  await runTraining(plan, backend, new AbortController().signal);
  const others = {
    ...dataset,
    pixels: dataset.pixels.map((pixel, i) => i === 639 ? pixel ^ 1 : pixel),
  };
  const resumed = { ...plan, dataset: others, steps: 2, resume: true, force: true };
  await assert.rejects(
    runTraining(resumed, backend, new AbortController().signal),
    {
      name: "Refusal",
      message: /^Cannot resume: the run was started with pixels "[0-9a-f]{16}", now/,
    },
  );
  assert.equal(
    await runTraining({ ...resumed, dataset }, backend, new AbortController().signal),
    true,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a GPU that fails ends the run with its reason and the last checkpoint, though no step ever ends", async () => {
  const folder = await Deno.makeTempDir();
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>();
  const gpu: Backend = { ...backend, device: "A GPU", isGpu: true, failed };
  let step = 0;
  const plan = planIn(folder, {
    ...OBJECTIVES[0],
    generatorLoss(D, Gz) {
      if (++step === 3) fail("the driver was reset");
      return OBJECTIVES[0].generatorLoss(D, Gz);
    },
  });
  await assert.rejects(
    runTraining({ ...plan, steps: 100_000 }, gpu, new AbortController().signal),
    {
      name: "Refusal",
      message:
        /^Stopped: A GPU failed \(the driver was reset\); --resume goes on from .*step-0+[23]\.ckpt$/,
    },
  );
  await assert.rejects(Deno.stat(plan.out), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});
