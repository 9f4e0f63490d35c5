import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { writeAtomically } from "./atomic.ts";
import { createAverage, freeze, type FrozenGenerator } from "./average.ts";
import type { Backend } from "./backend.ts";
import {
  latestCheckpoint,
  refuseOtherSettings,
  removeCheckpoints,
  writeCheckpoint,
} from "./checkpoint.ts";
import { batchSource, prefetched } from "./data/batches.ts";
import type { Dataset } from "./data/dataset.ts";
import { type History, newHistory, timelineFile } from "./history.ts";
import { Diverged, train, type TrainingRun } from "./loop.ts";
import { type RunFacts, versions, writeModel } from "./model_folder.ts";
import { createCritic } from "./critics.ts";
import { createGenerator, type NetworkShape } from "./networks.ts";
import type { Images, Objective, RecipeName } from "./objectives/objective.ts";
import { createOptimizer, describeOptimizer } from "./optimizers.ts";
import { sampleGrid } from "./preview.ts";
import { startProgress } from "./progress.ts";
import { Refusal } from "./refusal.ts";
import { restore, snapshot } from "./snapshot.ts";

const LATENT_SIZE = 100; // DCGAN, section 4; the article

/** What one run does; everything is decided. */
export interface RunPlan {
  readonly objective: Objective;
  readonly recipe: RecipeName;
  readonly dataset: Dataset;
  readonly width: number;
  /** Generator steps to end at. */
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  /** For the card: lower-case words joined by hyphens. */
  readonly id: string;
  /** The model's folder, and whether one that is there is replaced. */
  readonly out: string;
  readonly force: boolean;
  /** The run's own folder: checkpoints and the timeline's pictures. */
  readonly checkpoints: string;
  readonly resume: boolean;
  readonly checkpointMinutes: number;
  readonly sampleEvery: number;
  readonly logEvery: number;
}

/** What a checkpoint keeps beside tensors. */
interface RunState {
  readonly optimizerSteps: { generator: number; critic: number };
  readonly seconds: number;
  readonly history: History;
}

/**
 * Trains a generator and writes its model. Returns false when `stop` was signalled first: the run then ends after the step
 * in hand, with a checkpoint. Throws a Refusal for whatever the user can put right, a run that diverged included.
 */
export async function runTraining(
  plan: RunPlan,
  backend: Backend,
  stop: AbortSignal,
): Promise<boolean> {
  const { dataset, batchSize, seed, steps } = plan;
  const [size, , channels] = dataset.imageShape;
  const shape: NetworkShape = { size, channels, width: plan.width, latentSize: LATENT_SIZE };
  const settings = settingsOf(plan, shape);
  const saved = plan.resume ? await latestCheckpoint(plan.checkpoints) : undefined;
  if (saved) refuseToGoOn(saved, settings, plan);
  else await removeCheckpoints(plan.checkpoints);

  const run = newRun(plan, shape, saved?.step ?? 0);
  const state = saved?.state as RunState | undefined;
  if (saved && state) {
    restore(run, saved.tensors, state.optimizerSteps, saved.path);
    console.log(`Going on from ${saved.path}`);
  }
  const history = state?.history ?? newHistory();
  const clock = stopwatch(state?.seconds ?? 0);
  const rate = rateMeter(batchSize * run.recipe.criticSteps);
  let step = run.step;
  let checkpointed: string | undefined = saved?.path;

  async function checkpoint() {
    const state: RunState = {
      optimizerSteps: { generator: run.generatorOptimizer.step, critic: run.criticOptimizer.step },
      seconds: clock.seconds(),
      history,
    };
    const tensors = await snapshot(run);
    checkpointed = await writeCheckpoint(plan.checkpoints, { step, settings, state, tensors });
  }

  async function addToTimeline(frozen: FrozenGenerator) {
    const file = timelineFile(step);
    const grid = await sampleGrid(frozen, shape, { columns: 8, scale: 1 });
    await writeAtomically(join(plan.checkpoints, file), grid);
    if (history.timeline.at(-1)?.file !== file) history.timeline.push({ step, file });
  }

  const progress = startProgress({ from: step, steps, logEvery: plan.logEvery });
  let nextCheckpoint = clock.seconds() + 60 * plan.checkpointMinutes;
  try {
    for await (const report of train(run, imagesOf(dataset, { seed, batchSize }))) {
      step = report.step;
      progress.update({ ...report, imagesPerSecond: rate.add() });
      if (step % plan.logEvery === 0 || step === steps) {
        const imagesPerSecond = rate.sinceLastMark();
        history.steps.push({ ...report, seconds: clock.seconds(), imagesPerSecond });
      }
      if (step % plan.sampleEvery === 0 && step < steps) {
        const frozen = await freeze(run.generator, run.average, seed);
        await addToTimeline(frozen);
        frozen.dispose();
      }
      if (stop.aborted || step === steps || clock.seconds() >= nextCheckpoint) {
        await checkpoint();
        nextCheckpoint = clock.seconds() + 60 * plan.checkpointMinutes;
      }
      if (stop.aborted) break;
    }
    if (step === steps) {
      const frozen = await freeze(run.generator, run.average, seed);
      await addToTimeline(frozen);
      const facts = factsOf(plan, backend, clock.seconds());
      await writeModel(plan.out, frozen, shape, facts, history, plan.checkpoints, plan);
      frozen.dispose();
    }
  } catch (error) {
    if (error instanceof Diverged) throw adviceAfter(error, checkpointed);
    throw error;
  } finally {
    progress.stop();
    disposeRun(run);
  }
  console.log(
    step === steps
      ? `Wrote ${plan.out}`
      : `Stopped after step ${step} (${checkpointed}); --resume goes on`,
  );
  return step === steps;
}

