import * as tf from "@tensorflow/tfjs-core";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderSource } from "../../sampler/deno.ts";
import { ModelError } from "../../sampler/model_error.ts";
import { parseJson } from "../../sampler/schema.ts";
import { decodeWeights } from "../../sampler/weights.ts";
import { replaceFolder } from "../atomic.ts";
import { type ClassifierCard, parseClassifierCard, shapeOf } from "./classifier_card.ts";
import { classifierWeights, classify, FEATURES } from "./classifier_network.ts";

/** Where ganlet's classifiers lie, by data set. */
export const classifiersFolder: string = fileURLToPath(
  new URL("../../models/classifiers/", import.meta.url),
);
const BATCH = 250;

/** A trained classifier on tfjs's current backend. */
export interface Classifier {
  readonly card: ClassifierCard;
  /** SHA-256 of its weights: which network a score comes from. */
  readonly hash: string;
  /** What it sees in images of one byte a channel value, [n, height, width, channels]. */
  read(pixels: Uint8Array): Promise<Reading>;
  /** Logits of all questions side by side of x [n, height, width, channels] in [-1, 1]; they have a gradient. */
  logits(x: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

/** What a classifier sees in n images. */
export interface Reading {
  readonly count: number;
  /** [n, 128]: linear units, before their activation. */
  readonly features: Float32Array;
  /** For each question, [n, values of the question]: the probability of each value. */
  readonly probabilities: readonly Float32Array[];
}

/**
 * Reads the classifier in `folder`. Throws a ModelError about a file that is missing, damaged or another's.
 */
export async function loadClassifier(folder: string): Promise<Classifier> {
  const source = folderSource(folder);
  const where = source.where("card.json");
  const card = parseClassifierCard(parseJson(await source.read("card.json"), where, "card"), where);
  const bytes = await source.read("weights.bin");
  const path = source.where("weights.bin");
  const expected = card.files["weights.bin"];
  const found = sha256(bytes);
  if (bytes.length !== expected.bytes || found !== expected.sha256) {
    throw new ModelError(
      "hash",
      `${path} is damaged or another classifier's: card.json says ${expected.bytes} bytes, sha256 ` +
        `${expected.sha256.slice(0, 12)}…, found ${bytes.length} bytes, ${found.slice(0, 12)}…`,
    );
  }
  const specs = classifierWeights(shapeOf(card)).map(({ name, shape }) => ({
    name,
    shape: [...shape],
    quantization: { dtype: "float16" as const },
  }));
  const weights = decodeWeights(bytes, specs, path);
  return onBackend(card, [...weights.values()].map(({ values }) => values));
}

/** The classifier of a card with these numbers as its weights. */
export function onBackend(card: ClassifierCard, values: readonly Float32Array[]): Classifier {
  const shapes = classifierWeights(shapeOf(card));
  const weights = values.map((v, i) => tf.tensor(v, [...shapes[i].shape]));
  return {
    card,
    hash: card.files["weights.bin"].sha256,
    read: (pixels) => read(pixels, card, weights),
    logits: (x) => tf.tidy(() => classify(x, weights).logits),
    dispose: () => tf.dispose(weights),
  };
}

async function read(
  pixels: Uint8Array,
  card: ClassifierCard,
  weights: readonly tf.Tensor[],
): Promise<Reading> {
  const size = card.imageShape.reduce((a, b) => a * b, 1);
  const count = pixels.length / size;
  const widths = card.questions.map(({ values }) => values.length);
  const all = widths.reduce((a, b) => a + b, 0);
  const features = new Float32Array(count * FEATURES);
  const probabilities = widths.map((width) => new Float32Array(count * width));
  for (let first = 0; first < count; first += BATCH) {
    const n = Math.min(BATCH, count - first);
    const x = toUnits(pixels.subarray(first * size, (first + n) * size));
    const [f, l] = tf.tidy(() => {
      const { features, logits } = classify(tf.tensor4d(x, [n, ...card.imageShape]), weights);
      return [features, logits];
    });
    features.set(await f.data<"float32">(), first * FEATURES);
    const logits = await l.data<"float32">();
    for (let i = 0; i < n; i++) {
      let from = i * all;
      probabilities.forEach((to, q) => {
        to.set(softmax(logits.subarray(from, from + widths[q])), (first + i) * widths[q]);
        from += widths[q];
      });
    }
    tf.dispose([f, l]);
  }
  return { count, features, probabilities };
}

/** Bytes as the network sees them, in [-1, 1]. */
export function toUnits(pixels: Uint8Array): Float32Array {
  const units = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) units[i] = pixels[i] / 127.5 - 1; // as in toBytes(), no from()
  return units;
}

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((v) => Math.exp(v - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}

/** For each image the value that a question's answer is most sure of, and how sure. */
export function answers(
  probabilities: Float32Array,
  values: number,
): { answer: Uint8Array; confidence: Float32Array } {
  const count = probabilities.length / values;
  const answer = new Uint8Array(count);
  const confidence = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    for (let value = 0; value < values; value++) {
      const p = probabilities[i * values + value];
      if (p > confidence[i]) [answer[i], confidence[i]] = [value, p];
    }
  }
  return { answer, confidence };
}

/** Weights as float16, little-endian, in their order. */
export function encodeWeights(values: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const numbers = new Float16Array(values.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const v of values) {
    numbers.set(v, at);
    at += v.length;
  }
  return new Uint8Array(numbers.buffer);
}

/** Writes a classifier's folder, complete or not at all. */
export async function writeClassifier(
  folder: string,
  card: ClassifierCard,
  weightsBin: Uint8Array,
  { force }: { force: boolean },
): Promise<void> {
  await replaceFolder(folder, async (temporary) => {
    await Deno.writeFile(join(temporary, "weights.bin"), weightsBin);
    await Deno.writeTextFile(join(temporary, "card.json"), JSON.stringify(card, null, 2) + "\n");
  }, { force });
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
