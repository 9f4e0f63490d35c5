import "@tensorflow/tfjs-layers"; // registers core's gradients
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { registerGradients } from "../../kernels/mod.ts";
import { createAverage } from "../../train/average.ts";
import { Diverged, pretrain, train, type TrainingRun } from "../../train/loop.ts";
import { createCritic } from "../../train/critics.ts";
import { normal } from "../../sampler/random.ts";
import { createGenerator, type Generator } from "../../train/networks.ts";
import { OBJECTIVES } from "../../train/objectives/mod.ts";
import type { Images, Objective, Random } from "../../train/objectives/objective.ts";
import { createOptimizer, type Optimizer } from "../../train/optimizers.ts";
import { disposeRun } from "../../train/run.ts";
import { restore, snapshot } from "../../train/snapshot.ts";
import { STREAM } from "../../train/streams.ts";

await tf.setBackend("cpu");
registerGradients();

const shape = { size: 8, channels: 1, width: 1 / 64, latentSize: 5 } as const;

function tinyRun(objective: Objective, steps: number): TrainingRun & { dispose(): void } {
  const recipe = objective.recipes.default;
  const start = { initialisation: "gaussian", seed: 1 } as const;
  const generator = createGenerator(shape, start);
  const critic = createCritic(shape, {
    kind: objective.critic,
    normalisation: recipe.criticNormalisation,
    hidden: recipe.criticHidden,
    start,
  });
  const generatorOptimizer = createOptimizer(recipe.generatorOptimizer, generator.weights);
  const criticOptimizer = createOptimizer(recipe.criticOptimizer, critic.weights);
  const average = createAverage(generator);
  return {
    ...{ objective, recipe, generator, critic, generatorOptimizer, criticOptimizer, average },
    ...{ seed: 1, batchSize: 3, step: 0, pretrained: 0, steps },
    dispose() {
      disposeRun(this);
    },
  };
}

const grey = () => Promise.resolve(tf.zeros([3, 8, 8, 1]) as Images);

