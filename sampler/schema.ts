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

/** Whole numbers from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most < Number.MAX_SAFE_INTEGER
    ? `an integer from ${least} to ${most}`
    : `an integer of at least ${least}`;
  return v.pipe(
    v.number(range),
    v.safeInteger(range),
    v.minValue(least, range),
    v.maxValue(most, range),
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
