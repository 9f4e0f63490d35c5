import { join } from "node:path";
import { type Dataset, loadDataset, type Split } from "../data/dataset.ts";
import { shuffledOrder } from "../data/batches.ts";
import { Refusal } from "../refusal.ts";
import { exists } from "../run_folders.ts";
import { type Classifier, classifiersFolder, loadClassifier, type Reading } from "./classifier.ts";
import { questionsOf } from "./questions.ts";

/** `n` real images in random order, what the classifier sees in them, and what they truly are. */
export interface RealImages {
  readonly split: Split;
  readonly pixels: Uint8Array;
  readonly reading: Reading;
  /** The true answers to each of the classifier's questions. */
  readonly labels: readonly Uint8Array[];
}

/** What the models of one data set are held against. */
export interface Reference {
  readonly dataset: Dataset["id"];
  readonly classifier: Classifier;
  /** `n` images of a split, or all of them; each is read but once. */
  images(split: Split, n?: number): Promise<RealImages>;
}

/** The data set of a model, by its card. */
export interface Judged {
  readonly id: string;
  readonly dataset: { readonly id: string };
  readonly imageShape: readonly number[];
}

/**
 * The classifier of a model's data set, and that data set's images. `classifiers` is where the classifiers are.
 *
 * Throws a Refusal where the data set has no classifier, or one for another shape of image, and a ModelError where the
 * classifier is damaged.
 */
export async function referenceFor(
  model: Judged,
  classifiers = classifiersFolder,
): Promise<Reference> {
  const dataset = model.dataset.id;
  const folder = join(classifiers, dataset);
  if (!await exists(folder)) {
    throw new Refusal(
      `"${model.id}" is of the data set "${dataset}", which has no classifier (${folder}): ` +
        `evaluated are models of ${
          (await classified(classifiers)).join(", ") || "no data set yet"
        }`,
    );
  }
  const classifier = await loadClassifier(folder);
  const [wanted, found] = [classifier.card.imageShape, model.imageShape].map((s) => s.join("x"));
  if (wanted !== found) {
    classifier.dispose();
    throw new Refusal(
      `"${model.id}" makes images of ${found}, but the classifier of ${dataset} reads ${wanted}`,
    );
  }
  const loaded = new Map<string, Promise<RealImages>>();
  return {
    dataset,
    classifier,
    images(split, n) {
      const key = `${split} ${n ?? "all"}`;
      if (!loaded.has(key)) loaded.set(key, readReal(classifier, split, n));
      return loaded.get(key)!;
    },
  };
}

async function classified(folder: string): Promise<string[]> {
  if (!await exists(folder)) return [];
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function readReal(classifier: Classifier, split: Split, asked?: number): Promise<RealImages> {
  const { dataset, imageShape } = classifier.card;
  const data = await loadDataset(dataset.id, { size: imageShape[0], split });
  const n = asked ?? data.count;
  if (n > data.count) {
    throw new Refusal(`--n ${n}: there are ${data.count} ${split} images of ${dataset.id}`, 2);
  }
  const size = imageShape.reduce((a, b) => a * b, 1);
  const order = shuffledOrder(data.count, 1, 0).subarray(0, n); // a split may be sorted by class
  const pixels = new Uint8Array(n * size);
  order.forEach((from, i) =>
    pixels.set(data.pixels.subarray(from * size, (from + 1) * size), i * size)
  );
  return {
    split,
    pixels,
    reading: await classifier.read(pixels),
    labels: questionsOf(data).map(({ labels }) => Uint8Array.from(order, (from) => labels[from])),
  };
}
