import { startBackend } from "../backend.ts";
import type { Reading } from "./classifier.ts";
import { FEATURES } from "./classifier_network.ts";
import { blurred, noisy, overlaid, type Pictures, repeated } from "./corruptions.ts";
import { markdownTable, rounded, writePart } from "./generated.ts";
import { manifoldOf } from "./manifold.ts";
import { measure, type Measures } from "./measures.ts";
import { medianDistance, nearestOf } from "./nearest.ts";
import { type RealImages, type Reference, referenceFor } from "./real.ts";

/** Real images with something done to them, as a generator with one known fault would make them. */
export interface Fault {
  readonly name: string;
  readonly pixels: Uint8Array;
}

/** The measures of a fault, and the median feature distance to the nearest training image. */
export interface FaultMeasures extends Measures {
  readonly name: string;
  readonly nearest: number;
}

const NEAREST_SAMPLES = 1000;

/** What is done to validation and training images of digits. */
export function faults(
  validation: RealImages,
  train: RealImages,
  shape: Pictures["imageShape"],
): Fault[] {
  const pictures = { pixels: validation.pixels, imageShape: shape };
  const size = shape.reduce((a, b) => a * b, 1);
  const learnt = {
    pixels: train.pixels.subarray(0, validation.pixels.length / size * size),
    imageShape: shape,
  };
  const [digits] = validation.labels;
  return [
    { name: "none: validation images", pixels: validation.pixels },
    { name: "blur, 3×3", pixels: blurred(pictures, 1) },
    { name: "blur, 5×5", pixels: blurred(pictures, 2) },
    { name: "noise, σ 16 of 255", pixels: noisy(pictures, 16) },
    { name: "noise, σ 48 of 255", pixels: noisy(pictures, 48) },
    { name: "one in two is two digits in one", pixels: overlaid(pictures) },
    { name: "digit 0 dropped", pixels: repeated(pictures, (i) => digits[i] !== 0) },
    { name: "digits 0 to 4 dropped", pixels: repeated(pictures, (i) => digits[i] > 4) },
    { name: "training images, by heart", pixels: learnt.pixels },
    { name: "100 training images, by heart", pixels: repeated(learnt, () => true, 100) },
  ];
}

/** Measures each fault by `n` images against as many test images. */
export async function measureFaults(
  reference: Reference,
  { n, trainCount }: { n: number; trainCount?: number },
): Promise<FaultMeasures[]> {
  const { classifier } = reference;
  const { questions, imageShape } = classifier.card;
  const test = await reference.images("test", n);
  const validation = await reference.images("validation", n);
  const train = await reference.images("train", trainCount);
  const real = await manifoldOf(test.reading.features, FEATURES);
  const found: FaultMeasures[] = [];
  for (const { name, pixels } of faults(validation, train, imageShape)) {
    const reading = await classifier.read(pixels);
    const measures = await measure(reading, test, questions, real);
    found.push({ name, ...measures, nearest: await nearestTraining(reading, train) });
  }
  return found;
}

async function nearestTraining({ features }: Reading, train: RealImages): Promise<number> {
  const samples = features.subarray(0, NEAREST_SAMPLES * FEATURES);
  return medianDistance(await nearestOf(samples, train.reading.features, FEATURES, 1));
}

/** The measures as a table in Markdown. */
export function tableOf(found: readonly FaultMeasures[]): string {
  const columns = "fault,Fréchet,kernel,precision,recall,density,coverage,histogram,nearest";
  const rows = found.map((m) => [
    m.name,
    rounded(m.frechet, 3),
    `${rounded(m.kernel.value, 2)} ± ${rounded(m.kernel.standardError, 1)}`,
    ...[m.precision, m.recall, m.density, m.coverage, m.histogram.value].map((v) => v.toFixed(3)),
    rounded(m.nearest, 3),
  ]);
  return markdownTable(columns.split(","), rows);
}

/** `deno task evaluate:sensitivity`: measures the faults on MNIST and writes the table into docs/evaluation.md. */
async function main(): Promise<void> {
  const backend = await startBackend("auto");
  try {
    const mnist = { id: "MNIST", dataset: { id: "mnist" }, imageShape: [32, 32, 1] };
    const table = tableOf(await measureFaults(await referenceFor(mnist), { n: 10_000 }));
    console.log(table);
    await writePart("evaluation.md", "sensitivity", table);
  } finally {
    backend.stop();
  }
}

if (import.meta.main) await main();
