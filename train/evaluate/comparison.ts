import * as v from "valibot";
import type { ModelCard } from "../../sampler/card.ts";
import { titleOf } from "../objectives/mod.ts";
import { markdownTable, rounded } from "./generated.ts";
import { Repeat } from "./repeats.ts";

/** A model's card, and the distances to the validation images that its history has. */
export interface Measured {
  readonly card: ModelCard;
  readonly course: Repeat["evaluations"];
}

/** What an evaluated card has, as a repeat has it. */
const Own = v.object({
  ...v.entriesFromList(
    ["frechet", "kernel", "precision", "recall", "density", "coverage", "confident"],
    v.pipe(v.object({ value: v.number() }), v.transform(({ value }) => value)),
  ),
  histogram: v.object({ modes: v.object({ found: v.number() }) }),
});

/** All seeds of an objective: the shipped model's run, then its repeats. */
interface Seeds {
  readonly objective: string;
  readonly runs: readonly Repeat[];
}

/**
 * Three tables as Markdown of those models of one data set that have repeats: the shipped files of every seed against the
 * test images, and the distance to the validation images after equal steps and after equal time. Cells are the mean over
 * seeds, and the lowest and highest in brackets. Empty where no model has repeats.
 *
 * At a step or time, a run counts with the best that it had until then, since that is what it would have shipped. The
 * steps, and the time, are the most that all runs have come to.
 */
export function comparisonOf(models: readonly Measured[]): string {
  const all = models.flatMap((model): Seeds[] => {
    const repeats = v.safeParse(v.array(Repeat), model.card.metrics?.repeats);
    return repeats.success
      ? [{ objective: model.card.objective, runs: [ownRun(model), ...repeats.output] }]
      : [];
  });
  if (all.length === 0) return "";
  const followed = all.filter(({ runs }) =>
    runs.every(({ evaluations }) => evaluations.length > 0)
  );
  const parts = ["Every seed's best files, against the test images:", seedsTable(all)];
  if (followed.length === 0) return parts.join("\n\n");
  const runs = followed.flatMap(({ runs }) => runs);
  const steps = leastOfLast(runs, "step");
  const seconds = leastOfLast(runs, "processorSeconds");
  return [
    ...parts,
    `The distance to the validation images, seeds together, after ${steps} generator steps each, and after ` +
    `${rounded(seconds / 60, 2)} minutes of a processor each:`,
    equalTable(followed, steps, seconds),
  ].join("\n\n");
}

function ownRun({ card: { training, metrics }, course }: Measured): Repeat {
  const { histogram, ...figures } = v.parse(Own, metrics);
  const { seed, generatorSteps, savedStep, processorSeconds = 0 } = training;
  return {
    ...{ seed, generatorSteps, savedStep, processorSeconds, ...figures },
    modes: histogram.modes.found,
    evaluations: course,
  };
}

function seedsTable(all: readonly Seeds[]): string {
  const columns =
    "objective,seeds,Fréchet,kernel,precision,recall,density,coverage,modes,confident";
  return markdownTable(
    columns.split(","),
    all.map(({ objective, runs }) => {
      const over = (key: Exclude<keyof Repeat, "evaluations">, digits: number) =>
        spread(runs.map((run) => run[key]), digits);
      return [
        titleOf(objective),
        runs.map(({ seed }) => seed).join(", "),
        ...[over("frechet", 3), over("kernel", 2), over("precision", 2), over("recall", 2)],
        ...[over("density", 2), over("coverage", 2), over("modes", 2), over("confident", 2)],
      ];
    }),
  );
}

function equalTable(all: readonly Seeds[], steps: number, seconds: number): string {
  return markdownTable(
    ["objective", "equal steps", "minutes they took", "equal time", "steps then"],
    all.map(({ objective, runs }) => {
      const bySteps = runs.map(({ evaluations }) => until(evaluations, "step", steps));
      const byTime = runs.map(({ evaluations }) => until(evaluations, "processorSeconds", seconds));
      return [
        titleOf(objective),
        spread(bySteps.map(({ best }) => best), 3),
        spread(bySteps.map(({ last }) => last.processorSeconds / 60), 2),
        spread(byTime.map(({ best }) => best), 3),
        spread(byTime.map(({ last }) => last.step), 3),
      ];
    }),
  );
}

type Axis = "step" | "processorSeconds";

/** Where on `axis` the run that came least far had its last evaluation. */
function leastOfLast(runs: readonly Repeat[], axis: Axis): number {
  return Math.min(...runs.map(({ evaluations }) => evaluations.at(-1)![axis]));
}

/** The lowest distance until `most`, and the last evaluation that lies within it, or the first of all. */
function until(evaluations: Repeat["evaluations"], axis: Axis, most: number) {
  const within = evaluations.filter((entry) => entry[axis] <= most);
  const counted = within.length > 0 ? within : evaluations.slice(0, 1);
  return { best: Math.min(...counted.map(({ frechet }) => frechet)), last: counted.at(-1)! };
}

/** "mean (lowest–highest)", or the number alone where all are one. */
function spread(values: readonly number[], digits: number): string {
  const [mean, least, most] = [
    values.reduce((a, b) => a + b) / values.length,
    Math.min(...values),
    Math.max(...values),
  ].map((value) => rounded(value, digits));
  return least === most ? mean : `${mean} (${least}–${most})`;
}
