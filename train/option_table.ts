import { isFolderPath } from "./data/folder_name.ts";
import { type Labels, NORMALISATIONS, type Recipe } from "./objectives/objective.ts";

/** What the registries offer: the parser knows no objective and no data set by name. */
export interface Offer {
  readonly objectives: readonly {
    readonly name: string;
    readonly title: string;
    readonly recipes: Readonly<Record<string, Recipe>>;
  }[];
  readonly datasets: readonly string[];
}

/** What an option's value must be, in words, and how to read it: undefined when it is something else. */
export interface Kind<T> {
  readonly allowed: string;
  read(text: string): T | undefined;
}

export interface Option<T> {
  /** The value's name in the help; without one, the option is a switch. */
  readonly value?: string;
  readonly kind?: Kind<T>;
  readonly initial: T;
  readonly help: string;
  /** The default in words, where `initial` does not say it. */
  readonly otherwise?: string;
}

/** No run is longer. */
export const MOST_STEPS = 10_000_000;

/** The one table that the parser and the help share. `recipes` are those that `--recipe` may name. */
export function optionTable(offer: Offer, recipes: readonly string[] = allRecipes(offer)) {
  return {
    data: option("name", nameOrFolder(offer.datasets), "mnist", "what to train on"),
    size: option(
      "pixels",
      oneOf([32, 64, 128]),
      undefined,
      "edge of an image",
      "the data's; 64 for folders and article",
    ),
    mirror: flag("show each image mirrored, too"),
    width: option(
      "factor",
      number(1 / 16, 4),
      undefined,
      "channel multiplier",
      "1 on a GPU and for article, else 0.5",
    ),
    recipe: option(
      "name",
      oneOf(recipes),
      "default",
      "what trains best here, or the article to the letter",
    ),
    "critic-norm": option(
      "name",
      oneOf(NORMALISATIONS),
      undefined,
      "what normalises the critic's layers",
      "the recipe's",
    ),
    r1: option(
      "weight",
      number(0, 1000),
      undefined,
      "weight of a penalty on the critic's gradient",
      "the recipe's",
    ),
    labels: option(
      "a,b",
      twoNumbers,
      undefined,
      "what the critic says of generated, real images",
      "the recipe's",
    ),
    steps: option("n", integer(1, MOST_STEPS), undefined, "generator steps", "the recipe's"),
    "budget-minutes": option(
      "n",
      number(0, 100_000),
      undefined,
      "end after so many minutes of training",
      "no limit",
    ),
    batch: option("n", integer(2, 1024), undefined, "images a step", "64; 128 points"),
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
    "evaluate-every": option(
      "n",
      integer(1, 1_000_000),
      undefined,
      "generator steps between evaluations, to keep the best",
      "none",
    ),
    describe: flag("print the networks' layers and end"),
    help: flag("print this"),
  };
}

function allRecipes({ objectives }: Offer): string[] {
  return [...new Set(objectives.flatMap(({ recipes }) => Object.keys(recipes)))];
}

export function option<T, D extends T | undefined>(
  value: string,
  kind: Kind<T>,
  initial: D,
  help: string,
  otherwise?: string,
): Option<T | D> {
  return { value, kind, initial, help, otherwise };
}

export function flag(help: string): Option<boolean> {
  return { initial: false, help };
}

export const path: Kind<string> = {
  allowed: "a path",
  read: (text) => text.trim() === "" ? undefined : text,
};

export const text: Kind<string> = {
  allowed: "a text",
  read: (text) => text.trim() === "" ? undefined : text,
};

export function oneOf<const T extends string | number>(values: readonly T[]): Kind<T> {
  return {
    allowed: values.join(", "),
    read: (text) => values.find((value) => String(value) === text),
  };
}

function nameOrFolder(names: readonly string[]): Kind<string> {
  return {
    allowed: `${names.join(", ")} or the path of a folder of images`,
    read: (text) => names.includes(text) || isFolderPath(text) ? text : undefined,
  };
}

export function integer(least: number, most: number): Kind<number> {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    read: (text) => inRange(/^\d+$/.test(text) ? Number(text) : NaN, least, most),
  };
}

export function number(least: number, most: number): Kind<number> {
  return {
    allowed: `a number from ${least} to ${most}`,
    read: (text) => inRange(/^\d*\.?\d+$/.test(text) ? Number(text) : NaN, least, most),
  };
}

const twoNumbers: Kind<Labels> = {
  allowed: "two numbers, such as 0,1, the second one larger",
  read(text) {
    const [a, b, ...more] = text.split(",").map((n) => /^-?\d*\.?\d+$/.test(n) ? Number(n) : NaN);
    return a < b && more.length === 0 ? [a, b] : undefined;
  },
};

function inRange(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}
