import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import { Refusal } from "./refusal.ts";

/** What the command line asked for. What is undefined depends on the data, the recipe or the backend. */
export interface TrainOptions {
  readonly objective: string;
  readonly data: string;
  /** Image edge in pixels; undefined: the data set's own. */
  readonly size?: number;
  /** Channel multiplier of the networks; undefined: 1 on a GPU, 0.5 without one. */
  readonly width?: number;
  readonly recipe: string;
  /** Generator steps; undefined: the recipe's. */
  readonly steps?: number;
  readonly batchSize: number;
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
}

/** What the registries offer: the parser knows no objective and no data set by name. */
export interface Offer {
  readonly objectives: readonly {
    readonly name: string;
    readonly title: string;
    readonly recipes: readonly string[];
  }[];
  readonly datasets: readonly string[];
}

/** What an option's value must be, in words, and how to read it: undefined when it is something else. */
interface Kind<T> {
  readonly allowed: string;
  read(text: string): T | undefined;
}

interface Option<T> {
  /** The value's name in the help; without one, the option is a switch. */
  readonly value?: string;
  readonly kind?: Kind<T>;
  readonly initial: T;
  readonly help: string;
  /** The default in words, where `initial` does not say it. */
  readonly otherwise?: string;
}

/** The one table that the parser and the help share. */
function table({ datasets }: Offer, recipes: readonly string[]) {
  return {
    data: option("name", oneOf(datasets), "mnist", "what to train on"),
    size: option("pixels", oneOf([32, 64, 128]), undefined, "edge of an image", "the data set's"),
    width: option(
      "factor",
      number(1 / 16, 4),
      undefined,
      "the networks' channel multiplier",
      "1 on a GPU, 0.5 without one",
    ),
    recipe: option("name", oneOf(recipes), "default", "set of hyper-parameters"),
    steps: option("n", integer(1, 10_000_000), undefined, "generator steps", "the recipe's"),
    batch: option("n", integer(2, 1024), 64, "images a step"),
    seed: option("n", integer(0, 2 ** 32 - 1), 1, "seed of everything random"),
    backend: option(
      "name",
      oneOf(["auto", "webgpu", "wasm"]),
      "auto",
      "what computes; auto takes WebGPU on a GPU, else WASM",
    ),
    threads: option(
      "n",
      integer(1, 256),
      navigator.hardwareConcurrency,
      "threads of the WASM backend",
      "all cores",
    ),
    out: option(
      "folder",
      path,
      undefined,
      "the model's folder",
      "models/<objective>-<data> or next free",
    ),
    force: flag("replace what is there"),
    checkpoints: option("folder", path, undefined, "where the run keeps its state", "runs/<id>"),
    resume: flag("go on from the last checkpoint"),
    "checkpoint-minutes": option("n", number(0, 1440), 5, "minutes between checkpoints"),
    "sample-every": option("n", integer(1, 1_000_000), 100, "generator steps between sample grids"),
    "log-every": option("n", integer(1, 1_000_000), 10, "generator steps between logged losses"),
    help: flag("print this"),
  };
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
  const every = table(offer, allRecipes(offer));
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
  const options = table(offer, objective.recipes);
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

function helpText(offer: Offer): string {
  const rows = Object.entries(table(offer, allRecipes(offer))).map((
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
  const objectives = offer.objectives.map(({ name, title }) => ({ left: name, lines: [title] }));
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
    "Ctrl-C ends after the step in hand and keeps a checkpoint.",
  ].join("\n");
}

function allRecipes({ objectives }: Offer): string[] {
  return [...new Set(objectives.flatMap(({ recipes }) => recipes))];
}

function option<T, D extends T | undefined>(
  value: string,
  kind: Kind<T>,
  initial: D,
  help: string,
  otherwise?: string,
): Option<T | D> {
  return { value, kind, initial, help, otherwise };
}

function flag(help: string): Option<boolean> {
  return { initial: false, help };
}

const path: Kind<string> = {
  allowed: "a path",
  read: (text) => text.trim() === "" ? undefined : text,
};

function oneOf<const T extends string | number>(values: readonly T[]): Kind<T> {
  return {
    allowed: values.join(", "),
    read: (text) => values.find((value) => String(value) === text),
  };
}

function integer(least: number, most: number): Kind<number> {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    read: (text) => inRange(/^\d+$/.test(text) ? Number(text) : NaN, least, most),
  };
}

function number(least: number, most: number): Kind<number> {
  return {
    allowed: `a number from ${least} to ${most}`,
    read: (text) => inRange(/^\d*\.?\d+$/.test(text) ? Number(text) : NaN, least, most),
  };
}

function inRange(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}
