import * as v from "valibot";
import { ModelError, type ModelErrorType } from "./model_error.ts";

/**
 * `value` by `schema`, whose messages each complete "expected …". `where` names the file.
 *
 * Throws a ModelError of `type` about the first field that is missing or wrong.
 */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  where: string,
  type: ModelErrorType,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = fieldName(issue);
  throw new ModelError(
    type,
    issue.path?.at(-1)?.origin === "key" && issue.input === undefined
      ? `${where}: ${field} is missing`
      : `${where}: ${field}: expected ${issue.message}, found ${shortened(issue.input)}`,
  );
}

/** The JSON in `bytes`. Throws a ModelError of `type` where there is none. */
export function parseJson(bytes: Uint8Array, where: string, type: ModelErrorType): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(type, `${where}: expected JSON, found ${shortened(text)}`, { cause });
  }
}

// Every message completes "expected …". A browser pays for each kind of valibot's checks that is used:
// v.check can do the others' work.

export const text = v.pipe(
  v.string("a text"),
  v.check((text) => text !== "", "a text that is not empty"),
);

export const sha256 = matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits");

export function matching(pattern: RegExp, what: string): v.GenericSchema<string> {
  return v.pipe(v.string(what), v.check((text) => pattern.test(text), what));
}

/** Finite numbers from `least` to `most`. */
export function numberIn(
  what: string,
  least = -Number.MAX_VALUE,
  most = Number.MAX_VALUE,
): v.GenericSchema<number> {
  return v.pipe(v.number(what), v.check((value) => value >= least && value <= most, what));
}

/** Whole numbers from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): v.GenericSchema<number> {
  const range = most < Number.MAX_SAFE_INTEGER
    ? `an integer from ${least} to ${most}`
    : `an integer of at least ${least}`;
  return v.pipe(
    numberIn(range, least, most),
    v.check((value) => Number.isSafeInteger(value), range),
  );
}

/** Where an issue is, as JavaScript writes it: `training.seed`, `files["model.json"].sha256`. */
function fieldName(issue: v.BaseIssue<unknown>): string {
  const keys = issue.path?.map(({ key }) => key) ?? [];
  if (keys.length === 0) return "the file";
  return keys.map((key, i) => {
    if (typeof key === "string" && /^\w+$/.test(key)) return i === 0 ? key : `.${key}`;
    return `[${JSON.stringify(key)}]`;
  }).join("");
}

function shortened(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
