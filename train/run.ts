import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { writeAtomically } from "./atomic.ts";
import { createAverage, freeze } from "./average.ts";
import type { Backend } from "./backend.ts";
import { latestCheckpoint, refuseOtherSettings, writeCheckpoint } from "./checkpoint.ts";
import { batchSource } from "./data/batches.ts";
import type { Dataset } from "./data/dataset.ts";
import { type History, newHistory, timelineFile } from "./history.ts";
import { Diverged, train, type TrainingRun } from "./loop.ts";
import { versions, writeModel } from "./model_folder.ts";
import { createCritic, createGenerator, type NetworkShape } from "./networks.ts";
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
  const { objective, dataset, batchSize, seed } = plan;
  const recipe = objective.recipes[plan.recipe];
  const [size, , channels] = dataset.imageShape;
  const shape: NetworkShape = { size, channels, width: plan.width, latentSize: LATENT_SIZE };
  const settings = {
    objective: objective.name,
    data: dataset.id,
    images: dataset.count,
    ...shape,
    batch: batchSize,
    seed,
    recipe: plan.recipe,
    ...withoutSteps(recipe),
  };

  const saved = plan.resume ? await latestCheckpoint(plan.checkpoints) : undefined;
  if (saved) refuseOtherSettings(saved.settings, settings);

  const start = { initialisation: recipe.initialisation, seed };
  const generator = createGenerator(shape, start);
  const critic = createCritic(shape, recipe.criticNormalisation, start);
  const run: TrainingRun = {
    objective,
    recipe,
    generator,
    critic,
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    average: createAverage(generator),
    seed,
    batchSize,
    step: saved?.step ?? 0,
    steps: plan.steps,
  };
  const state = saved?.state as RunState | undefined;
  if (saved && state) {
    restore(run, saved.tensors, state.optimizerSteps, saved.path);
    console.log(`Going on from ${saved.path}`);
  }
  const history = state?.history ?? newHistory();

  const clock = stopwatch(state?.seconds ?? 0);
  const rate = rateMeter(batchSize * recipe.criticSteps);
  let step = run.step;
  let checkpointed: string | undefined = saved?.path;

  async function checkpoint() {
    const state: RunState = {
      optimizerSteps: {
        generator: run.generatorOptimizer.step,
        critic: run.criticOptimizer.step,
      },
      seconds: clock.seconds(),
      history,
    };
    const tensors = await snapshot(run);
    checkpointed = await writeCheckpoint(plan.checkpoints, { step, settings, state, tensors });
  }

  async function addToTimeline() {
    const frozen = await freeze(generator, run.average, seed);
    const file = timelineFile(step);
    const grid = await sampleGrid(frozen, shape, { columns: 8, scale: 1 });
    await writeAtomically(join(plan.checkpoints, file), grid);
    frozen.dispose();
    history.timeline.push({ step, file });
  }

  const progress = startProgress({ from: step, steps: plan.steps, logEvery: plan.logEvery });
  let nextCheckpoint = clock.seconds() + 60 * plan.checkpointMinutes;
  try {
    for await (const report of train(run, imagesOf(dataset, { seed, batchSize }))) {
      step = report.step;
      progress.update({ ...report, imagesPerSecond: rate.add() });
      if (step % plan.logEvery === 0 || step === plan.steps) {
        const imagesPerSecond = rate.sinceLastMark();
        history.steps.push({ ...report, seconds: clock.seconds(), imagesPerSecond });
      }
      if (step % plan.sampleEvery === 0 || step === plan.steps) await addToTimeline();
      if (stop.aborted || step === plan.steps || clock.seconds() >= nextCheckpoint) {
        await checkpoint();
        nextCheckpoint = clock.seconds() + 60 * plan.checkpointMinutes;
      }
      if (stop.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    throw new Refusal(
      `Stopped: ${error.message}. ` +
        (checkpointed
          ? `The last good checkpoint is ${checkpointed}`
          : "No checkpoint had been written yet") +
        "; another --seed or a smaller --width may hold, and so may the other --recipe",
      1,
      { cause: error },
    );
  } finally {
    progress.stop();
  }
  if (step < plan.steps) {
    console.log(`Stopped after step ${step}; go on with --resume (${checkpointed})`);
    return false;
  }

  const frozen = await freeze(generator, run.average, seed);
  await writeModel(
    plan.out,
    frozen,
    shape,
    {
      id: plan.id,
      title: `${objective.title} on ${dataset.title}`,
      objective: objective.name,
      paper: objective.paper,
      dataset: {
        id: dataset.id,
        title: dataset.title,
        licence: dataset.licence,
        url: dataset.url,
        images: dataset.count,
      },
      training: {
        recipe: plan.recipe,
        command: commandLine(plan),
        generatorSteps: plan.steps,
        savedStep: step,
        criticSteps: recipe.criticSteps,
        batchSize,
        optimizer: describeOptimizer(recipe.generatorOptimizer),
        seed,
        backend: backend.name,
        device: backend.device,
        seconds: Math.round(clock.seconds()),
        versions: versions(),
      },
    },
    history,
    plan.checkpoints,
    { force: plan.force },
  );
  frozen.dispose();
  console.log(`Wrote ${plan.out}`);
  return true;
}

function imagesOf(dataset: Dataset, { seed, batchSize }: { seed: number; batchSize: number }) {
  const source = batchSource(dataset, { seed, batchSize });
  // deno-lint-ignore require-await
  return async (step: number) =>
    tf.tensor4d(source.batch(step), [batchSize, ...dataset.imageShape]) as Images;
}

/** The command that makes this model again, every hyper-parameter said: defaults may differ on another machine. */
function commandLine({ objective, dataset, width, recipe, steps, batchSize, seed }: RunPlan) {
  return `deno task train:${objective.name} --data ${dataset.id} --size ${dataset.imageShape[0]} ` +
    `--width ${width} --recipe ${recipe} --steps ${steps} --batch ${batchSize} --seed ${seed}`;
}

/** A run may end later than it was begun for, so its length is no hyper-parameter. */
function withoutSteps({ steps: _, ...rest }: Objective["recipes"]["default"]) {
  return rest;
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
