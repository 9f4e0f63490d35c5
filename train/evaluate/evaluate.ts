import type { Sampler } from "../../sampler/deno.ts";
import type { Split } from "../data/dataset.ts";
import { gridPng } from "../png.ts";
import { Refusal } from "../refusal.ts";
import { type Reading, toUnits } from "./classifier.ts";
import { FEATURES } from "./classifier_network.ts";
import { FEWEST_FOR_KERNEL } from "./kernel_distance.ts";
import { type Manifold, manifoldOf, NEIGHBOURS } from "./manifold.ts";
import { confidences, type Histogram, measure, type Measures, timed } from "./measures.ts";
import { medianDistance, type Nearest, nearestOf } from "./nearest.ts";
import type { RealImages, Reference } from "./real.ts";
import { randomSamples, seedSamples } from "./samples.ts";

/** One figure of a model: what real images of the other split get for it, how many images, and where it comes from. */
export interface Figure {
  readonly value: number;
  readonly floor: number;
  readonly n: number;
  readonly seed: number;
  /** The classifier whose features it is of: SHA-256 of its weights. */
  readonly features: string;
  readonly seconds: number;
}

export interface Metrics {
  readonly frechet: Figure;
  readonly kernel: Figure & {
    readonly standardError: number;
    readonly floorStandardError: number;
  };
  readonly precision: Figure;
  readonly recall: Figure;
  readonly density: Figure;
  readonly coverage: Figure;
  readonly histogram: Figure & Omit<Histogram, "value">;
  /** Median feature distance to the nearest training image; the floor is that of real images. */
  readonly nearest: Figure;
  /** Of 100 images, those that the classifier reads with confidence 0.9 or more: seeds 1 to 100, and real ones. */
  readonly confident: Figure & { readonly confidence: number };
}

/** A model's metrics and the pictures that go with them. */
export interface Evaluation {
  /** The split that it was held against. */
  readonly split: Split;
  readonly metrics: Metrics;
  /** Seeds 1 to 100, ten a row. */
  readonly grid: Uint8Array;
  /** Eight samples, one a row, each with its five nearest training images. */
  readonly neighbours: Uint8Array;
}

/** Images that the rarest metric needs: the covariance of 128 features has its full rank from 129 images. */
export const FEWEST = Math.max(FEATURES + 1, FEWEST_FOR_KERNEL, NEIGHBOURS + 1);
export const SEEDS = 100;
export const CONFIDENCE = 0.9;
const NEAREST_SAMPLES = 1000;
const PICTURED = 8;
/** Which real images show how low or high a metric can be expected to go. */
const OTHER: Readonly<Record<Split, Split>> = {
  train: "validation",
  validation: "test",
  test: "validation",
};

/** What of the real images is the same for all models of a data set. */
export interface RealSide {
  readonly n: number;
  readonly real: RealImages;
  readonly floor: Measures;
  readonly manifold: Manifold;
  readonly train: RealImages;
  readonly nearestFloor: number;
  readonly confidentFloor: number;
}

/** Reads the real images and measures the other split against them. Throws a Refusal for too small or too large an `n`. */
export async function realSide(
  reference: Reference,
  { n, split }: { n: number; split: Split },
): Promise<RealSide> {
  if (n < FEWEST) {
    throw new Refusal(
      `--n ${n}: at least ${FEWEST} images are needed, one more than the ${FEATURES} features, ` +
        "for a covariance of full rank",
      2,
    );
  }
  const { classifier } = reference;
  const { questions } = classifier.card;
  const real = await reference.images(split, n);
  const other = await reference.images(OTHER[split], n);
  const manifold = await manifoldOf(real.reading.features, FEATURES);
  const floor = await measure(other.reading, real, questions, manifold);
  const train = await reference.images("train");
  const near = await nearestOf(
    first(real.reading, NEAREST_SAMPLES),
    train.reading.features,
    FEATURES,
    1,
  );
  const sure = confidences(real.reading, questions).filter((c) => c >= CONFIDENCE).length;
  return {
    ...{ n, real, floor, manifold, train },
    nearestFloor: medianDistance(near),
    confidentFloor: SEEDS * sure / n,
  };
}

