import "@tensorflow/tfjs-layers"; // registers core's gradients
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { registerGradients } from "../../kernels/mod.ts";
import { normal } from "../../sampler/random.ts";
import { createCritic } from "../../train/critics.ts";
import { createGenerator } from "../../train/networks.ts";
import { dcgan } from "../../train/objectives/dcgan.ts";
import { ebgan, pullingAwayTerm } from "../../train/objectives/ebgan.ts";
import { lsgan } from "../../train/objectives/lsgan.ts";
import { OBJECTIVES } from "../../train/objectives/mod.ts";
import type { Critic, Images, Random } from "../../train/objectives/objective.ts";
import { realGradientPenalty } from "../../train/objectives/real_gradient_penalty.ts";
import { wgan } from "../../train/objectives/wgan.ts";
import { assertGradientsMatch } from "./finite_differences.ts";

await tf.setBackend("cpu");
registerGradients();

const random: Random = { uniform: (shape) => tf.fill(shape, 0.3) };
/** One-pixel images whose score is the pixel. */
const pixels = (...values: number[]) => tf.tensor4d(values, [values.length, 1, 1, 1]) as Images;
const D: Critic = (x) => ({ score: tf.reshape(x, [-1]) as tf.Tensor1D });
const value = (t: tf.Tensor) => t.dataSync()[0];
const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-5, `expected ${expected}, found ${found}`);

for (const objective of OBJECTIVES) {
  const { default: standard, article } = objective.recipes;
  // The penalty takes the moments of a step together as given, which a difference of two such steps does not: without it there.
  const recipes = {
    ...{ article, default: { ...standard, r1: 0 } },
    "default, its norm alone": { ...standard, criticNormalisation: "batch-after-first" as const },
    "default, its norm together": {
      ...standard,
      criticNormalisation: "batch-together" as const,
      r1: 0,
    },
  };
  for (const [name, recipe] of Object.entries(recipes)) {
    if (name.endsWith("together") && objective.name === "wgan-gp") continue; // its penalty cannot be left out
    Deno.test(`${objective.name}'s weight gradients match finite differences (${name}'s critic)`, () => {
      const [normalisation, hidden] = [recipe.criticNormalisation, recipe.criticHidden];
      const size = normalisation.startsWith("batch-") ? 16 : 8; // which has a layer after the first
      const shape = { size, channels: 1, width: 1 / 64, latentSize: 4 } as const;
      const start = { initialisation: "glorot", seed: 4 } as const; // larger weights than the default's: every term counts
      const critic = createCritic(shape, { kind: objective.critic, normalisation, hidden, start });
      const generator = createGenerator(shape, start);
      const batch = (seed: number) =>
        tf.tanh(tf.tensor4d(normal([seed, 0, 0], 3 * size ** 2), [3, size, size, 1])) as Images;
      const [x, Gz, z] = [batch(1), batch(2), tf.tensor2d(normal([3, 0, 0], 12), [3, 4])];
      assertGradientsMatch(
        () => objective.criticLoss(critic.judge, x, Gz, random, recipe).loss,
        critic.weights,
      );
      assertGradientsMatch(
        () => objective.generatorLoss(critic.judge, generator.train(z), recipe),
        generator.weights,
      );
      const { weights, remembered = [] } = critic;
      tf.dispose([...weights, ...remembered, ...generator.weights] as tf.Variable[]);
    });
  }

  if (objective.critic === "autoencoder") continue; // its score is an energy: low is good
  Deno.test(`${objective.name}'s losses pull real and generated scores apart, the generator's together`, () => {
    const slope = (f: (x: tf.Tensor) => tf.Tensor, at: tf.Tensor) => value(tf.grad(f)(at));
    const [x, Gz] = [pixels(0.2), pixels(0.4)];
    const loss = (x: Images, Gz: Images) => objective.criticLoss(D, x, Gz, random).loss;
    assert.ok(slope((x) => loss(x as Images, Gz), x) < 0);
    assert.ok(slope((g) => loss(x, g as Images), Gz) > 0);
    assert.ok(slope((g) => objective.generatorLoss(D, g as Images), Gz) < 0);
  });
}

