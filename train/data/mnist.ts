import { createHash } from "node:crypto";
import { join } from "node:path";
import { Refusal } from "../refusal.ts";
import { reasonOf } from "../system_error.ts";
import type { Dataset, DatasetSource } from "./dataset.ts";
import { readIdx } from "./idx.ts";
import { prepare } from "./prepare.ts";

/** The published files and their MD5 checksums, which Yann LeCun's copies and npm's share. */
export const mnistFiles = {
  images: { name: "train-images-idx3-ubyte", md5: "6bbc9ace898e44ae57da46a324031adb" },
  labels: { name: "train-labels-idx1-ubyte", md5: "a25bea736e30d166cdddb491f175f624" },
} as const;

const TRAINING_IMAGES = 50_000;

/**
 * MNIST, handwritten digits (LeCun, Cortes and Burges), 28×28 grey padded to 32×32 with black.
 *
 * The first 50,000 of its 60,000 training images: the last 10,000 stay unseen by training, for
 * choosing between checkpoints.
 */
export const mnist: DatasetSource = {
  sizes: [32],
  async load({ size, cache }): Promise<Dataset> {
    const folder = join(cache, "mnist");
    const images = readIdx(await cachedFile(folder, mnistFiles.images));
    const labels = readIdx(await cachedFile(folder, mnistFiles.labels));
    const [, height, width] = images.shape;
    const shown = images.data.subarray(0, TRAINING_IMAGES * height * width);
    return {
      id: "mnist",
      title: "MNIST handwritten digits",
      licence: "CC BY-SA 3.0",
      url: "https://yann.lecun.com/exdb/mnist/",
      imageShape: [size, size, 1],
      count: TRAINING_IMAGES,
      pixels: padCentred(shown, { height, width }, size),
      labels: labels.data.slice(0, TRAINING_IMAGES),
    };
  },
};

/**
 * Grey images [n, height, width] set in the middle of black squares: [n, size, size]. An odd
 * remainder goes to the right and to the bottom.
 */
export function padCentred(
  pixels: Uint8Array,
  { height, width }: { height: number; width: number },
  size: number,
): Uint8Array {
  const count = pixels.length / (height * width);
  const top = (size - height) >> 1;
  const left = (size - width) >> 1;
  const padded = new Uint8Array(count * size * size);
  for (let image = 0; image < count; image++) {
    for (let row = 0; row < height; row++) {
      const from = (image * height + row) * width;
      padded.set(
        pixels.subarray(from, from + width),
        (image * size + top + row) * size + left,
      );
    }
  }
  return padded;
}

async function cachedFile(
  folder: string,
  { name, md5 }: { name: string; md5: string },
): Promise<Uint8Array> {
  const path = join(folder, name);
  let bytes = await readIfPresent(path);
  if (!bytes) {
    await prepare("mnist", folder);
    bytes = await Deno.readFile(path);
  }
  const found = createHash("md5").update(bytes).digest("hex");
  if (found !== md5) {
    throw new Refusal(
      `${path} is damaged: its MD5 is ${found}, expected ${md5}. Delete it and run again`,
    );
  }
  return bytes;
}

async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Refusal(`Cannot read ${path}: ${reasonOf(error)}`, 1, { cause: error });
  }
}
