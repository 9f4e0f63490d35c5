/** How a model's training went, in the form in which the explorer shows it. */

import { duration } from "../components/facts.ts";
import { averaged } from "../components/LineChart.tsx";
import type { TrainingRecord } from "../islands/explorer/TrainingScrubber.tsx";
import type { History } from "./_history.ts";

/** More points than these make the page heavier, and no line clearer. */
const MOST_POINTS = 120;

/** `urlOf` gives the URL of a file that the timeline names. */
export function trainingRecord(
  history: History | { problem: string } | null,
  urlOf: (file: string) => string,
): TrainingRecord | { problem: string } | null {
  if (history === null || "problem" in history) return history;
  const { steps, timeline } = history;
  const line = (title: string, points: [number, number][]) => {
    const means = averaged(points, MOST_POINTS);
    return {
      title,
      points: means.map(([x, y], i) => {
        // The last mean stands at the end, so that the line reaches it.
        const step = i === means.length - 1 ? points[points.length - 1][0] : Math.round(x);
        return [step, Number(y.toPrecision(4))] as const;
      }),
    };
  };
  return {
    lines: [
      line("Critic loss", steps.map((s) => [s.step, s.criticLoss])),
      line("Generator loss", steps.map((s) => [s.step, s.generatorLoss])),
      line("Penalty", steps.flatMap((s) => s.penalty == null ? [] : [[s.step, s.penalty]])),
    ].filter(({ points }) => points.length > 1),
    timeline: timeline.map(({ step, file }) => ({
      step,
      url: urlOf(file),
      time: timeAt(steps, step),
    })),
  };
}

/** How long training had taken at `step`, as far as it was logged. */
function timeAt(steps: History["steps"], step: number): string {
  const logged = steps.find((s) => s.step >= step);
  return logged === undefined ? "" : duration(logged.seconds);
}
