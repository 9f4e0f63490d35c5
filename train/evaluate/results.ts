import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { type ModelCard, parseCard } from "../../sampler/card.ts";
import { ModelError } from "../../sampler/model_error.ts";
import { OBJECTIVES } from "../objectives/mod.ts";
import { Refusal } from "../refusal.ts";
import { exists } from "../run_folders.ts";
import { markdownTable, rounded, writePart } from "./generated.ts";

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
 * have is shown as a dash.
 */
export function resultsOf(cards: readonly ModelCard[]): string {
  const datasets = new Map(cards.map(({ dataset }) => [dataset.id, dataset.title]));
  return [...datasets].map(([id, title]) => {
    const models = cards.filter(({ dataset }) => dataset.id === id);
    const short = models.flatMap(({ id, metrics }) =>
      metrics?.shortfall ? [`- \`${id}\` stays below the bar: ${metrics.shortfall}`] : []
    );
    const table = markdownTable(COLUMNS.split(","), models.map(rowOf));
    return [`## ${title}`, table, ...(short.length > 0 ? [short.join("\n")] : [])].join("\n\n");
  }).join("\n\n");
}

function rowOf({ id, objective, training, metrics }: ModelCard): string[] {
  const { frechet, kernel, precision, recall, density, coverage } = metrics ?? {};
  const extra = v.parse(Extra, metrics ?? {});
  const three = (figure?: { value: number }) => figure ? figure.value.toFixed(3) : NONE;
  const { histogram, confident } = extra;
  return [
    `\`${id}\``,
    OBJECTIVES.find(({ name }) => name === objective)?.title ?? objective,
    frechet ? `${rounded(frechet.value, 3)} (${rounded(frechet.floor, 2)})` : NONE,
    kernel ? rounded(kernel.value, 2) + errorOf(extra.kernel?.standardError) : NONE,
    ...[precision, recall, density, coverage].map(three),
    histogram ? `${histogram.modes.found} of ${histogram.modes.of}` : NONE,
    confident ? `${confident.value} of ${confident.n}` : NONE,
    (training.seconds / 60).toFixed(0),
    String(training.generatorSteps),
    (1000 * training.seconds / training.generatorSteps).toFixed(0),
  ];
}

const errorOf = (error?: number) => error === undefined ? "" : ` ± ${rounded(error, 1)}`;

/** The cards of the models in `folder`, by id. Throws a ModelError about one that is damaged. */
export async function cardsIn(folder: string): Promise<ModelCard[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  const cards: ModelCard[] = [];
  for (const name of names) {
    const path = join(folder, name, "card.json");
    if (await exists(path)) cards.push(parseCard(JSON.parse(await Deno.readTextFile(path)), path));
  }
  return cards;
}

/** `deno task results`: writes docs/results.md from the models' cards. */
if (import.meta.main) {
  try {
    const zoo = fileURLToPath(new URL("../../models/", import.meta.url));
    await writePart("results.md", "results", resultsOf(await cardsIn(zoo)));
    console.log("Wrote docs/results.md");
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ModelError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