/** Evaluates a model by `n` samples of `seed`. Throws a Refusal where it gives NaN. */
export async function evaluate(
  sampler: Sampler,
  { classifier }: Reference,
  side: RealSide,
  seed: number,
): Promise<Evaluation> {
  const { n, real, floor, train } = side;
  const { questions } = classifier.card;
  const pixels = await randomSamples(sampler, n, seed);
  const reading = await classifier.read(pixels);
  const measured = await measure(reading, real, questions, side.manifold);

  const near = await timed(() =>
    nearestOf(first(reading, NEAREST_SAMPLES), train.reading.features, FEATURES, NEIGHBOURS)
  );
  const shown = await seedSamples(sampler, SEEDS);
  const sure = await timed(async () => confidences(await classifier.read(shown), questions));

  const from = { seed, features: classifier.hash };
  const { seconds } = measured;
  const figure = (value: number, floor: number, seconds: number): Figure => ({
    ...{ value: short(value), floor: short(floor), n, ...from, seconds },
  });
  const overlapping = (key: "precision" | "recall" | "density" | "coverage") =>
    figure(measured[key], floor[key], seconds.manifold);
  const { value: histogramValue, ...histogram } = measured.histogram;
  return {
    split: real.split,
    metrics: {
      frechet: figure(measured.frechet, floor.frechet, seconds.frechet),
      kernel: {
        ...figure(measured.kernel.value, floor.kernel.value, seconds.kernel),
        standardError: short(measured.kernel.standardError),
        floorStandardError: short(floor.kernel.standardError),
      },
      precision: overlapping("precision"),
      recall: overlapping("recall"),
      density: overlapping("density"),
      coverage: overlapping("coverage"),
      histogram: {
        ...figure(histogramValue, floor.histogram.value, seconds.histogram),
        ...histogram,
      },
      nearest: {
        ...figure(medianDistance(near.value), side.nearestFloor, near.seconds),
        n: Math.min(NEAREST_SAMPLES, n),
      },
      confident: {
        ...figure(
          sure.value.filter((c) => c >= CONFIDENCE).length,
          side.confidentFloor,
          sure.seconds,
        ),
        n: SEEDS,
        confidence: CONFIDENCE,
      },
    },
    grid: gridOf(shown, sampler, SEEDS, { columns: 10, gap: 0 }),
    neighbours: pictureOf(pixels, near.value, train.pixels, sampler),
  };
}

/** Six digits: more would be noise. */
const short = (value: number) => Number(value.toPrecision(6));

/** Features of the first `n` images. */
const first = ({ features }: Reading, n: number) => features.subarray(0, n * FEATURES);

function gridOf(
  pixels: Uint8Array,
  { card: { imageShape: [height, width, channels] } }: Sampler,
  count: number,
  layout: { columns: number; gap: number },
): Uint8Array {
  return gridPng(toUnits(pixels), { count, height, width, channels, ...layout });
}

/** A row for each sample: itself, then its nearest training images. */
function pictureOf(
  samples: Uint8Array,
  nearest: readonly Nearest[],
  train: Uint8Array,
  sampler: Sampler,
): Uint8Array {
  const size = sampler.card.imageShape.reduce((a, b) => a * b, 1);
  const columns = 1 + NEIGHBOURS;
  const sheet = new Uint8Array(PICTURED * columns * size);
  nearest.slice(0, PICTURED).forEach(({ indices }, row) => {
    const cells = [
      samples.subarray(row * size, (row + 1) * size),
      ...indices.map((index) => train.subarray(index * size, (index + 1) * size)),
    ];
    cells.forEach((cell, column) => sheet.set(cell, (row * columns + column) * size));
  });
  return gridOf(sheet, sampler, PICTURED * columns, { columns, gap: 4 });
}
