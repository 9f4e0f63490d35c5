import { cpuUsage } from "node:process";
import { freeze } from "../average.ts";
import { Diverged, pretrain, train } from "../loop.ts";
import type { Objective } from "../objectives/objective.ts";
import { disposeRun, newRun } from "../run.ts";
import { type ModeFigures, modeFigures } from "../toys/mode_figures.ts";
import { POINT_BATCH_SIZE, pointSubject, samplePoints } from "../toys/point_subject.ts";
import type { Points } from "../toys/points.ts";

/** One objective on one distribution from one seed. */
export interface ModeRun {
  readonly objective: string;
  readonly data: string;
  readonly seed: number;
  readonly steps: number;
  /** Everything else that decides the result: `Subject.settings`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** CPU seconds, which say more than a clock where runs stand side by side. */
  readonly seconds: number;
  /** Null where the run diverged. */
  readonly figures: ModeFigures | null;
  /** [count, 2] in the plane's unit; empty where the run diverged. */
  readonly samples: readonly number[];
}

/** Trains by the loop that trains images, and measures the averaged generator, the one that would be saved. */
export async function trainAndMeasure(
  points: Points,
  objective: Objective,
  { seed, steps }: { seed: number; steps: number },
): Promise<ModeRun> {
  const batchSize = POINT_BATCH_SIZE;
  const subject = pointSubject(points, objective, { seed, batchSize, folder: "" });
  const run = newRun(subject, objective, { seed, batchSize, steps }, { step: 0, pretrained: 0 });
  const facts = { objective: objective.name, data: points.id, seed, steps };
  const batch = (step: number) => subject.batch(step);
  const start = cpuUsage();
  const seconds = () => {
    const { user, system } = cpuUsage(start);
    return (user + system) / 1e6;
  };
  const { settings } = subject;
  try {
    for await (const _ of pretrain(run, batch));
    for await (const _ of train(run, batch));
    const generator = await freeze(run.generator, run.average, seed);
    const samples = await samplePoints(points, generator, seed);
    generator.dispose();
    const figures = modeFigures(points, samples);
    return { ...facts, settings, seconds: seconds(), figures, samples: [...samples] };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { ...facts, settings, seconds: seconds(), figures: null, samples: [] };
  } finally {
    disposeRun(run);
  }
}
