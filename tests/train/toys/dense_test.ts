import "@tensorflow/tfjs-layers"; // registers core's gradients
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { registerGradients } from "../../../kernels/mod.ts";
import { normal } from "../../../sampler/random.ts";
import type { LayerRow } from "../../../train/describe.ts";
import { OBJECTIVES } from "../../../train/objectives/mod.ts";
import type { Images, Random } from "../../../train/objectives/objective.ts";
import { createPointCritic, createPointGenerator } from "../../../train/toys/dense.ts";
import { describePointCritic, describePointGenerator } from "../../../train/toys/describe_dense.ts";
import { assertGradientsMatch } from "../finite_differences.ts";

await tf.setBackend("cpu");
registerGradients();

const random: Random = { uniform: (shape) => tf.fill(shape, 0.3) };
const points = (...values: number[]) => tf.tensor4d(values, [values.length / 2, 1, 2, 1]) as Images;
const setAll = (weights: readonly tf.Variable[], lastBias: number[]) =>
  weights.forEach((w, i) =>
    w.assign(i === weights.length - 1 ? tf.tensor(lastBias) : tf.zeros(w.shape))
  );

for (const { name, critic: kind, criticLoss, generatorLoss, points: recipe } of OBJECTIVES) {
  Deno.test(`${name}'s weight gradients match finite differences with dense networks`, () => {
    const critic = createPointCritic(kind, 3);
    const generator = createPointGenerator(3);
    const batch = (seed: number) => points(...normal([seed, 0, 0], 10));
    const [x, Gz, z] = [batch(1), batch(2), tf.tensor2d(normal([3, 0, 0], 10), [5, 2])];
    assertGradientsMatch(
      () => criticLoss(critic.judge, x, Gz, random, recipe).loss,
      critic.weights,
    );
    assertGradientsMatch(
      () => generatorLoss(critic.judge, generator.train(z)),
      generator.weights,
    );
    tf.dispose([...critic.weights, ...generator.weights] as tf.Variable[]);
  });
}

Deno.test("the generator of points gives [batch, 1, 2, 1], x before y", () => {
  const { weights, train } = createPointGenerator(1);
  setAll(weights, [0.25, -3]);
  const images = train(tf.ones([2, 2]));
  assert.deepEqual(images.shape, [2, 1, 2, 1]);
  assert.deepEqual([...images.dataSync()], [0.25, -3, 0.25, -3]); // linear: not within [-1, 1]
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("the critic's score is one number a point", () => {
  const { weights, judge } = createPointCritic("score", 1);
  setAll(weights, [1.5]);
  const { score, code } = judge(points(1, 2, 3, 4, 5, 6));
  assert.deepEqual([...score.dataSync()], [1.5, 1.5, 1.5]);
  assert.equal(code, undefined);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("the auto-encoder's score of a point is the mean squared error of its copy", () => {
  // The copy is the last bias, (1, 0): ½ ((1 − 3)² + 0²) = 2 and ½ ((1 − 0)² + (−4)²) = 8½.
  const { weights, judge } = createPointCritic("autoencoder", 1);
  setAll(weights, [1, 0]);
  const { score, code } = judge(points(3, 0, 0, 4));
  assert.deepEqual([...score.dataSync()], [2, 8.5]);
  assert.equal(code!.shape[0], 2);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("first weights: He's limits in hidden layers, biases within 1/√(fan in), by seed", () => {
  const [one, same, other] = [1, 1, 2].map((seed) => createPointGenerator(seed));
  const most = one.weights.map((w) =>
    w.dataSync<"float32">().reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  );
  // 2 → 64 → 64 → 64 → 2: √(6 / 2), √(6 / 64), and Glorot's √(6 / 66) without bias at the end
  const limits = [Math.sqrt(3), Math.SQRT1_2, ...[0, 1].flatMap(() => [Math.sqrt(6 / 64), 1 / 8])];
  [...limits, Math.sqrt(6 / 66)].forEach((limit, i) =>
    assert.ok(most[i] <= limit && most[i] > 0.9 * limit, `weight ${i}: ${most[i]} of ${limit}`)
  );
  assert.equal(most.at(-1), 0);
  assert.deepEqual(one.weights[2].dataSync(), same.weights[2].dataSync());
  assert.notDeepEqual(one.weights[2].dataSync(), other.weights[2].dataSync());
  tf.dispose([one, same, other].flatMap(({ weights }) => weights as tf.Variable[]));
});

Deno.test("the described parameters are the dense networks'", () => {
  const described = (rows: LayerRow[]) => rows.reduce((sum, row) => sum + row.parameters, 0);
  const held = ({ weights }: { weights: readonly tf.Variable[] }) =>
    weights.reduce((sum, w) => sum + w.size, 0);
  assert.equal(described(describePointGenerator()), held(createPointGenerator(1)));
  for (const kind of ["score", "autoencoder"] as const) {
    assert.equal(described(describePointCritic(kind)), held(createPointCritic(kind, 1)));
  }
  tf.disposeVariables();
});
