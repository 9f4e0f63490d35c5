import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { type ModelCard, parseCard } from "../../sampler/card.ts";
import { ModelError } from "../../sampler/model_error.ts";
import { titleOf } from "../objectives/mod.ts";
import { Refusal } from "../refusal.ts";
import { exists } from "../run_folders.ts";
import { comparisonOf, type Measured } from "./comparison.ts";
import { markdownTable, rounded, writePart } from "./generated.ts";
import { courseIn } from "./repeats.ts";

const COLUMNS = "model,objective,Fréchet (floor),kernel,precision,recall,density,coverage," +
  "modes,confident,minutes,steps,ms a step";
const NONE = "–";

/** What an evaluation writes beside the figures that every reader of a card knows. */
const Extra = v.looseObject({
  kernel: v.optional(v.looseObject({ standardError: v.optional(v.number()) })),
  histogram: v.optional(
    v.looseObject({ modes: v.looseObject({ found: v.number(), of: v.number() }) }),
  ),
  confident: v.optional(v.looseObject({ value: v.number(), n: v.number() })),
});

/**
 * All models' figures as Markdown, a table for each data set and below it what stays below the bar. What a card does not
 * have is shown as a dash. Then, where models have repeats with other seeds, what these say.
 */
export function resultsOf(models: readonly Measured[]): string {
  const cards = models.map(({ card }) => card);
  const datasets = new Map(cards.map(({ dataset }) => [dataset.id, dataset.title]));
  return [...datasets].map(([id, title]) => {
    const own = models.filter(({ card }) => card.dataset.id === id);
    const short = own.flatMap(({ card: { id, metrics } }) =>
      metrics?.shortfall ? [`- \`${id}\` stays below the bar: ${metrics.shortfall}`] : []
    );
    const table = markdownTable(COLUMNS.split(","), own.map(({ card }) => rowOf(card)));
    return [`## ${title}`, table, short.join("\n"), comparisonOf(own)].filter(Boolean).join("\n\n");
  }).join("\n\n");
}

function rowOf({ id, objective, training, metrics }: ModelCard): string[] {
  const { frechet, kernel, precision, recall, density, coverage } = metrics ?? {};
  const extra = v.parse(Extra, metrics ?? {});
  const three = (figure?: { value: number }) => figure ? figure.value.toFixed(3) : NONE;
  const { histogram, confident } = extra;
  const seconds = training.processorSeconds ?? training.seconds;
  return [
    `\`${id}\``,
    titleOf(objective),
    frechet ? `${rounded(frechet.value, 3)} (${rounded(frechet.floor, 2)})` : NONE,
    kernel ? rounded(kernel.value, 2) + errorOf(extra.kernel?.standardError) : NONE,
    ...[precision, recall, density, coverage].map(three),
    histogram ? `${histogram.modes.found} of ${histogram.modes.of}` : NONE,
    confident ? `${confident.value} of ${confident.n}` : NONE,
    (seconds / 60).toFixed(0),
    String(training.generatorSteps),
    (1000 * seconds / training.generatorSteps).toFixed(0),
  ];
}

const errorOf = (error?: number) => error === undefined ? "" : ` ± ${rounded(error, 1)}`;

/** The models in `folder`, by id. Throws a ModelError about one that is damaged. */
export async function modelsIn(folder: string): Promise<Measured[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  const models: Measured[] = [];
  for (const name of names) {
    const path = join(folder, name, "card.json");
    if (!await exists(path)) continue;
    const card = parseCard(JSON.parse(await Deno.readTextFile(path)), path);
    models.push({ card, course: await courseIn(join(folder, name)) });
  }
  return models;
}

/** `deno task results`: writes docs/results.md from the models' cards. */
if (import.meta.main) {
  try {
    const zoo = fileURLToPath(new URL("../../models/", import.meta.url));
    await writePart("results.md", "results", resultsOf(await modelsIn(zoo)));
    console.log("Wrote docs/results.md");
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ModelError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
