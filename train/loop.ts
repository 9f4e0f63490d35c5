import * as tf from "@tensorflow/tfjs-core";
import { normal, uniform } from "../sampler/random.ts";
import type { Average } from "./average.ts";
import type { CriticNetwork } from "./critics.ts";
import type { Generator } from "./networks.ts";
import type { Images, Objective, Random, Recipe } from "./objectives/objective.ts";
import type { Optimizer } from "./optimizers.ts";
import { STREAM } from "./streams.ts";
import { apartFromTape } from "./tape.ts";

/** Everything that training reads and changes. */
export interface TrainingRun {
  readonly objective: Objective;
  readonly recipe: Recipe;
  readonly generator: Generator;
  readonly critic: CriticNetwork;
  readonly generatorOptimizer: Optimizer;
  readonly criticOptimizer: Optimizer;
  readonly average: Average;
  readonly seed: number;
  readonly batchSize: number;
  /** Generator steps already taken: 0 for a new run. */
  readonly step: number;
  /** Critic steps of the pre-training already taken. */
  readonly pretrained: number;
  /** Generator steps to end at. */
  readonly steps: number;
}

/** Losses of one generator step before its updates, the critic's that of its last step. */
export interface Losses {
  readonly criticLoss: number;
  readonly generatorLoss: number;
  readonly penalty?: number;
}

/** One generator step, after it. */
export interface StepReport {
  readonly step: number;
  /**
   * Rejects with Diverged where a loss is not finite. A GPU is still computing when a step's report is out: who awaits
   * this waits for it, who goes on lets the next step begin meanwhile.
   */
  readonly losses: Promise<Losses>;
}

/** A loss was NaN or infinite; the weights are spoilt from this step on. */
export class Diverged extends Error {
  override readonly name = "Diverged";
  constructor(readonly step: number, readonly loss: string, readonly value: number) {
    super(`the ${loss} is ${value} at step ${step}`);
  }
}

/**
 * Trains the critic on real images alone, to `recipe.pretrainSteps`, before the game; yields the loss of each step, as
 * `train` does. Does nothing where the objective has no such phase. Its batches are the first ones of the run.
 */
export async function* pretrain(
  { objective, recipe, critic, criticOptimizer, pretrained }: TrainingRun,
  batch: (criticStep: number) => Promise<Images>,
): AsyncGenerator<{ step: number; loss: Promise<number> }> {
  const arrivals = new Arrivals();
  for (let step = pretrained + 1; step <= (recipe.pretrainSteps ?? 0); step++) {
    const x = await batch(step - 1);
    const scalar = descend(
      criticOptimizer,
      critic.weights,
      () => objective.pretrainLoss!(critic.judge, x),
    );
    x.dispose();
    const loss = read(step, [["pre-training loss", scalar]]).then(([value]) => value);
    await arrivals.follow(loss);
    yield { step, loss };
    await turn();
    arrivals.check();
  }
  await arrivals.last();
}

/**
 * Trains to `run.steps`, yielding after each generator step. The caller logs, saves, and stops by leaving the loop.
 *
 * With one critic step a generator step, both players learn from the same fakes, and the generator runs once: the critic's
 * update takes its images as they are, then the generator's gradient goes through the updated critic into that same run.
 * With several, each critic step and the generator's have latents of their own (WGAN, Algorithm 1). Either way the latents
 * are a function of the step, so a resumed run draws the same.
 *
 * `batch(i)` gives the images of critic step i, counted over the whole run from 0. It is asked for the next ones as soon as
 * a step begins, so that they can be prepared meanwhile. Tensors: none is left behind by a step whose losses are there.
 * Throws Diverged where a loss is not finite, at the latest after the step behind it.
 */
