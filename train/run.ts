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
import { DeviceFailed, whileWorking } from "./device_failure.ts";
import { type History, newHistory, timelineFile } from "./history.ts";
import { imageSubject } from "./image_subject.ts";
import { Diverged, type Losses, pretrain, train, type TrainingRun } from "./loop.ts";
import type { Objective } from "./objectives/objective.ts";
import { createOptimizer } from "./optimizers.ts";
import { type Progress, startProgress } from "./progress.ts";
import { Refusal } from "./refusal.ts";
import type { RunPlan } from "./run_plan.ts";
import { type OptimizerSteps, restore, snapshot } from "./snapshot.ts";
import { stopwatch } from "./stopwatch.ts";
import type { Course, Evaluation, Subject } from "./subject.ts";

/** The losses of a step, or the critic's alone while it is pre-trained. */
type Shown = Pick<Losses, "criticLoss"> & Partial<Losses>;

/** What a checkpoint keeps beside tensors. */
interface RunState {
  readonly optimizerSteps: OptimizerSteps;
  /** Steps of the pre-training that are done. */
  readonly pretrained: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly history: History;
}

/** Trains a generator of images and writes its model, as `trainOn` does. */
export async function runTraining(
  plan: RunPlan,
  backend: Backend,
  stop: AbortSignal,
): Promise<boolean> {
  return await trainOn(await imageSubject(plan, backend), plan.objective, plan, backend, stop);
}

/**
 * Trains a generator and writes the subject's result. Returns false when `stop` was signalled first: the run then ends
 * after the step in hand, with a checkpoint. Throws a Refusal for whatever the user can put right, a run that diverged
 * included.
 */
export async function trainOn(
  subject: Subject,
  objective: Objective,
  plan: Course,
  backend: Backend,
  stop: AbortSignal,
): Promise<boolean> {
  const { batchSize, seed, steps } = plan;
  const { settings } = subject;
  const saved = plan.resume ? await latestCheckpoint(plan.checkpoints) : undefined;
  if (saved) refuseToGoOn(saved, settings, plan);
  else await removeCheckpoints(plan.checkpoints);

  const state = saved?.state as RunState | undefined;
  const done = { step: saved?.step ?? 0, pretrained: state?.pretrained ?? 0 };
  const run = newRun(subject, objective, plan, done);
  if (saved && state) {
    restore(run, saved.tensors, state.optimizerSteps, saved.path);
    console.log(`Going on from ${saved.path}`);
  }
  const history = { ...newHistory(), ...state?.history };
  const clock = stopwatch(state ?? { seconds: 0, processorSeconds: 0 });
  const budgetSeconds = 60 * (plan.budgetMinutes ?? Infinity);
  const secondsLeft = () => budgetSeconds - clock.seconds();
  const rate = rateMeter();
  const imagesPerStep = batchSize * run.recipe.criticSteps;
  const images = (step: number) => subject.batch(step);
  let [step, pretrained] = [run.step, run.pretrained];
  const isDone = () => step === steps || secondsLeft() <= 0;
  let checkpointed: string | undefined = saved?.path;

  async function checkpoint() {
    const state: RunState = {
      optimizerSteps: { generator: run.generatorOptimizer.step, critic: run.criticOptimizer.step },
      ...{ pretrained, ...clock.spent(), history },
    };
    const tensors = await snapshot(run);
    checkpointed = await writeCheckpoint(plan.checkpoints, { step, settings, state, tensors });
  }

  async function addToTimeline(frozen: FrozenGenerator) {
    const file = timelineFile(step);
    await writeAtomically(join(plan.checkpoints, file), await subject.picture(frozen));
    if (history.timeline.at(-1)?.file !== file) history.timeline.push({ step, file });
  }

  /** Calls `f` with the generator as it would be shipped now. */
  async function atRest(f: (frozen: FrozenGenerator) => Promise<void>) {
    const frozen = await freeze(run.generator, run.average, seed);
    await f(frozen).finally(() => frozen.dispose());
  }

  async function evaluate({ consider }: Evaluation, frozen: FrozenGenerator) {
    const done = { step, ...clock.spent() };
    const message = await clock.stopDuring(() => consider(frozen, history, done));
    if (message) progress?.say(message);
  }

  let nextCheckpoint = clock.seconds() + 60 * plan.checkpointMinutes;
  async function checkpointWhenDue(now: boolean, losses: Promise<unknown>) {
    if (!now && clock.seconds() < nextCheckpoint) return;
    await losses; // a run that has diverged must say so
    await checkpoint();
    nextCheckpoint = clock.seconds() + 60 * plan.checkpointMinutes;
  }

  const pretrainSteps = run.recipe.pretrainSteps ?? 0;
  let finished = false;
  let result = "";
  let progress: Progress | undefined;
  const showSteps = (from: number, steps: number) => {
    progress?.stop();
    progress = startProgress({ from, steps, logEvery: plan.logEvery, secondsLeft });
  };
  let shown: Shown | undefined;
  /** Shows a step with its own losses where it is to be `exact`, else with the newest that the device has sent. */
  async function show(step: number, losses: Promise<Shown>, images: number, exact: boolean) {
    losses.then((come) => shown = come, () => {}); // the loop throws what they reject with
    if (exact) shown = await losses;
    const imagesPerSecond = rate.add(images);
    if (shown) progress?.update({ step, ...shown, imagesPerSecond });
  }
  try {
    if (pretrained < pretrainSteps) {
      console.log("Pre-training the critic on real images");
      showSteps(pretrained, pretrainSteps);
    }
    for await (const { step, loss } of whileWorking(backend, pretrain(run, images))) {
      pretrained = step;
      const isLogged = step % plan.logEvery === 0 || step === pretrainSteps;
      await show(step, loss.then((criticLoss) => ({ criticLoss })), batchSize, isLogged);
      if (isLogged) {
        const imagesPerSecond = rate.sinceLastMark();
        const seconds = clock.seconds();
        history.pretraining.push({ step, loss: await loss, seconds, imagesPerSecond });
      }
      await checkpointWhenDue(stop.aborted, loss);
      if (stop.aborted || secondsLeft() <= 0) break;
    }
    finished = isDone() && !stop.aborted;
    const game = stop.aborted || finished ? [] : whileWorking(backend, train(run, images));
    if (!stop.aborted && !finished) showSteps(step, steps);
    for await (const report of game) {
      step = report.step;
      finished = isDone();
      const isLogged = step % plan.logEvery === 0 || finished;
      await show(step, report.losses, imagesPerStep, isLogged);
      if (isLogged) {
        const imagesPerSecond = rate.sinceLastMark();
        const seconds = clock.seconds();
        history.steps.push({ step, ...await report.losses, seconds, imagesPerSecond });
      }
      const isPictured = step % plan.sampleEvery === 0 && !finished;
      const evaluation = finished || !subject.evaluation?.isDue(step)
        ? undefined
        : subject.evaluation;
      if (isPictured || evaluation) {
        await atRest(async (frozen) => {
          if (isPictured) await addToTimeline(frozen);
          if (evaluation) await evaluate(evaluation, frozen);
        });
      }
      await checkpointWhenDue(stop.aborted || finished || evaluation !== undefined, report.losses);
      if (stop.aborted || finished) break;
    }
    if (finished) {
      await atRest(async (frozen) => {
        await addToTimeline(frozen);
        if (subject.evaluation) await evaluate(subject.evaluation, frozen);
        result = await subject.finish(frozen, history, { step, ...clock.spent() });
      });
    }
  } catch (error) {
    if (error instanceof Diverged) throw adviceAfter(error, checkpointed);
    if (error instanceof DeviceFailed) throw adviceAfterFailure(error, backend, checkpointed);
    throw error;
  } finally {
    progress?.stop();
    disposeRun(run);
  }
  console.log(
    finished ? result : `Stopped after step ${step} (${checkpointed}); --resume goes on`,
  );
  return finished;
}

