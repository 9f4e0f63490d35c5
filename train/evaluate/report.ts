import { rounded } from "./generated.ts";
import type { ClassifierCard } from "./classifier_card.ts";
import { shortfallOf } from "./bar.ts";
import type { Evaluation, Figure } from "./evaluate.ts";

const ROWS = [
  ["frechet", "Fréchet distance", "lower is better"],
  ["kernel", "kernel distance", "lower is better"],
  ["precision", "precision", "higher is better"],
  ["recall", "recall", "higher is better"],
  ["density", "density", "higher is better"],
  ["coverage", "coverage", "higher is better"],
  ["histogram", "histogram", "total variation, lower is better"],
  ["nearest", "nearest training image", "below the floor: memory"],
  ["confident", "confident of 100", "seeds 1 to 100"],
] as const;

/** A model's evaluation for the terminal. */
export function report(
  id: string,
  { split, metrics }: Evaluation,
  classifier: ClassifierCard,
): string {
  const { n, seed, features } = metrics.frechet;
  const cells = ROWS.map(([key, name, meaning]) => {
    const figure: Figure = metrics[key];
    const { value, floor, seconds } = figure;
    const errors = key === "kernel" ? metrics.kernel : undefined;
    return [
      name,
      withError(value, errors?.standardError),
      withError(floor, errors?.floorStandardError),
      `${seconds} s`,
      meaning,
    ];
  });
  const { missing, modes, shares } = metrics.histogram;
  const shortfall = shortfallOf(metrics);
  return [
    `${id}: ${n} samples of seed ${seed} against ${n} ${split} images of ${classifier.dataset.id}`,
    `features: models/classifiers/${classifier.dataset.id}, ${features.slice(0, 12)}, ` +
    `${(100 * classifier.accuracy.test).toFixed(2)} % right on test images`,
    ...table([["", "model", "floor", "took", ""], ...cells]),
    ...Object.entries(shares).map(([question, values]) =>
      `${question}: ${
        Object.entries(values).map(([value, share]) => `${value} ${(100 * share).toFixed(1)} %`)
          .join(", ")
      }`
    ),
    `${modes.found} of ${modes.of} values are there` +
    (missing.length > 0 ? `; missing: ${missing.join(", ")}` : ""),
    shortfall ? `below the bar: ${shortfall}` : "reaches the bar",
  ].join("\n");
}

const withError = (value: number, error?: number) =>
  error === undefined ? rounded(value, 4) : `${rounded(value, 3)} ± ${rounded(error, 2)}`;

/** Rows as lines: the first column to the left, those of numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    "  " +
    row.map((cell, column) =>
      column === 0 || column === row.length - 1
        ? cell.padEnd(widths[column])
        : cell.padStart(widths[column])
    ).join("  ").trimEnd()
  );
}