export async function* train(
  run: TrainingRun,
  batch: (criticStep: number) => Promise<Images>,
): AsyncGenerator<StepReport> {
  const { objective, recipe, generator, critic, seed, batchSize } = run;
  const { latentSize } = generator.shape;
  const latents = (stream: number, step: number) =>
    tf.tensor2d(normal([seed, stream, step], batchSize * latentSize), [batchSize, latentSize]);

  function criticStep(index: number, x: Images, Gz: Images): Judged {
    let penalty: tf.Scalar | undefined;
    const loss = descend(run.criticOptimizer, critic.weights, () => {
      const random = randomOf([seed, STREAM.criticLoss, index]);
      const result = objective.criticLoss(critic.judge, x, Gz, random, recipe);
      penalty = result.penalty && tf.keep(result.penalty);
      return result.loss;
    });
    objective.afterCriticStep?.(critic.weights, recipe);
    x.dispose();
    return { loss: tf.keep(loss), penalty };
  }

  function criticStepOnFreshFakes(index: number, x: Images): Judged {
    const Gz = tf.tidy(() => generator.train(latents(STREAM.criticLatents, index)));
    const judged = criticStep(index, x, Gz);
    Gz.dispose();
    return judged;
  }

  const generatorStep = (step: number, onFakes: (Gz: Images) => void = () => {}) =>
    descend(run.generatorOptimizer, generator.weights, () => {
      const Gz = generator.train(latents(STREAM.generatorLatents, step));
      onFakes(Gz);
      return objective.generatorLoss(critic.judge, Gz, recipe);
    });

  let index = (recipe.pretrainSteps ?? 0) + run.step * recipe.criticSteps;
  let next = run.step < run.steps ? batch(index) : undefined;
  const nextImages = async () => {
    const x = await next!;
    next = batch(index + 1);
    return x;
  };
  const arrivals = new Arrivals();
  try {
    for (let step = run.step + 1; step <= run.steps; step++) {
      let judged: Judged | undefined;
      let generatorLoss: tf.Scalar;
      if (recipe.criticSteps === 1) {
        const x = await nextImages();
        generatorLoss = generatorStep(step, (Gz) => {
          judged = apartFromTape(() => criticStep(index, x, Gz));
        });
        index++;
      } else {
        for (let k = 0; k < recipe.criticSteps; k++, index++) {
          if (judged) tf.dispose([judged.loss, judged.penalty ?? []]);
          judged = criticStepOnFreshFakes(index, await nextImages());
        }
        generatorLoss = generatorStep(step);
      }
      run.average.update(step);
      const losses = lossesOf(step, judged!, generatorLoss);
      await arrivals.follow(losses);
      yield { step, losses };
      await turn();
      arrivals.check();
    }
    await arrivals.last();
  } finally {
    (await next)?.dispose();
  }
}

/** What one critic step left: scalars that outlive every tidy scope. */
interface Judged {
  readonly loss: tf.Scalar;
  readonly penalty?: tf.Scalar;
}

/** Gives the event loop a turn, for Ctrl-C: on WASM, nothing in a step waits for anything. */
const turn = () => new Promise((resume) => setTimeout(resume));

/** One step of gradient descent; returns the loss before it. */
function descend(optimizer: Optimizer, weights: readonly tf.Variable[], f: () => tf.Scalar) {
  const { value, grads } = tf.variableGrads(f, weights as tf.Variable[]);
  const gradients = weights.map((w) => grads[w.name]);
  optimizer.apply(gradients);
  tf.dispose(gradients);
  return value;
}

function randomOf(key: readonly [number, number, number]): Random {
  let used = 0;
  return {
    uniform(shape) {
      const start = used;
      used += shape.reduce((a, b) => a * b, 1);
      return tf.tensor(uniform(key, used).subarray(start), shape);
    },
  };
}

async function lossesOf(
  step: number,
  { loss, penalty }: Judged,
  generatorLoss: tf.Scalar,
): Promise<Losses> {
  const values = await read(step, [
    ["critic's loss", loss],
    ["generator's loss", generatorLoss],
    ...(penalty ? [["penalty", penalty] as const] : []),
  ]);
  return {
    criticLoss: values[0],
    generatorLoss: values[1],
    ...(penalty && { penalty: values[2] }),
  };
}

/** The scalars' values by one read, and disposes of them; throws Diverged when one is not finite. */
async function read(
  step: number,
  named: readonly (readonly [name: string, scalar: tf.Scalar])[],
): Promise<number[]> {
  const scalars = named.map(([, scalar]) => scalar);
  const together = tf.stack(scalars);
  tf.dispose(scalars);
  const values = Array.from(await together.data());
  together.dispose();
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) throw new Diverged(step, named[i][0], value);
  });
  return values;
}

/** Losses that a device is still computing: those of one step beside the step in hand, so that its queue stays short. */
class Arrivals {
  #newest: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  /** Takes the losses of the step in hand, after those of the step before have come. Throws what these rejected with. */
  async follow(losses: Promise<unknown>): Promise<void> {
    const before = this.#newest;
    this.#newest = losses;
    losses.catch((error) => this.#failure = error); // awaited later, or by nobody where the caller leaves
    await before;
  }

  /** Throws if losses are known to have been rejected; does not wait. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async last(): Promise<void> {
    await this.#newest;
  }
}