function refuseToGoOn(
  saved: { step: number; path: string; settings: Readonly<Record<string, unknown>> },
  settings: Record<string, unknown>,
  { steps }: Course,
): void {
  refuseOtherSettings(saved.settings, settings);
  if (saved.step <= steps) return;
  throw new Refusal(
    `--steps ${steps}: the run is at step ${saved.step} already (${saved.path}); ask for more steps`,
    2,
  );
}

/** A run at its beginning, or where a checkpoint will put it. */
export function newRun(
  subject: Subject,
  objective: Objective,
  { seed, batchSize, steps }: Pick<Course, "seed" | "batchSize" | "steps">,
  done: { step: number; pretrained: number },
): TrainingRun {
  const { recipe } = subject;
  const [generator, critic] = [subject.createGenerator(), subject.createCritic()];
  return {
    ...{ objective, recipe, generator, critic, seed, batchSize, ...done, steps },
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    average: createAverage(generator),
  };
}

/** Gives all of a run's tensors back. */
export function disposeRun(run: TrainingRun): void {
  const networks = [run.generator, run.critic, run.average];
  tf.dispose(
    [
      ...networks.flatMap(({ weights }) => weights),
      ...run.critic.remembered ?? [],
    ] as tf.Variable[],
  );
  run.generatorOptimizer.dispose();
  run.criticOptimizer.dispose();
}

function adviceAfterFailure(
  failure: DeviceFailed,
  { device }: Backend,
  checkpointed: string | undefined,
): Refusal {
  const after = checkpointed
    ? `--resume goes on from ${checkpointed}`
    : "no checkpoint had been written yet";
  return new Refusal(`Stopped: ${device} failed (${failure.message}); ${after}`, 1, {
    cause: failure,
  });
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

/** Real images a second: smoothed for the eye, and exact between two marks for the history. */
function rateMeter() {
  let [last, mark, images, smooth] = [performance.now(), performance.now(), 0, 0];
  return {
    add(count: number) {
      const now = performance.now();
      const rate = count / ((now - last) / 1000);
      last = now;
      images += count;
      return smooth = smooth === 0 ? rate : 0.9 * smooth + 0.1 * rate;
    },
    sinceLastMark() {
      const rate = images / ((last - mark) / 1000);
      [mark, images] = [last, 0];
      return rate;
    },
  };
}