/** The hyper-parameters, which a resumed run must share. A run may end later than it was begun for, so its steps are none. */
function settingsOf(
  { objective, recipe, dataset, batchSize, seed }: RunPlan,
  shape: NetworkShape,
): Record<string, unknown> {
  const { steps: _, ...constants } = objective.recipes[recipe];
  const data = { data: dataset.id, images: dataset.count };
  return {
    ...{ objective: objective.name, ...data, ...shape },
    ...{ batch: batchSize, seed, recipe, ...constants },
  };
}

function refuseToGoOn(
  saved: { step: number; path: string; settings: Readonly<Record<string, unknown>> },
  settings: Record<string, unknown>,
  { steps }: RunPlan,
): void {
  refuseOtherSettings(saved.settings, settings);
  if (saved.step <= steps) return;
  throw new Refusal(
    `--steps ${steps}: the run is at step ${saved.step} already (${saved.path}); ask for more steps`,
    2,
  );
}

function newRun(plan: RunPlan, shape: NetworkShape, step: number): TrainingRun {
  const { objective, seed, batchSize, steps } = plan;
  const recipe = objective.recipes[plan.recipe];
  const start = { initialisation: recipe.initialisation, seed };
  const generator = createGenerator(shape, start);
  const critic = createCritic(shape, {
    kind: objective.critic,
    normalisation: recipe.criticNormalisation,
    start,
  });
  return {
    ...{ objective, recipe, generator, critic, seed, batchSize, step, steps },
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    average: createAverage(generator),
  };
}

function disposeRun(run: TrainingRun): void {
  const networks = [run.generator, run.critic, run.average];
  tf.dispose(networks.flatMap(({ weights }) => weights as tf.Variable[]));
  run.generatorOptimizer.dispose();
  run.criticOptimizer.dispose();
}

function adviceAfter(error: Diverged, checkpointed: string | undefined): Refusal {
  const last = checkpointed
    ? `The last good checkpoint is ${checkpointed}`
    : "No checkpoint had been written yet";
  return new Refusal(
    `Stopped: ${error.message}. ${last}; another --seed or a smaller --width may hold, and so may another --recipe`,
    1,
    { cause: error },
  );
}

function factsOf(plan: RunPlan, backend: Backend, seconds: number): RunFacts {
  const { objective, dataset, steps } = plan;
  const recipe = objective.recipes[plan.recipe];
  return {
    id: plan.id,
    title: `${objective.title} on ${dataset.title}`,
    objective: objective.name,
    paper: objective.paper,
    dataset: {
      ...{ id: dataset.id, title: dataset.title },
      ...{ licence: dataset.licence, url: dataset.url, images: dataset.count },
    },
    training: {
      recipe: plan.recipe,
      command: commandLine(plan),
      generatorSteps: steps,
      savedStep: steps,
      criticSteps: recipe.criticSteps,
      batchSize: plan.batchSize,
      optimizer: describeOptimizer(recipe.generatorOptimizer),
      seed: plan.seed,
      backend: backend.name,
      device: backend.device,
      seconds: Math.round(seconds),
      versions: versions(),
    },
  };
}

/** Batches as tensors, each prepared while the step before it runs. */
function imagesOf(dataset: Dataset, settings: { seed: number; batchSize: number }) {
  const batch = prefetched(batchSource(dataset, settings));
  const shape = [settings.batchSize, ...dataset.imageShape] as const;
  return async (step: number) => tf.tensor4d(await batch(step), [...shape]) as Images;
}

/** The command that makes this model again, every hyper-parameter said: defaults may differ on another machine. */
function commandLine({ objective, dataset, width, recipe, steps, batchSize, seed }: RunPlan) {
  return `deno task train:${objective.name} --data ${dataset.id} --size ${dataset.imageShape[0]} ` +
    `--width ${width} --recipe ${recipe} --steps ${steps} --batch ${batchSize} --seed ${seed}`;
}

function stopwatch(before: number) {
  const start = performance.now();
  return { seconds: () => before + (performance.now() - start) / 1000 };
}

/** Images a second: smoothed for the eye, and exact between two marks for the history. */
function rateMeter(imagesPerStep: number) {
  let [last, mark, steps, smooth] = [performance.now(), performance.now(), 0, 0];
  return {
    add() {
      const now = performance.now();
      const rate = imagesPerStep / ((now - last) / 1000);
      last = now;
      steps++;
      return smooth = smooth === 0 ? rate : 0.9 * smooth + 0.1 * rate;
    },
    sinceLastMark() {
      const rate = steps * imagesPerStep / ((last - mark) / 1000);
      [mark, steps] = [last, 0];
      return rate;
    },
  };
}
