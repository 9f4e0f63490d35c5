import { describeFigures } from "../toys/mode_figures.ts";
import { PLOT_SIZE, scatterPixels } from "../toys/scatter.ts";
import type { Points } from "../toys/points.ts";
import { encodePng } from "../png.ts";
import type { ModeRun } from "./one_run.ts";
import { PUBLISHED } from "./published.ts";

/** A run in one line, when it has ended. */
export function lineOf({ objective, data, seed, steps, seconds, figures }: ModeRun): string {
  const outcome = figures ? describeFigures(figures) : "diverged";
  return `${objective} on ${data}, seed ${seed}: ${outcome} (${steps} steps, ${
    seconds.toFixed(0)
  } CPU s)`;
}

/**
 * The figures of one distribution as a Markdown table: a row an objective, its seeds side by side, then the published rows.
 * Columns are padded as `deno fmt` pads them.
 */
export function tableOf(points: Points, runs: readonly ModeRun[]): string {
  const mine = runs.filter(({ data }) => data === points.id);
  const names = [...new Set(mine.map(({ objective }) => objective))];
  const head = [
    points.title,
    `modes found of ${points.modes.length}`,
    "high-quality samples",
    "reverse KL",
    "steps",
    "CPU seconds a run",
  ];
  const rows = names.map((name) => {
    const seeds = mine.filter(({ objective }) => objective === name)
      .sort((a, b) => a.seed - b.seed);
    const each = (show: (figures: NonNullable<ModeRun["figures"]>) => string) =>
      seeds.map(({ figures }) => figures ? show(figures) : "diverged").join(", ");
    return [
      name,
      each(({ found }) => String(found)),
      each(({ highQuality }) => `${(100 * highQuality).toFixed(0)} %`),
      each(({ reverseKl }) => reverseKl.toFixed(3)),
      String(seeds[0].steps),
      (seeds.reduce((sum, { seconds }) => sum + seconds, 0) / seeds.length).toFixed(0),
    ];
  });
  const published = PUBLISHED.map(({ method, source, ...found }) => [
    `${method}, ${source}`,
    String(found[points.id as "ring" | "grid"]),
    ...["", "", "", ""],
  ]);
  return markdown([head, ...rows, ...published]);
}

/** Scatter plots as one PNG: a row a distribution, a column an objective, in the order of `runs`. */
export function plotsOf(rows: readonly (readonly [Points, readonly ModeRun[]])[]): Uint8Array {
  const gap = 4;
  const columns = Math.max(...rows.map(([, runs]) => runs.length));
  const [width, height] = [columns, rows.length].map((n) => n * (PLOT_SIZE + gap) - gap);
  const sheet = new Uint8Array(3 * width * height).fill(200);
  rows.forEach(([points, runs], row) =>
    runs.forEach(({ samples }, column) => {
      const plot = scatterPixels(points, Float32Array.from(samples));
      for (let y = 0; y < PLOT_SIZE; y++) {
        const line = plot.subarray(3 * y * PLOT_SIZE, 3 * (y + 1) * PLOT_SIZE);
        const top = row * (PLOT_SIZE + gap) + y;
        sheet.set(line, 3 * (top * width + column * (PLOT_SIZE + gap)));
      }
    })
  );
  return encodePng(width, height, sheet, 3);
}

function markdown([head, ...rows]: readonly string[][]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