for (const objective of OBJECTIVES) {
  Deno.test(`train() leaves tf.memory().numTensors unchanged after a step (${objective.name})`, async () => {
    const before = tf.memory().numTensors;
    const run = tinyRun(objective, 4);
    const counts: number[] = [];
    for await (const { losses } of train(run, grey)) {
      await losses;
      counts.push(tf.memory().numTensors);
    }
    // While a step's report is out, the next batch may already be there; nothing else may grow.
    assert.deepEqual(counts.slice(1), Array(3).fill(counts[0]));
    run.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  Deno.test(`train() changes both networks and the average, and reports finite losses (${objective.name})`, async () => {
    const run = tinyRun(objective, 1);
    const copies = [run.generator, run.critic, run.average]
      .map(({ weights }) => weights.map((w) => w.dataSync().slice()));
    for await (const report of train(run, grey)) {
      assert.equal(report.step, 1);
      const { criticLoss, generatorLoss } = await report.losses;
      assert.ok(Number.isFinite(criticLoss) && Number.isFinite(generatorLoss));
    }
    [run.generator, run.critic, run.average].forEach(({ weights }, i) =>
      assert.ok(weights.some((w, k) => w.dataSync().some((v, j) => v !== copies[i][k][j])))
    );
    run.dispose();
  });
}

Deno.test("train() leaves every critic weight within wgan's bound after each step", async () => {
  const objective = OBJECTIVES.find(({ name }) => name === "wgan")!;
  const run = tinyRun(objective, 2);
  for await (const _ of train(run, grey)) {
    for (const w of run.critic.weights) {
      assert.ok(w.dataSync<"float32">().every((v) => Math.abs(v) <= Math.fround(0.01)));
    }
  }
  run.dispose();
});

Deno.test("pretrain() lowers the energy of real images, touches the critic alone and leaves no tensor", async () => {
  const objective = OBJECTIVES.find(({ pretrainLoss }) => pretrainLoss)!;
  const run = tinyRun(objective, 0);
  const generator = run.generator.weights.map((w) => w.dataSync().slice());
  const asked: number[] = [];
  const losses: number[] = [];
  const before = tf.memory().numTensors;
  const steps = pretrain({ ...run, pretrained: run.recipe.pretrainSteps! - 20 }, (i) => {
    asked.push(i);
    return Promise.resolve(tf.ones([3, 8, 8, 1]) as Images);
  });
  for await (const { loss } of steps) losses.push(await loss);
  assert.equal(tf.memory().numTensors, before);
  assert.equal(asked[0], run.recipe.pretrainSteps! - 20);
  assert.equal(asked.length, 20);
  assert.ok(losses[19] < losses[0], `${losses[0]} to ${losses[19]}`);
  run.generator.weights.forEach((w, i) => assert.deepEqual(w.dataSync(), generator[i]));
  run.dispose();
});

/** An objective that only counts its calls: D(x) is the mean of x. */
function counting(calls: string[], spoil?: (step: number) => boolean): Objective {
  const model = OBJECTIVES[0];
  let generatorSteps = 0;
  return {
    ...model,
    recipes: { ...model.recipes, default: { ...model.recipes.default, criticSteps: 2 } },
    criticLoss(D, x) {
      calls.push("critic");
      return { loss: tf.mean(D(x).score) as tf.Scalar };
    },
    generatorLoss(D, Gz) {
      calls.push("generator");
      const loss = tf.mean(D(Gz).score) as tf.Scalar;
      return spoil?.(++generatorSteps) ? tf.mul(loss, NaN) : loss;
    },
  };
}

Deno.test("train() takes the recipe's critic steps before each generator step, with consecutive batches", async () => {
  const calls: string[] = [];
  const asked: number[] = [];
  const run = tinyRun(counting(calls), 2);
  const steps: number[] = [];
  for await (
    const { step } of train(run, (i) => {
      asked.push(i);
      return grey();
    })
  ) steps.push(step);
  assert.deepEqual(calls, ["critic", "critic", "generator", "critic", "critic", "generator"]);
  assert.deepEqual(asked, [0, 1, 2, 3, 4]); // the last is prepared ahead and thrown away
  assert.deepEqual(steps, [1, 2]);
  run.dispose();
});

// At 8x8 the generator has two convolutions and the critic, with its hidden units, three. The critic's are run on real images, on fakes and, for the generator, on fakes
// again; the generator's transposed ones are Conv2DBackpropInput forward and Conv2D backward.
const CONVOLUTIONS = {
  // No gradient by a batch's images, by latents or, in the generator's step, by the critic's filters. The last terms are the
  // penalty's: forward, gradient by the images, and of that gradient by the filters and, but for the last layer, by the
  // gradient that it came from.
  dcgan: {
    Conv2D: 3 * 3 + 1 + (3 + 2),
    Conv2DBackpropFilter: 2 * 3 + 2 + 3,
    Conv2DBackpropInput: 2 + 2 * 2 + 3 + 3,
  },
  // Five critic steps, each with fakes of its own and a penalty.
  "wgan-gp": {
    Conv2D: 5 * (2 * 3 + 3 + 2) + 3 + 1,
    Conv2DBackpropFilter: 5 * (2 * 3 + 3) + 2,
    Conv2DBackpropInput: 5 * (2 + 2 * 2 + 3) + 2 + 3,
  },
};
for (const [name, expected] of Object.entries(CONVOLUTIONS)) {
  Deno.test(`train() computes no gradient that nobody needs (${name})`, async () => {
    const run = tinyRun(OBJECTIVES.find((objective) => objective.name === name)!, 1);
    const { kernels } = await tf.profile(async () => {
      for await (const { losses } of train(run, grey)) await losses;
      return [];
    });
    const count = (kernel: string) => kernels.filter(({ name }) => name === kernel).length;
    const found = Object.fromEntries(
      Object.keys(expected).map((kernel) => [kernel, count(kernel)]),
    );
    assert.deepEqual(found, expected);
    run.dispose();
  });
}

Deno.test("train() with one critic step runs the generator once, and its gradient goes through the updated critic", async () => {
  const [run, twin] = [tinyRun(OBJECTIVES[0], 1), tinyRun(OBJECTIVES[0], 1)];
  let forwards = 0;
  const generator: Generator = {
    ...run.generator,
    train: (...args) => (forwards++, run.generator.train(...args)),
  };
  const x = await grey();
  for await (const _ of train({ ...run, generator }, () => Promise.resolve(tf.clone(x)))) continue;
  assert.equal(forwards, 1);

  // The twin takes the two steps one after the other, the generator's with a forward pass of its own.
  const { objective, critic } = twin;
  const z = tf.tensor2d(normal([1, STREAM.generatorLatents, 1], 3 * 5), [3, 5]);
  const step = (optimizer: Optimizer, weights: readonly tf.Variable[], loss: () => tf.Scalar) => {
    const { grads } = tf.variableGrads(loss, weights as tf.Variable[]);
    optimizer.apply(weights.map((w) => grads[w.name]));
  };
  const Gz = twin.generator.train(z);
  const none: Random = { uniform: () => assert.fail("this loss draws nothing") };
  step(
    twin.criticOptimizer,
    critic.weights,
    () => objective.criticLoss(critic.judge, x, Gz, none, twin.recipe).loss,
  );
  step(
    twin.generatorOptimizer,
    twin.generator.weights,
    () => objective.generatorLoss(critic.judge, twin.generator.train(z)),
  );
  for (const network of ["critic", "generator"] as const) {
    run[network].weights.forEach((w, i) =>
      assert.deepEqual(w.dataSync(), twin[network].weights[i].dataSync(), `${network} ${i}`)
    );
  }
  run.dispose();
  twin.dispose();
});

Deno.test("train() starts a resumed run at the batch where it stopped", async () => {
  const asked: number[] = [];
  const run = { ...tinyRun(counting([]), 4), step: 3 };
  for await (
    const { step } of train(run, (i) => {
      asked.push(i);
      return grey();
    })
  ) assert.equal(step, 4);
  assert.deepEqual(asked, [6, 7, 8]);
  run.dispose();
});

for (const name of ["dcgan", "wgan"]) { // one critic step, and several
  Deno.test(`train() goes on from a snapshot as if it had never stopped (${name})`, async () => {
    const objective = OBJECTIVES.find((objective) => objective.name === name)!;
    const batch = (i: number) => Promise.resolve(tf.fill([3, 8, 8, 1], Math.sin(i)) as Images);
    const whole = tinyRun(objective, 4),
      begun = tinyRun(objective, 2),
      fresh = tinyRun(objective, 4);
    for await (const _ of train(whole, batch)) continue;
    for await (const _ of train(begun, batch)) continue;
    const steps = { generator: begun.generatorOptimizer.step, critic: begun.criticOptimizer.step };
    restore(fresh, await snapshot(begun), steps, "here");
    for await (const _ of train({ ...fresh, step: 2 }, batch)) continue;
    assert.deepEqual(await snapshot(fresh), await snapshot(whole));
    for (const run of [whole, begun, fresh]) run.dispose();
  });
}

Deno.test("train() throws Diverged with the step and the loss that is not finite", async () => {
  const run = tinyRun(counting([], (step) => step === 3), 5);
  const steps: number[] = [];
  await assert.rejects(
    async () => {
      for await (const { step, losses } of train(run, grey)) {
        await losses;
        steps.push(step);
      }
    },
    (error) => error instanceof Diverged && error.step === 3 && error.loss === "generator's loss",
  );
  assert.deepEqual(steps, [1, 2]);
  run.dispose();
});

Deno.test("train() gives back the batch prepared ahead when the caller leaves the loop", async () => {
  const run = tinyRun(counting([]), 5);
  const before = tf.memory().numTensors;
  for await (const _ of train(run, grey)) break;
  assert.equal(tf.memory().numTensors, before);
  run.dispose();
});
