/** models/<id>/card.json: what a model is, how it was made and which files it consists of. */

import * as v from "valibot";
import { ModelError } from "./model_error.ts";
import { matching, numberIn, parse, sha256, text, whole } from "./schema.ts";

/** The card format that this version reads and writes. */
export const CARD_SCHEMA = 1;

const count = whole(0);
const size = whole(1);
const seconds = numberIn("a number of seconds, 0 or more", 0);
const url = v.pipe(v.string("a URL or null"), v.check(isUrl, "a URL or null"));

const File = v.object({ bytes: count, sha256 }, "an object");

const finite = numberIn("a number");
/** What has been JSON is as a metric may be. */
const anything = v.unknown() as v.GenericSchema<unknown, Metric>;

/** A figure of a model, beside what real images get for it, and of how many images it is. */
const Figure = v.objectWithRest({ value: finite, floor: finite, n: size }, anything, "an object");

/** What an evaluation found; other measures than these may hold any JSON. */
const Metrics = v.objectWithRest(
  {
    frechet: v.optional(Figure),
    kernel: v.optional(Figure),
    precision: v.optional(Figure),
    recall: v.optional(Figure),
    density: v.optional(Figure),
    coverage: v.optional(Figure),
    /** Where the model stays below the bar that ganlet sets: in what, and why, in a sentence. */
    shortfall: v.optional(text),
  },
  anything,
  "an object or null",
);

const Card = v.object({
  schema: v.literal(CARD_SCHEMA, String(CARD_SCHEMA)),
  id: matching(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens"),
  title: text,
  objective: text,
  paper: v.object({ title: text, arxiv: text }, "an object"),
  /** `url` is null for a folder of the user's own. */
  dataset: v.object(
    { id: text, title: text, licence: text, url: v.nullable(url), images: size },
    "an object",
  ),
  /** [height, width, channels] of one image. */
  imageShape: v.strictTuple(
    [size, size, v.picklist([1, 3], "1 or 3")],
    "[height, width, channels]",
  ),
  latentSize: size,
  training: v.object({
    recipe: text,
    command: text,
    /** Generator steps of the run; `savedStep` is the one whose weights these are. */
    generatorSteps: count,
    savedStep: count,
    criticSteps: count,
    batchSize: size,
    optimizer: text,
    seed: whole(0, 0xffffffff),
    backend: text,
    device: text,
    seconds,
    /** Of all processors together; cards had only the clock's once. */
    processorSeconds: v.optional(seconds),
    versions: v.record(v.string(), text, "an object of version texts"),
  }, "an object"),
  metrics: v.nullable(Metrics),
  /** By path relative to the card. */
  files: v.pipe(
    v.record(
      v.pipe(v.string(), v.check(staysInside, "a path inside the model's folder")),
      File,
      "an object of files",
    ),
    v.check((files) => "model.json" in files, "an object that lists model.json"),
    v.check((files) => "weights.bin" in files, "an object that lists weights.bin"),
  ),
}, "an object");

export type ModelCard = v.InferOutput<typeof Card>;

/** What a metric may hold: anything JSON does, so that a measure can carry its spread and sample size. */
export type Metric = number | string | boolean | null | Metric[] | { [name: string]: Metric };

/**
 * The card in `value`, which is parsed JSON. `where` is its path or URL, for messages. Fields that
 * the schema does not know are left out.
 *
 * Throws a ModelError: `newer` for a schema from the future, `card` for the first field that is
 * missing or wrong, with what was expected and what was found.
 */
export function parseCard(value: unknown, where: string): ModelCard {
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (Number.isInteger(schema) && Number(schema) > CARD_SCHEMA) {
    throw new ModelError(
      "newer",
      `${where}: schema is ${schema}, and this version of ganlet reads up to ${CARD_SCHEMA}: update ganlet`,
    );
  }
  return parse(Card, value, where, "card");
}

function isUrl(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

/** Whether `path` is a plain relative path, so that a card cannot name files outside of its folder. */
function staysInside(path: string): boolean {
  return path.split("/").every((part) => /^[\w-][\w.-]*$/.test(part));
}
