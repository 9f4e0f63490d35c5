/** models/<id>/history.json: how training went. train/ writes it, the explorer's page shows it. */

import * as v from "valibot";

const number = v.pipe(v.number(), v.finite());
const step = v.pipe(v.number(), v.integer(), v.minValue(0));

const Step = v.object({
  step,
  criticLoss: number,
  generatorLoss: number,
  penalty: v.optional(v.nullable(number)),
  /** Since the start of the run. */
  seconds: v.pipe(number, v.minValue(0)),
  imagesPerSecond: v.optional(v.nullable(number)),
});

const History = v.object({
  schema: v.literal(1),
  steps: v.array(Step),
  timeline: v.array(v.object({
    step,
    file: v.pipe(v.string(), v.regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/)),
  })),
});

export type History = v.InferOutput<typeof History>;

/** The history in `value`, which is parsed JSON. Throws an Error that names `where` and the field. */
export function parseHistory(value: unknown, where: string): History {
  const result = v.safeParse(History, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${where}: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`);
}
