import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import type { Recipe } from "./objectives/objective.ts";
import { type Offer, type Option, optionTable } from "./option_table.ts";
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
  const every = optionTable(offer);
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(every).map(([name, { value }]) => [
        name,
        { type: value ? "string" : "boolean" },
      ]),
    ),
  });
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) {
    return { help: helpText(offer) };
  }

  const given = tokens.filter((token) => token.kind === "option");
  const stranger = given.find(({ name }) => !Object.hasOwn(every, name));
  if (stranger) throw unknownOption(stranger.rawName, Object.keys(every));

  const words = tokens.filter((token) => token.kind === "positional").map(({ value }) => value);
  const objective = objectiveNamed(words, offer);
  const options = optionTable(offer, Object.keys(objective.recipes));
  type Options = typeof options;
  const values = Object.fromEntries(
    Object.entries(options).map(([name, { initial }]) => [name, initial]),
  ) as { [Name in keyof Options]: Options[Name]["initial"] };
  for (const token of given) {
    const name = token.name as keyof Options;
    Object.assign(values, { [name]: valueOf(token, options[name]) });
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
  };
}

function valueOf(
  token: { rawName: string; value?: string; inlineValue?: boolean },
  { value, kind }: Option<unknown>,
): unknown {
  const { rawName, value: text } = token;
  if (!kind) {
    if (text === undefined) return true;
    throw new Refusal(`${rawName} takes no value, it was given "${text}"`, 2);
  }
  const isMissing = text === undefined || (!token.inlineValue && text.startsWith("--"));
  if (isMissing) {
    throw new Refusal(
      `${rawName} needs a value: ${rawName} <${value}>; allowed: ${kind.allowed}`,
      2,
    );
  }
  const read = kind.read(text);
  if (read === undefined) {
    throw new Refusal(`${rawName} was given "${text}"; allowed: ${kind.allowed}`, 2);
  }
  return read;
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

function unknownOption(rawName: string, names: readonly string[]): Refusal {
  const guess = didYouMean(rawName, names.map((name) => `--${name}`));
  return new Refusal(`Option ${rawName} is unknown${guess}; --help lists all`, 2);
}

function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? "" : ` (did you mean ${guess}?)`;
}

/** A recipe in a line. */
function summary({ criticOptimizer, criticSteps, clip, pretrainSteps }: Recipe): string {
  return [
    describeOptimizer(criticOptimizer),
    `${criticSteps} critic step${criticSteps === 1 ? "" : "s"}`,
    ...(clip === undefined ? [] : [`clip ${clip}`]),
    ...(pretrainSteps === undefined ? [] : [`pre-training ${pretrainSteps}`]),
  ].join(", ");
}

function helpText(offer: Offer): string {
  const rows = Object.entries(optionTable(offer)).map((
    [name, { value, kind, initial, help, otherwise }]: [string, Option<unknown>],
  ) => {
    const usual = otherwise ?? (kind ? String(initial) : "");
    return {
      left: `--${name}${value ? ` <${value}>` : ""}`,
      lines: [
        help + (usual && ` (default: ${usual})`),
        ...(kind?.allowed.includes(",") ? [`one of ${kind.allowed}`] : []),
      ],
    };
  });
  const objectives = offer.objectives.map(({ name, title, recipes }) => ({
    left: name,
    lines: [
      title,
      ...Object.entries(recipes).map(([recipe, settings]) => `${recipe}: ${summary(settings)}`),
    ],
  }));
  const width = Math.max(...[...rows, ...objectives].map(({ left }) => left.length));
  const show = ({ left, lines }: { left: string; lines: string[] }) =>
    lines.map((line, i) => `  ${(i === 0 ? left : "").padEnd(width)}  ${line}`);
  return [
    "Train a generator and write it to models/.",
    "",
    "  deno task train <objective> [options]",
    "",
    "Objectives",
    ...objectives.flatMap(show),
    "",
    "Options",
    ...rows.flatMap(show),
    "",
    "--data ring and grid are Gaussians in the plane, trained by small dense networks. Their result is no",
    "model of the site: runs/<id> keeps scatter plots, losses, 2,500 samples and the figures of modes.",
    "",
    "Ctrl-C ends after the step in hand and keeps a checkpoint.",
  ].join("\n");
}
