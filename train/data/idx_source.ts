import { createHash } from "node:crypto";
import { join } from "node:path";
import { Refusal } from "../refusal.ts";
import { reasonOf } from "../system_error.ts";
import type { Dataset, DatasetSource } from "./dataset.ts";
import { type IdxArray, readIdx } from "./idx.ts";
import { prepare } from "./prepare.ts";

const TRAINING_IMAGES = 50_000;
const SIZE = 32;

/** A data set published as MNIST is: 60,000 training and 10,000 test images of 28×28 grey pixels. */
interface IdxFacts extends Pick<Dataset, "id" | "title" | "licence"> {
  readonly url: string;
  /** Checksums of the four IDX files that the preparation program of the same `id` writes. */
  readonly md5: Readonly<
    Record<"trainImages" | "trainLabels" | "testImages" | "testLabels", string>
  >;
}

/**
 * MNIST or a relative of it, padded to 32×32 with black; at 64×64 every pixel is four, and the padding as wide again.
 *
 * `train` is the first 50,000 of the training images and `validation` the last 10,000, which training
 * never sees, for choosing between checkpoints; `test` is the test images, for reporting.
 */
export function idxSource({ md5, ...facts }: IdxFacts): DatasetSource {
  return {
    sizes: [SIZE, 2 * SIZE],
    channels: 1,
    async load({ size, split, cache }): Promise<Dataset> {
      const folder = join(cache, facts.id);
      const read = async (name: string, md5: string) =>
        readIdx(await cachedFile(facts.id, folder, name, md5));
      const [images, labels] = split === "test"
        ? [
          await read("t10k-images-idx3-ubyte", md5.testImages),
          await read("t10k-labels-idx1-ubyte", md5.testLabels),
        ]
        : [
          await read("train-images-idx3-ubyte", md5.trainImages),
          await read("train-labels-idx1-ubyte", md5.trainLabels),
        ];
      const from = split === "validation" ? TRAINING_IMAGES : 0;
      const to = split === "train" ? TRAINING_IMAGES : labels.data.length;
      const [, height, width] = images.shape;
      const shown = rows(images, from, to);
      return {
        ...facts,
        imageShape: [size, size, 1],
        count: shown.length / (height * width),
        pixels: size === SIZE
          ? padCentred(shown, { height, width }, SIZE)
          : doubled(padCentred(shown, { height, width }, SIZE), SIZE),
        labels: rows(labels, from, to).slice(),
      };
    },
  };
}

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

/** Grey images [n, size, size] at twice the size, each pixel repeated: [n, 2·size, 2·size]. */
export function doubled(pixels: Uint8Array, size: number): Uint8Array {
  const large = new Uint8Array(4 * pixels.length);
  for (let row = 0, to = 0; row < pixels.length; row += size, to += 4 * size) {
    for (let column = 0; column < size; column++) {
      large.fill(pixels[row + column], to + 2 * column, to + 2 * column + 2);
    }
    large.copyWithin(to + 2 * size, to, to + 2 * size);
  }
  return large;
}

/** Elements `from` to `to` along the first axis. */
function rows({ shape, data }: IdxArray, from: number, to: number): Uint8Array {
  const length = data.length / shape[0];
  return data.subarray(from * length, to * length);
}

async function cachedFile(
  id: string,
  folder: string,
  name: string,
  md5: string,
): Promise<Uint8Array> {
  const path = join(folder, name);
  let bytes = await readIfPresent(path);
  if (!bytes) {
    await prepare(id, folder);
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
