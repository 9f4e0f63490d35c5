/** The figures of models as the table of results shows them: what, in what order, how sure. */
import type { Metric, ModelCard } from "../sampler/card.ts";
import { duration } from "./facts.ts";

/** One figure of one model. */
export interface Measured {
  value: number;
  text: string;
  /** What real images get. */
  floor?: number;
  spread?: Spread;
}

/** How far the figure may be off. */
export interface Spread {
  low: number;
  high: number;
  /** "± 54", "71–90". */
  text: string;
  /** What the two ends are. */
  meaning: string;
}

export interface Column {
  key: string;
  title: string;
  /** In a few words, for the heading's second line. */
  hint: string;
  /** What comes first when one sorts by it. */
  first: "low" | "high";
  /** Where bars end; the largest figure of the table unless told. */
  most?: number;
  /** Bars are for what can be good or bad. */
  hasBar: boolean;
  of(card: ModelCard): Measured | null;
}

export const COLUMNS: readonly Column[] = [
  metric("frechet", "Fréchet distance", "0 is the goal", "low"),
  metric("kernel", "Kernel distance", "0 is the goal", "low"),
  metric("precision", "Precision", "look real", "high", 1),
  metric("recall", "Recall", "of what is real", "high", 1),
  metric("density", "Density", "look real, strictly", "high", 1),
  metric("coverage", "Coverage", "of what is real", "high", 1),
  metric("confident", "Readable", "of seeds 1 to 100", "high", 100),
  {
    ...plain("seconds", "Training", "time of a processor"),
    of(card) {
      const { seconds, isByClock } = cost(card);
      const text = duration(seconds);
      return { value: seconds, text: isByClock ? `${text} by the clock` : text };
    },
  },
  {
    ...plain("steps", "Steps", "to its weights"),
    of: ({ training: { savedStep } }) => ({
      value: savedStep,
      text: savedStep.toLocaleString("en"),
    }),
  },
  {
    ...plain("pace", "A step", "critic's included"),
    of(card) {
      const { generatorSteps } = card.training;
      if (generatorSteps === 0) return null;
      const milliseconds = Math.round(cost(card).seconds / generatorSteps * 1000);
      return { value: milliseconds, text: `${milliseconds.toLocaleString("en")}\u00a0ms` };
    },
  },
];

/** What training cost: time of all processors together, where the card has it. */
export function cost({ training: { processorSeconds, seconds } }: ModelCard) {
  return { seconds: processorSeconds ?? seconds, isByClock: processorSeconds === undefined };
}

function plain(key: string, title: string, hint: string) {
  return { key, title, hint, first: "low" as const, hasBar: false };
}

function metric(
  key: string,
  title: string,
  hint: string,
  first: "low" | "high",
  most?: number,
): Column {
  const of = ({ metrics }: ModelCard): Measured | null => {
    const figure = metrics?.[key];
    if (!isRecord(figure) || typeof figure.value !== "number") return null;
    const { value, floor } = figure;
    return {
      value,
      text: figureText(value, most),
      ...(typeof floor === "number" && { floor }),
      ...withSpread(key, value, figure.standardError, metrics?.repeats, most),
    };
  };
  return { key, title, hint, first, most, hasBar: true, of };
}

/** Runs with other seeds (`metrics.repeats`) say most about an objective; else the figure's own standard error. */
function withSpread(
  key: string,
  value: number,
  standardError: Metric | undefined,
  repeats: Metric | undefined,
  most?: number,
): { spread?: Spread } {
  const others = (Array.isArray(repeats) ? repeats : []).flatMap((repeat) => {
    const other = isRecord(repeat) ? repeat[key] : undefined;
    return typeof other === "number" ? [other] : [];
  });
  if (others.length > 0) {
    const [low, high] = [Math.min(value, ...others), Math.max(value, ...others)];
    return {
      spread: {
        low,
        high,
        text: `${figureText(low, most)}–${figureText(high, most)}`,
        meaning: `of ${others.length + 1} training runs from other seeds`,
      },
    };
  }
  if (typeof standardError !== "number") return {};
  return {
    spread: {
      low: value - standardError,
      high: value + standardError,
      text: `± ${figureText(standardError)}`,
      meaning: "one standard error of the figure",
    },
  };
}

/** Three digits; shares have two decimals. */
function figureText(value: number, most?: number): string {
  return most === 1 ? value.toFixed(2) : Number(value.toPrecision(3)).toLocaleString("en");
}

function isRecord(value: Metric | undefined): value is Record<string, Metric> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
