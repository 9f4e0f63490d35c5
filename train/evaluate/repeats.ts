import { join } from "node:path";
import * as v from "valibot";
import { type ModelCard, parseCard } from "../../sampler/card.ts";
import { Refusal } from "../refusal.ts";
import type { Evaluation } from "./evaluate.ts";

const number = v.number();
const Course = v.array(
  v.object({ step: number, frechet: number, seconds: number, processorSeconds: number }),
);

/**
 * A run that differs from a model's own in its seed alone, measured but not shipped: `metrics.repeats` of the card. How far
 * the figures of several seeds lie apart is how far one of them can be trusted.
 */
export const Repeat = v.object({
  seed: number,
  generatorSteps: number,
  savedStep: number,
  processorSeconds: number,
  frechet: number,
  kernel: number,
  precision: number,
  recall: number,
  density: number,
  coverage: number,
  /** Values of the data's labels that the samples have. */
  modes: number,
  /** Of seeds 1 to 100, read with confidence 0.9 or more. */
  confident: number,
  /** The distances to the validation images on the way. */
  evaluations: Course,
});
export type Repeat = v.InferOutput<typeof Repeat>;

/** Throws a Refusal where one of the models behind the first is not its run with another seed. */
export async function refuseOtherRuns([first, ...others]: readonly string[]): Promise<void> {
  const card = await cardIn(first);
  const wanted = factsOf(card);
  const seeds = new Set([card.training.seed]);
  for (const folder of others) {
    const other = await cardIn(folder);
    const found = factsOf(other);
    for (const key of Object.keys(wanted)) {
      if (wanted[key] === found[key]) continue;
      throw new Refusal(
        `--repeats: ${folder} is no repeat of ${card.id}: its ${key} is ${found[key]}, not ${
          wanted[key]
        }`,
        2,
      );
    }
    const { seed } = other.training;
    if (seeds.has(seed)) {
      throw new Refusal(`--repeats: ${folder} has seed ${seed}, which is there already`, 2);
    }
    seeds.add(seed);
  }
}

/** What the repeats of a run share with it. */
function factsOf({ objective, dataset, imageShape, training }: ModelCard): Record<string, string> {
  return {
    ...{ objective, data: dataset.id, "image shape": imageShape.join("x") },
    ...{ recipe: training.recipe, "batch size": String(training.batchSize) },
    width: training.command.match(/--width (\S+)/)?.[1] ?? "unknown",
  };
}

/** What is kept of a repeat in `folder`, given its evaluation. */
export async function repeatOf(folder: string, { metrics }: Evaluation): Promise<Repeat> {
  const { training } = await cardIn(folder);
  const { seed, generatorSteps, savedStep, processorSeconds = 0 } = training;
  const { frechet, kernel, precision, recall, density, coverage, histogram, confident } = metrics;
  return {
    ...{ seed, generatorSteps, savedStep, processorSeconds },
    ...{ frechet: frechet.value, kernel: kernel.value },
    ...{ precision: precision.value, recall: recall.value },
    ...{ density: density.value, coverage: coverage.value },
    ...{ modes: histogram.modes.found, confident: confident.value },
    evaluations: await courseIn(folder),
  };
}

async function cardIn(folder: string): Promise<ModelCard> {
  const path = join(folder, "card.json");
  return parseCard(JSON.parse(await Deno.readTextFile(path)), path);
}

/** The distances that the history of the model in `folder` has; none where it was trained without evaluations. */
export async function courseIn(folder: string): Promise<Repeat["evaluations"]> {
  const path = join(folder, "history.json");
  const history = JSON.parse(await Deno.readTextFile(path));
  const course = v.safeParse(Course, history.evaluations);
  return course.success ? course.output : [];
}
