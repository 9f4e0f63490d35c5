import assert from "node:assert/strict";
import { shortfallOf } from "../../../train/evaluate/bar.ts";
import type { Figure, Metrics } from "../../../train/evaluate/evaluate.ts";

const figure = (value: number): Figure => ({
  ...{ value, floor: 1, n: 10_000, seed: 1, features: "9f", seconds: 1 },
});

/** Metrics with what the bar asks for, and shares of ten digits. */
function metricsOf(
  asked: { coverage: number; density: number; confident: number },
  shares: Record<string, Record<string, number>>,
): Metrics {
  const rest = figure(1);
  return {
    ...{ frechet: rest, precision: rest, recall: rest, nearest: rest },
    kernel: { ...rest, standardError: 0, floorStandardError: 0 },
    coverage: figure(asked.coverage),
    density: figure(asked.density),
    histogram: { ...rest, missing: [], modes: { found: 10, of: 10 }, shares },
    confident: { ...figure(asked.confident), n: 100, confidence: 0.9 },
  };
}

const digits = (...percents: number[]) => ({
  class: Object.fromEntries(percents.map((p, digit) => [digit, p / 100])),
});
const even = digits(10, 10, 10, 10, 10, 10, 10, 10, 10, 10);

Deno.test("a model at the bar exactly has no shortfall", () => {
  const atTheBar = { coverage: 0.75, density: 0.75, confident: 85 };
  const shares = digits(4, 20, 10, 10, 10, 10, 10, 10, 10, 6);
  assert.equal(shortfallOf(metricsOf(atTheBar, shares)), undefined);
});

Deno.test("a shortfall says in what, by how much, and what was asked for", () => {
  const high = { coverage: 0.9, density: 0.9, confident: 95 };
  assert.equal(
    shortfallOf(metricsOf({ coverage: 0.7, density: 0.61, confident: 84 }, even)),
    "Coverage is 0.700 (bar: 0.75); density is 0.610 (bar: 0.75); " +
      "84 of seeds 1 to 100 are read with confidence 0.9 or more (bar: 85)",
  );
  assert.equal(
    shortfallOf(metricsOf(high, digits(3, 21, 10, 10, 10, 10, 10, 10, 10, 6))),
    "Of the samples 3 % are read as 0, 21 % are read as 1 (bar: 4 % to 20 % each)",
  );
});

Deno.test("of attributes, coverage of 0.6 is asked and that no value is missing, neither shares nor confidence", () => {
  const atTheBar = { coverage: 0.6, density: 0.1, confident: 10 };
  const attributes = { beard: { none: 0.99, chin: 0.01 }, hair: { bun: 0.5, spiky: 0.5 } };
  const metrics = metricsOf(atTheBar, attributes);
  assert.equal(shortfallOf(metrics), undefined);
  const histogram = {
    ...metrics.histogram,
    ...{ missing: ["beard: chin"], modes: { found: 3, of: 4 } },
  };
  assert.equal(
    shortfallOf({ ...metrics, coverage: figure(0.594), histogram }),
    "Coverage is 0.594 (bar: 0.6); 1 of 4 values are missing (beard: chin)",
  );
});
