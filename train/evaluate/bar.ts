import type { Metrics } from "./evaluate.ts";

/** What a shipped model should reach. */
const LEAST_COVERAGE = 0.75;
const LEAST_DENSITY = 0.75;
const LEAST_CONFIDENT = 85;
/** A class has its fair share times these: for ten digits 4 % to 20 %. */
const SHARES = [0.4, 2] as const;

/**
 * In what a model stays below the bar, as a sentence; undefined where it reaches it. Asked for are coverage and density of
 * 0.75, 85 of 100 unselected samples that the classifier is sure of, and, where there is one question such as a digit's
 * class, each value neither rare nor prevalent: from 4 % to 20 % with ten of them.
 */
export function shortfallOf(metrics: Metrics): string | undefined {
  const { coverage, density, confident, histogram } = metrics;
  const questions = Object.values(histogram.shares);
  const uneven = questions.length > 1 ? [] : unevenShares(questions[0]);
  const below = [
    ...(coverage.value < LEAST_COVERAGE
      ? [`coverage is ${coverage.value.toFixed(3)} (bar: ${LEAST_COVERAGE})`]
      : []),
    ...(density.value < LEAST_DENSITY
      ? [`density is ${density.value.toFixed(3)} (bar: ${LEAST_DENSITY})`]
      : []),
    ...(confident.value < LEAST_CONFIDENT
      ? [
        `${confident.value} of seeds 1 to ${confident.n} are read with confidence ` +
        `${confident.confidence} or more (bar: ${LEAST_CONFIDENT})`,
      ]
      : []),
    ...uneven,
  ];
  if (below.length === 0) return undefined;
  const sentence = below.join("; ");
  return sentence[0].toUpperCase() + sentence.slice(1);
}

/** The values that are too rare or too prevalent, as one phrase. */
function unevenShares(shares: Readonly<Record<string, number>>): string[] {
  const [least, most] = SHARES.map((times) => times / Object.keys(shares).length);
  const outside = Object.entries(shares).filter(([, share]) => share < least || share > most);
  if (outside.length === 0) return [];
  const found = outside.map(([value, share]) => `${percent(share)} are read as ${value}`);
  return [`of the samples ${found.join(", ")} (bar: ${percent(least)} to ${percent(most)} each)`];
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
