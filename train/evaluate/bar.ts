import type { Metrics } from "./evaluate.ts";

/** What a shipped model should reach where each image answers one question, a class. */
const CLASSES = { coverage: 0.75, density: 0.75, confident: 85 };
/** A class has its fair share times these: for ten digits 4 % to 20 %. */
const SHARES = [0.4, 2] as const;
/** The coverage asked for where each image answers several, as a face does: eleven attributes make about 2e7 combinations. */
const ATTRIBUTES_COVERAGE = 0.6;

/**
 * In what a model stays below the bar, as a sentence; undefined where it reaches it.
 *
 * Where there is one question such as a digit's class, asked for are coverage and density of 0.75, 85 of 100 unselected
 * samples that the classifier is sure of, and each value neither rare nor prevalent: from 4 % to 20 % with ten of them.
 * Where there are several, coverage of 0.6, and that no attribute's value is missing.
 */
export function shortfallOf(metrics: Metrics): string | undefined {
  const questions = Object.values(metrics.histogram.shares);
  const below = questions.length === 1
    ? belowOfClasses(metrics, questions[0])
    : [...lower("coverage", metrics.coverage.value, ATTRIBUTES_COVERAGE), ...missing(metrics)];
  if (below.length === 0) return undefined;
  const sentence = below.join("; ");
  return sentence[0].toUpperCase() + sentence.slice(1);
}

function belowOfClasses(
  { coverage, density, confident }: Metrics,
  shares: Readonly<Record<string, number>>,
): string[] {
  return [
    ...lower("coverage", coverage.value, CLASSES.coverage),
    ...lower("density", density.value, CLASSES.density),
    ...(confident.value < CLASSES.confident
      ? [
        `${confident.value} of seeds 1 to ${confident.n} are read with confidence ` +
        `${confident.confidence} or more (bar: ${CLASSES.confident})`,
      ]
      : []),
    ...unevenShares(shares),
  ];
}

const lower = (name: string, value: number, bar: number) =>
  value < bar ? [`${name} is ${value.toFixed(3)} (bar: ${bar})`] : [];

const missing = ({ histogram: { missing, modes } }: Metrics) =>
  missing.length > 0
    ? [`${missing.length} of ${modes.of} values are missing (${missing.join(", ")})`]
    : [];

/** The values that are too rare or too prevalent, as one phrase. */
function unevenShares(shares: Readonly<Record<string, number>>): string[] {
  const [least, most] = SHARES.map((times) => times / Object.keys(shares).length);
  const outside = Object.entries(shares).filter(([, share]) => share < least || share > most);
  if (outside.length === 0) return [];
  const found = outside.map(([value, share]) => `${percent(share)} are read as ${value}`);
  return [`of the samples ${found.join(", ")} (bar: ${percent(least)} to ${percent(most)} each)`];
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
