import * as tf from "@tensorflow/tfjs-core";
import { normal, uniform } from "../sampler/random.ts";
import type { Average } from "./average.ts";
import type { CriticNetwork } from "./critics.ts";
import type { Generator } from "./networks.ts";
import type { Images, Objective, Random, Recipe } from "./objectives/objective.ts";
import type { Optimizer } from "./optimizers.ts";
import { STREAM } from "./streams.ts";

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

/** One generator step, after it. Losses are those before its updates, the critic's that of its last step. */
export interface StepReport {
  readonly step: number;
  readonly criticLoss: number;
  readonly generatorLoss: number;
  readonly penalty?: number;
}

/** A loss was NaN or infinite; the weights are spoilt from this step on. */
export class Diverged extends Error {
  override readonly name = "Diverged";
  constructor(readonly step: number, readonly loss: string, readonly value: number) {
    super(`the ${loss} is ${value} at step ${step}`);
  }
}

/**
 * Trains the critic on real images alone, to `recipe.pretrainSteps`, before the game; yields the loss of each step. Does
 * nothing where the objective has no such phase. Its batches are the first ones of the run.
 */
export async function* pretrain(
  { objective, recipe, critic, criticOptimizer, pretrained }: TrainingRun,
  batch: (criticStep: number) => Promise<Images>,
): AsyncGenerator<{ step: number; loss: number }> {
  for (let step = pretrained + 1; step <= (recipe.pretrainSteps ?? 0); step++) {
    const x = await batch(step - 1);
    const loss = descend(
      criticOptimizer,
      critic.weights,
      () => objective.pretrainLoss!(critic.judge, x),
    );
    x.dispose();
    yield { step, loss: await read(step, "pre-training loss", loss) };
    await turn();
  }
}

/**
 * Trains to `run.steps`, yielding after each generator step. The caller logs, saves, and stops by leaving the loop.
 *
 * `batch(i)` gives the images of critic step i, counted over the whole run from 0. It is asked for the next ones as soon as
 * a step begins, so that they can be prepared meanwhile. Tensors: none is left behind by a step.
 */
export async function* train(
  run: TrainingRun,
  batch: (criticStep: number) => Promise<Images>,
): AsyncGenerator<StepReport> {
  const { objective, recipe, generator, critic, seed } = run;
  const latents = (stream: number, step: number) => {
    const count = run.batchSize * generator.shape.latentSize;
    return tf.tensor2d(normal([seed, stream, step], count), [
      run.batchSize,
      generator.shape.latentSize,
    ]);
  };

  async function criticStep(index: number, images: Promise<Images>) {
    const x = await images;
    const Gz = tf.tidy(() => generator.train(latents(STREAM.criticLatents, index)));
    let penalty: tf.Scalar | undefined;
    const loss = descend(run.criticOptimizer, critic.weights, () => {
      const random = randomOf([seed, STREAM.criticLoss, index]);
      const result = objective.criticLoss(critic.judge, x, Gz, random, recipe);
      penalty = result.penalty && tf.keep(result.penalty);
      return result.loss;
    });
    objective.afterCriticStep?.(critic.weights, recipe);
    tf.dispose([x, Gz]);
    return { loss, penalty };
  }

  const generatorStep = (step: number) =>
    descend(
      run.generatorOptimizer,
      generator.weights,
      () =>
        objective.generatorLoss(
          critic.judge,
          generator.train(latents(STREAM.generatorLatents, step)),
          recipe,
        ),
    );

  let index = (recipe.pretrainSteps ?? 0) + run.step * recipe.criticSteps;
  let next = run.step < run.steps ? batch(index) : undefined;
  try {
    for (let step = run.step + 1; step <= run.steps; step++) {
      let judged: Awaited<ReturnType<typeof criticStep>> | undefined;
      for (let k = 0; k < recipe.criticSteps; k++) {
        if (judged) tf.dispose([judged.loss, judged.penalty ?? []]);
        const images = next!;
        next = batch(index + 1);
        judged = await criticStep(index++, images);
      }
      const generatorLoss = generatorStep(step);
      run.average.update(step);
      yield await report(step, judged!, generatorLoss);
      await turn();
    }
  } finally {
    (await next)?.dispose();
  }
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

async function report(
  step: number,
  critic: { loss: tf.Scalar; penalty?: tf.Scalar },
  generatorLoss: tf.Scalar,
): Promise<StepReport> {
  return {
    step,
    penalty: critic.penalty && await read(step, "penalty", critic.penalty),
    criticLoss: await read(step, "critic's loss", critic.loss),
    generatorLoss: await read(step, "generator's loss", generatorLoss),
  };
}

/** The scalar's value; throws Diverged when it is not finite. */
async function read(step: number, name: string, scalar: tf.Scalar): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  if (!Number.isFinite(value)) throw new Diverged(step, name, value);
  return value;
}
