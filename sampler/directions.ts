/**
 * models/<id>/directions.json: the directions in a generator's latent space that a person can use. In the browser, too.
 * `deno task directions` writes it; docs/directions.md says how they are found and what the figures mean.
 */

import * as v from "valibot";
import type { ModelCard } from "./card.ts";
import { ModelError } from "./model_error.ts";
import { verify } from "./read_model.ts";
import { matching, numberIn, parse, parseJson, sha256, text, whole } from "./schema.ts";
import type { ModelSource } from "./source.ts";

/** The format that this version reads and writes. */
export const DIRECTIONS_SCHEMA = 1;
export const DIRECTIONS_FILE = "directions.json";

/** A vector's length may be this far from 1: its numbers are rounded. */
const UNIT = 0.01;

const share = numberIn("a number from 0 to 1", 0, 1);

/** A direction z may move along, of length 1: one step of 1 is a standard deviation of the latents. */
const unitVector = v.pipe(
  v.array(numberIn("a number"), "an array of numbers"),
  v.check((numbers) => Math.abs(Math.hypot(...numbers) - 1) <= UNIT, "a vector of length 1"),
);

/** One that nobody named: what moves along it is for the eye to find. */
const Principal = v.object({
  vector: unitVector,
  /** Share of the variance of the first layer's outputs that lies along it. */
  strength: share,
}, "an object");

const values = v.array(text, "an array of texts");

const Attribute = v.object({
  /** Unique in the file: `class-7`, `slant`, `skinColor-5c3829`, `class-1-to-7`. */
  id: matching(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, "words joined by hyphens"),
  /** For people: `Seven`, `Slant`, `Dark brown skin`, `One to seven`. */
  title: text,
  /** What it is a value of; directions of one question belong together, as only one of its values holds. */
  question: text,
  /**
   * The classifier's name of that value, a colour as six hexadecimal digits; null where it is a quantity and has no values, and
   * where it leads from values to others.
   */
  value: v.nullable(text),
  /** The values that a contrast leads from and to, all others of the question left out; absent where it is none. */
  between: v.optional(v.object({ minus: values, plus: values }, "an object")),
  /** What the images become at the ends: a few words for a slider's two sides. */
  minus: text,
  plus: text,
  vector: unitVector,
  /** Balanced accuracy on held-out samples of telling the attribute from z along the direction alone. */
  accuracy: share,
  /** Of 200 samples, the share whose attribute changes from what `minus` says at −2 standard deviations to `plus` at 2. */
  change: share,
  /** The other question that changes most on the way, and in which share of the samples; null where there is no other. */
  leak: v.nullable(v.object({ question: text, share }, "an object or null")),
}, "an object");

const File = v.pipe(
  v.object({
    schema: v.literal(DIRECTIONS_SCHEMA, String(DIRECTIONS_SCHEMA)),
    /** SHA-256 of the weights.bin that they were measured on: for other weights they mean nothing. */
    weights: sha256,
    latentSize: whole(1),
    /** Of the samples that they were found on; no samples, no directions of attributes. */
    seed: whole(0, 0xffffffff),
    samples: whole(0),
    /** Grouped by question. */
    attributes: v.array(Attribute, "an array of directions"),
    /** Of the first layer's weights (SeFa, arXiv:2007.06600), the strongest first. */
    sefa: v.array(Principal, "an array of directions"),
    /** Of the first layer's activations (GANSpace, arXiv:2004.02546), the strongest first. */
    ganspace: v.array(Principal, "an array of directions"),
  }, "an object"),
  v.check(
    ({ attributes }) => new Set(attributes.map(({ id }) => id)).size === attributes.length,
    "directions of different ids",
  ),
);

export type Directions = v.InferOutput<typeof File>;
export type AttributeDirection = Directions["attributes"][number];
export type PrincipalDirection = Directions["sefa"][number];

/**
 * The directions in `value`, which is parsed JSON, of the model of `card`. `where` names the file, for messages.
 *
 * Throws a ModelError: `newer` for a schema from the future, `directions` for the first field that is missing or wrong, and
 * for directions of other weights.
 */
export function parseDirections(
  value: unknown,
  card: Pick<ModelCard, "id" | "latentSize" | "files">,
  where: string,
): Directions {
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (Number.isInteger(schema) && Number(schema) > DIRECTIONS_SCHEMA) {
    throw new ModelError(
      "newer",
      `${where}: schema is ${schema}, and this version of ganlet reads up to ${DIRECTIONS_SCHEMA}: ` +
        "update ganlet",
    );
  }
  const directions = parse(File, value, where, "directions");
  const { sha256 } = card.files["weights.bin"];
  if (directions.weights !== sha256) {
    throw new ModelError(
      "directions",
      `${where}: weights: expected ${sha256.slice(0, 12)}…, as card.json has it, found ` +
        `${directions.weights.slice(0, 12)}…: run "deno task directions ${card.id}" again`,
    );
  }
  requireSize("latentSize", directions.latentSize, card.latentSize, where);
  for (const set of ["attributes", "sefa", "ganspace"] as const) {
    directions[set].forEach(({ vector }, i) =>
      requireSize(`${set}[${i}].vector.length`, vector.length, card.latentSize, where)
    );
  }
  return directions;
}

/**
 * Reads a model's directions and checks them against its card; null where the card lists none. Throws a ModelError about a
 * file that is missing, damaged or of other weights.
 */
export async function readDirections(
  source: ModelSource,
  card: Pick<ModelCard, "id" | "latentSize" | "files">,
): Promise<Directions | null> {
  const listed = card.files[DIRECTIONS_FILE];
  if (!listed) return null;
  const bytes = await source.read(DIRECTIONS_FILE);
  const where = source.where(DIRECTIONS_FILE);
  await verify(bytes, listed, where);
  return parseDirections(parseJson(bytes, where, "directions"), card, where);
}

/** How far to go along a direction, in standard deviations of the latents: negative numbers go the other way. */
export interface Offset {
  readonly vector: readonly number[];
  readonly offset: number;
}

/** z + Σ offset · vector. Throws a RangeError where a vector has another length than z. */
export function moved(z: Float32Array, offsets: readonly Offset[]): Float32Array {
  const sum = Float64Array.from(z); // so that the order of many offsets cannot be seen in the result
  for (const { vector, offset } of offsets) {
    if (vector.length !== z.length) {
      throw new RangeError(
        `a direction of ${z.length} numbers is needed, found one of ${vector.length}`,
      );
    }
    vector.forEach((value, i) => sum[i] += offset * value);
  }
  return Float32Array.from(sum);
}

function requireSize(field: string, found: number, expected: number, where: string): void {
  if (found === expected) return;
  throw new ModelError(
    "directions",
    `${where}: ${field}: expected ${expected}, as card.json has it, found ${found}`,
  );
}
