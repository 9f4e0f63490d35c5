import { answers, type Reading } from "./classifier.ts";
import { FEATURES } from "./classifier_network.ts";
import { frechetDistance, gaussianOf } from "./frechet.ts";
import { missingValues, shares, totalVariation } from "./histogram.ts";
import { kernelDistance } from "./kernel_distance.ts";
import { type Manifold, manifoldOf, overlap } from "./manifold.ts";
import type { Question } from "./questions.ts";
import type { RealImages } from "./real.ts";

/** The figures of one set of images against real ones, and the seconds that each took. */
export interface Measures {
  readonly frechet: number;
  readonly kernel: { readonly value: number; readonly standardError: number };
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
  readonly histogram: Histogram;
  readonly seconds: Readonly<Record<"frechet" | "kernel" | "manifold" | "histogram", number>>;
}

export interface Histogram {
  /** Total variation distance to the real values, the mean over the questions. */
  readonly value: number;
  /** "3", or "hair: bun": what has under a tenth of its real share. */
  readonly missing: readonly string[];
  /** Values that are not missing, and all. */
  readonly modes: { readonly found: number; readonly of: number };
  /** Share of each value, by question. */
  readonly shares: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Measures images by their `reading`. `realManifold` is that of `real`. */
export async function measure(
  reading: Reading,
  real: RealImages,
  questions: readonly Question[],
  realManifold: Manifold,
): Promise<Measures> {
  const frechet = await timed(() => frechetOf(reading, real));
  const kernel = await timed(() =>
    kernelDistance(reading.features, real.reading.features, FEATURES)
  );
  const histogram = await timed(() => histogramOf(reading, real, questions));
  const manifold = await timed(async () =>
    await overlap(realManifold, await manifoldOf(reading.features, FEATURES))
  );
  return {
    frechet: frechet.value,
    kernel: kernel.value,
    ...manifold.value,
    histogram: histogram.value,
    seconds: {
      frechet: frechet.seconds,
      kernel: kernel.seconds,
      manifold: manifold.seconds,
      histogram: histogram.seconds,
    },
  };
}

/** Fréchet distance of two readings' features. */
export function frechetOf(reading: Reading, real: Pick<RealImages, "reading">): number {
  return frechetDistance(
    gaussianOf(reading.features, FEATURES),
    gaussianOf(real.reading.features, FEATURES),
  );
}

function histogramOf(
  { probabilities }: Reading,
  real: RealImages,
  questions: readonly Question[],
): Histogram {
  const each = questions.map(({ name, values }, q) => {
    const found = shares(answers(probabilities[q], values.length).answer, values.length);
    const true_ = shares(real.labels[q], values.length);
    return {
      name,
      distance: totalVariation(found, true_),
      missing: missingValues(found, true_).map((i) =>
        questions.length === 1 ? values[i] : `${name}: ${values[i]}`
      ),
      shares: Object.fromEntries(values.map((value, i) => [value, found[i]])),
    };
  });
  const of = questions.reduce((sum, { values }) => sum + values.length, 0);
  const missing = each.flatMap(({ missing }) => missing);
  return {
    value: each.reduce((sum, { distance }) => sum + distance, 0) / each.length,
    missing,
    modes: { found: of - missing.length, of },
    shares: Object.fromEntries(each.map(({ name, shares }) => [name, shares])),
  };
}

/**
 * How sure a classifier is of each image: the probability of its likeliest answer, the mean over the questions.
 */
export function confidences(
  { probabilities, count }: Reading,
  questions: readonly Question[],
): Float32Array {
  const sums = new Float32Array(count);
  questions.forEach(({ values }, q) =>
    answers(probabilities[q], values.length).confidence.forEach((c, i) =>
      sums[i] += c / questions.length
    )
  );
  return sums;
}

export async function timed<T>(f: () => T | Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await f();
  return { value, seconds: Math.round((performance.now() - start) / 100) / 10 };
}