Deno.test("dcgan's losses are the cross-entropies of logits", () => {
  // σ(0) = ½, σ(ln 3) = ¾: L_D = −½(ln ½ + ln ¾) − ½(ln ½ + ln ¼), L_G = −½(ln ½ + ln ¾)
  const [x, Gz] = [pixels(0, Math.log(3)), pixels(0, Math.log(3))];
  const { loss } = dcgan.criticLoss(D, x, Gz, random);
  close(
    value(loss),
    -0.5 * (Math.log(1 / 2) + Math.log(3 / 4) + Math.log(1 / 2) + Math.log(1 / 4)),
  );
  close(value(dcgan.generatorLoss(D, Gz)), -0.5 * (Math.log(1 / 2) + Math.log(3 / 4)));
});

Deno.test("dcgan's losses stay finite at logits of ±1000", () => {
  const { loss } = dcgan.criticLoss(D, pixels(-1000), pixels(1000), random);
  close(value(loss), 2000);
  close(value(dcgan.generatorLoss(D, pixels(-1000))), 1000);
});

Deno.test("realGradientPenalty() is half the squared norm of D's gradient, at the batch's first quarter", () => {
  // D(x) = ½‖x‖² has the gradient x. Of five images the first two count: ½ (‖(3, 4)‖² + ‖(1, 2)‖²) / 2 = ½ (25 + 5) / 2.
  const D: Critic = (x) => ({ score: tf.mul(0.5, tf.sum(tf.square(x), [1, 2, 3])) as tf.Tensor1D });
  const x = tf.tensor4d([3, 4, 1, 2, 9, 9, 9, 9, 9, 9], [5, 1, 2, 1]) as Images;
  close(value(realGradientPenalty(D, x)), 7.5);
});

Deno.test("realGradientPenalty()'s gradient matches finite differences where the norm's moments are given", () => {
  const shape = { size: 16, channels: 1, width: 1 / 64, latentSize: 4 } as const;
  const start = { initialisation: "glorot", seed: 4 } as const;
  const critic = createCritic(shape, {
    ...{ kind: "score", normalisation: "batch-together", hidden: 256, start } as const,
  });
  const x = tf.tanh(tf.tensor4d(normal([1, 0, 0], 4 * 256), [4, 16, 16, 1])) as Images;
  critic.judge.together!(x, tf.mul(0.5, x) as Images);
  const loss = () => tf.add(realGradientPenalty(critic.judge, x), tf.mean(critic.judge(x).score));
  assertGradientsMatch(() => loss() as tf.Scalar, critic.weights);
  tf.dispose([...critic.weights, ...critic.remembered!] as tf.Variable[]);
});

Deno.test("dcgan's and lsgan's critic loss takes a recipe's weight of the penalty, and has none without", () => {
  // D is the pixel: its gradient is 1 everywhere, ½ · 1² · γ.
  for (const objective of [dcgan, lsgan]) {
    const plain = objective.criticLoss(D, pixels(3, 0), pixels(2, 4), random);
    assert.equal(plain.penalty, undefined);
    const { loss, penalty } = objective.criticLoss(D, pixels(3, 0), pixels(2, 4), random, {
      r1: 6,
    });
    close(value(penalty!), 3);
    close(value(loss), value(plain.loss) + 3);
  }
});

Deno.test("lsgan's losses are half of squared distances to 1 and 0, and the distance to 1", () => {
  // ½ [((3 − 1)² + (0 − 1)²) / 2 + (2² + 4²) / 2] = ½ (2.5 + 10); ((2 − 1)² + (4 − 1)²) / 2 = 5
  const { loss } = lsgan.criticLoss(D, pixels(3, 0), pixels(2, 4), random);
  close(value(loss), 6.25);
  close(value(lsgan.generatorLoss(D, pixels(2, 4))), 5);
});

Deno.test("lsgan's losses have a recipe's labels", () => {
  // ½ [((3 − 2)² + (0 − 2)²) / 2 + ((2 + 2)² + (4 + 2)²) / 2] = ½ (2.5 + 26); ((2 − 2)² + (4 − 2)²) / 2 = 2
  const labels = [-2, 2] as const;
  const { loss } = lsgan.criticLoss(D, pixels(3, 0), pixels(2, 4), random, { labels });
  close(value(loss), 14.25);
  close(value(lsgan.generatorLoss(D, pixels(2, 4), { labels })), 2);
});

Deno.test("lsgan's losses between −2 and 2 are four of dcgan's near 0, up to the fourth power", () => {
  const constants = { labels: [-2, 2] as const };
  const [x, Gz] = [pixels(0.1, -0.05), pixels(0.08, 0.02)];
  const least = value(lsgan.criticLoss(D, x, Gz, random, constants).loss);
  const entropy = value(dcgan.criticLoss(D, x, Gz, random).loss);
  close(least - 4, 4 * (entropy - 2 * Math.log(2)));
});

