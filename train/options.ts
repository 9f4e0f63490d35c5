import {
  asksForHelp,
  didYouMean,
  optionRows,
  rowsOf,
  tokensOf,
  valuesOf,
  wordsOf,
} from "./command_line.ts";
import type { Labels, Normalisation, Recipe } from "./objectives/objective.ts";
import { type Offer, optionTable } from "./option_table.ts";
import { describeOptimizer } from "./optimizers.ts";
import { Refusal } from "./refusal.ts";

/** What the command line asked for. What is undefined depends on the data, the recipe or the backend. */
export interface TrainOptions {
  readonly objective: string;
  /** A data set's name, or the path of a folder of images. */
  readonly data: string;
  /** Image edge in pixels; undefined: the data set's own. */
  readonly size?: number;
  /** Whether each image is shown mirrored, too. */
  readonly mirror: boolean;
  /** Channel multiplier of the networks; undefined: 1 on a GPU, 0.5 without one. */
  readonly width?: number;
  readonly recipe: string;
  /** What normalises the critic's layers; undefined: the recipe says. */
  readonly criticNorm?: Normalisation;
  /** Weight of the penalty on the critic's gradient at real images; undefined: the recipe says. */
  readonly r1?: number;
  /** What the critic is to say of generated and of real images; undefined: the recipe says. */
  readonly labels?: Labels;
  /** Generator steps; undefined: the recipe's. */
  readonly steps?: number;
  /** Minutes of training after which the run ends; undefined: no limit. */
  readonly budgetMinutes?: number;
  /** Images a step; undefined: 64, or as many points as train them best. */
  readonly batchSize?: number;
  readonly seed: number;
  readonly backend: "auto" | "webgpu" | "wasm";
  readonly threads: number;
  /** Where the model goes; undefined: `chooseFolders()` picks a free name. */
  readonly out?: string;
  readonly force: boolean;
  /** Where checkpoints are kept; undefined: `runs/<id>`. */
  readonly checkpoints?: string;
  readonly resume: boolean;
  readonly checkpointMinutes: number;
  /** Generator steps between two sample grids. */
  readonly sampleEvery: number;
  /** Generator steps between two logged lines. */
  readonly logEvery: number;
  /** Generator steps between two evaluations on validation images; undefined: none. */
  readonly evaluateEvery?: number;
  /** Whether to print the networks instead of training them. */
  readonly describe: boolean;
}

/**
 * Reads the arguments of `deno task train <objective> [options]`.
 *
 * Returns the help's text where `--help` is among them. Throws a Refusal with exit code 2 for an
 * unknown objective or option (with the nearest one) and for a value that is not allowed.
 */
export function parseTrainOptions(
  args: readonly string[],
  offer: Offer,
): TrainOptions | { readonly help: string } {
  const tokens = tokensOf(args, optionTable(offer));
  if (asksForHelp(tokens)) return { help: helpText(offer) };
  const objective = objectiveNamed(wordsOf(tokens), offer);
  const values = valuesOf(tokens, optionTable(offer, Object.keys(objective.recipes)));
  for (const [name, what] of [["r1", "penalty"], ["labels", "labels"]] as const) {
    const has = ({ recipes }: Offer["objectives"][number]) =>
      Object.values(recipes).some((recipe) => recipe[name] !== undefined);
    if (values[name] === undefined || has(objective)) continue;
    const names = offer.objectives.filter(has).map(({ name }) => name).join(" and ");
    throw new Refusal(`--${name} is for ${names}: ${objective.name} has no such ${what}`, 2);
  }
  return {
    objective: objective.name,
    data: values.data,
    size: values.size,
    mirror: values.mirror,
    budgetMinutes: values["budget-minutes"],
    describe: values.describe,
    width: values.width,
    recipe: values.recipe,
    criticNorm: values["critic-norm"],
    r1: values.r1,
    labels: values.labels,
    steps: values.steps,
    batchSize: values.batch,
    seed: values.seed,
    backend: values.backend,
    threads: values.threads,
    out: values.out,
    force: values.force,
    checkpoints: values.checkpoints,
    resume: values.resume,
    checkpointMinutes: values["checkpoint-minutes"],
    sampleEvery: values["sample-every"],
    logEvery: values["log-every"],
    evaluateEvery: values["evaluate-every"],
  };
}

function objectiveNamed(
  words: readonly string[],
  { objectives }: Offer,
): Offer["objectives"][number] {
  const names = objectives.map(({ name }) => name);
  const allowed = `allowed: ${names.join(", ")}`;
  const [word, ...more] = words;
  if (word === undefined) throw new Refusal(`No objective is given; ${allowed}`, 2);
  if (more.length > 0) {
    throw new Refusal(
      `Only one objective is trained at a time; "${more[0]}" is one word too many`,
      2,
    );
  }
  const found = objectives.find(({ name }) => name === word);
  if (!found) {
    throw new Refusal(`Objective "${word}" is unknown${didYouMean(word, names)}; ${allowed}`, 2);
  }
  return found;
}

/** A recipe in a line. */
function summary(
  { criticOptimizer, criticSteps, clip, r1, labels, pretrainSteps }: Recipe,
): string {
  return [
    describeOptimizer(criticOptimizer),
    `${criticSteps} critic step${criticSteps === 1 ? "" : "s"}`,
    ...(clip === undefined ? [] : [`clip ${clip}`]),
    ...(r1 === undefined ? [] : [`R1 ${r1}`]),
    ...(labels === undefined ? [] : [`labels ${labels.join(" and ")}`]),
    ...(pretrainSteps === undefined ? [] : [`pre-training ${pretrainSteps}`]),
  ].join(", ");
}

function helpText(offer: Offer): string {
  return [
    "Train a generator and write it to models/.",
    "",
    "  deno task train <objective> [options]",
    "",
    ...rowsOf({
      Objectives: offer.objectives.map(({ name, title, recipes }) => ({
        left: name,
        lines: [
          title,
          ...Object.entries(recipes).map(([recipe, settings]) => `${recipe}: ${summary(settings)}`),
        ],
      })),
      Options: optionRows(optionTable(offer)),
    }),
    "--data ring and grid are Gaussians in the plane, trained by small dense networks. Their result is no",
    "model of the site: runs/<id> keeps scatter plots, losses, 2,500 samples and the figures of modes.",
    "",
    "Ctrl-C ends after the step in hand and keeps a checkpoint.",
  ].join("\n");
}
