import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Backend } from "./backend.ts";
import type { Dataset } from "./data/dataset.ts";
import type { Reference } from "./evaluate/real.ts";
import { type RunFacts, versions } from "./model_folder.ts";
import type { NetworkShape } from "./networks.ts";
import type { Labels, Normalisation, Objective, RecipeName } from "./objectives/objective.ts";
import { describeOptimizer } from "./optimizers.ts";
import type { Course, Done } from "./subject.ts";

export const LATENT_SIZE = 100; // DCGAN, section 4; the article

/** What one run on images does; everything is decided. */
export interface RunPlan extends Course {
  readonly objective: Objective;
  readonly recipe: RecipeName;
  /** `--critic-norm`, which the objective's recipes have by now; undefined: they have their own. */
  readonly criticNorm?: Normalisation;
  /** `--r1`, likewise. */
  readonly r1?: number;
  /** `--labels`, likewise. */
  readonly labels?: Labels;
  readonly dataset: Dataset;
  /** What `--data` was given: the data set's name, or a folder. */
  readonly data: string;
  readonly width: number;
  /** For the card: lower-case words joined by hyphens. */
  readonly id: string;
  /** The model's folder, and whether one that is there is replaced. */
  readonly out: string;
  readonly force: boolean;
  /** Generator steps between two evaluations, by which the best model is kept; undefined: the last one is. */
  readonly evaluateEvery?: number;
  /** What the evaluations hold the generator against. */
  readonly reference?: Reference;
}

/** What the run's networks are built for. */
export function shapeOf({ dataset, width }: RunPlan): NetworkShape {
  const [size, , channels] = dataset.imageShape;
  return { size, channels, width, latentSize: LATENT_SIZE };
}

/**
 * The hyper-parameters and the data, which a resumed run must share. A run may end later than it was begun for, so its steps
 * are none of them. The data count by their content: a folder may hold other images than when the run began.
 */
export function settingsOf(
  plan: RunPlan,
): Record<string, unknown> {
  const { objective, recipe, dataset, batchSize, seed } = plan;
  const { steps: _, ...constants } = objective.recipes[recipe];
  const pixels = createHash("sha256").update(dataset.pixels).digest("hex").slice(0, 16);
  const data = { data: dataset.id, images: dataset.count, pixels, mirror: dataset.mirrored };
  return {
    ...{ objective: objective.name, ...data, ...shapeOf(plan) },
    ...{ batch: batchSize, seed, recipe, ...constants },
  };
}

/** What the model's card says of the run. */
export function factsOf(
  plan: RunPlan,
  backend: Backend,
  { step, savedStep = step, seconds, processorSeconds }: Done & { savedStep?: number },
): RunFacts {
  const { objective, dataset } = plan;
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
      command: commandLine(plan, step),
      generatorSteps: step,
      savedStep,
      criticSteps: recipe.criticSteps,
      batchSize: plan.batchSize,
      optimizer: describeOptimizer(recipe.generatorOptimizer),
      seed: plan.seed,
      backend: backend.name,
      device: backend.device,
      seconds: Math.round(seconds),
      processorSeconds: Math.round(processorSeconds),
      versions: versions(),
    },
  };
}

/**
 * The command that makes this model again, every hyper-parameter said: defaults may differ on another machine. A folder
 * is given by its own name, not by where it lies on this one.
 */
function commandLine(plan: RunPlan, steps: number): string {
  const { objective, dataset, data, width, recipe, batchSize, seed } = plan;
  const source = data === dataset.id ? data : quoted(`./${basename(data)}`);
  return `deno task train:${objective.name} --data ${source} --size ${dataset.imageShape[0]} ` +
    `${dataset.mirrored ? "--mirror " : ""}--width ${width} --recipe ${recipe} ` +
    (plan.criticNorm === undefined ? "" : `--critic-norm ${plan.criticNorm} `) +
    (plan.r1 === undefined ? "" : `--r1 ${plan.r1} `) +
    (plan.labels === undefined ? "" : `--labels ${plan.labels.join()} `) +
    `--steps ${steps} --batch ${batchSize} --seed ${seed}` +
    (plan.evaluateEvery === undefined ? "" : ` --evaluate-every ${plan.evaluateEvery}`);
}

/** A word of a POSIX shell. */
const quoted = (word: string) =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