/** One-pixel images whose energy is the pixel, all with one code. */
const E: Critic = (x) => ({ ...D(x), code: tf.ones([x.shape[0], 2]) as tf.Tensor2D });

Deno.test("ebgan's losses are E(x) + max(0, 0.25 − E(G(z))) an image, and E(G(z)) + 0.1 pulling-away", () => {
  // (0.2 + 0.4) / 2 + ((0.25 − 0.05) + 0) / 2 = 0.3 + 0.1; equal codes have a cosine of 1: (0.5 + 3) / 2 + 0.1
  const { loss } = ebgan.criticLoss(E, pixels(0.2, 0.4), pixels(0.05, 3), random);
  close(value(loss), 0.4);
  close(value(ebgan.generatorLoss(E, pixels(0.5, 3))), 1.85);
  close(value(ebgan.pretrainLoss!(E, pixels(0.2, 0.4))), 0.3);
});

Deno.test("ebgan's losses take a recipe's margin and weight of the pulling-away term", () => {
  // 0.3 + (0.1 + 0) / 2, and (0.5 + 3) / 2 + weight · 1
  const { loss } = ebgan.criticLoss(E, pixels(0.2, 0.4), pixels(0.5, 3), random, { margin: 0.6 });
  close(value(loss), 0.35);
  for (const pullingAway of [0, 0.5]) {
    const found = ebgan.generatorLoss(E, pixels(0.5, 3), { pullingAway });
    close(value(found), 1.75 + pullingAway);
  }
});

Deno.test("ebgan.criticLoss() ignores fakes whose energy exceeds the margin", () => {
  const slope = (energy: number) =>
    value(
      tf.grad((Gz) => ebgan.criticLoss(E, pixels(0.2), Gz as Images, random).loss)(pixels(energy)),
    );
  close(slope(0.26), 0);
  close(slope(0.24), -1);
});

Deno.test("ebgan's losses lower the energy of real images and raise that of fakes, the generator's lower it", () => {
  const [x, Gz] = [pixels(0.1), pixels(0.2)];
  const loss = (x: Images, Gz: Images) => ebgan.criticLoss(E, x, Gz, random).loss;
  assert.ok(value(tf.grad((x) => loss(x as Images, Gz))(x)) > 0);
  assert.ok(value(tf.grad((g) => loss(x, g as Images))(Gz)) < 0);
  assert.ok(value(tf.grad((g) => ebgan.generatorLoss(E, g as Images))(pixels(0.4, 0.5))) > 0);
});

Deno.test("pullingAwayTerm() is the mean squared cosine of different codes", () => {
  // Orthogonal 0, parallel 1, opposite 1: the square makes no difference of the sign.
  close(value(pullingAwayTerm(tf.tensor2d([[2, 0], [0, 3]]))), 0);
  close(value(pullingAwayTerm(tf.tensor2d([[2, 0], [5, 0]]))), 1);
  close(value(pullingAwayTerm(tf.tensor2d([[2, 0], [-5, 0]]))), 1);
  // cos² of (1, 0), (1, 1), (0, 1): ½, 0, ½, each pair twice among 6
  close(value(pullingAwayTerm(tf.tensor2d([[1, 0], [1, 1], [0, 1]]))), 1 / 3);
});

Deno.test("wgan's losses are E D(G(z)) − E D(x) and −E D(G(z))", () => {
  const { loss, penalty } = wgan.criticLoss(D, pixels(3, 0), pixels(2, 4), random);
  close(value(loss), 3 - 1.5);
  assert.equal(penalty, undefined);
  close(value(wgan.generatorLoss(D, pixels(2, 4))), -3);
});

Deno.test("wgan clips every critic weight into ±c, and leaves those inside alone", () => {
  const w = tf.variable(tf.tensor1d([-3, -0.005, 0, 0.02, 0.0099]));
  wgan.afterCriticStep!([w], wgan.recipes.default);
  assert.deepEqual(
    [...w.dataSync()],
    [-0.01, -0.005, 0, 0.01, 0.0099].map(Math.fround),
  );
  w.assign(tf.tensor1d([-3, -0.005, 0, 0.02, 0.5]));
  wgan.afterCriticStep!([w], wgan.recipes.article);
  assert.deepEqual([...w.dataSync()], [-0.1, -0.005, 0, 0.02, 0.1].map(Math.fround));
  w.dispose();
});
