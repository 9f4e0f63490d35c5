import assert from "node:assert/strict";
import { batchSource, prefetched, shuffledOrder } from "../../train/data/batches.ts";
import type { Dataset } from "../../train/data/dataset.ts";

/** Image i is 1×2×1 and holds the bytes i and 255 - i, so that each can be told from its pixels. */
function numbered(count: number): Dataset {
  const pixels = Uint8Array.from({ length: 2 * count }, (_, i) => i % 2 ? 255 - (i >> 1) : i >> 1);
  return {
    id: "numbered",
    title: "Numbered images",
    licence: "none",
    url: "about:blank",
    imageShape: [1, 2, 1],
    count,
    pixels,
  };
}

/** Which images a batch of `numbered()` holds. */
function imagesOf(batch: Float32Array): number[] {
  return [...batch].filter((_, i) => i % 2 === 0).map((x) => Math.round((x + 1) * 127.5));
}

Deno.test("batchSource() maps bytes 0, 51, 255 to -1, -0.6, 1", () => {
  const dataset = { ...numbered(1), imageShape: [1, 3, 1] as const };
  const source = batchSource({ ...dataset, pixels: Uint8Array.of(0, 51, 255) }, {
    seed: 1,
    batchSize: 1,
  });
  assert.deepEqual(source.batch(0), Float32Array.of(-1, -0.6, 1));
});

Deno.test("batchSource() keeps an image's pixels together", () => {
  const batch = batchSource(numbered(100), { seed: 3, batchSize: 100 }).batch(0);
  for (let i = 0; i < 200; i += 2) assert.ok(Math.abs(batch[i] + batch[i + 1]) < 1e-6);
});

Deno.test("batchSource() shows every image once an epoch, also where batches straddle epochs", () => {
  const source = batchSource(numbered(10), { seed: 5, batchSize: 4 });
  const seen = [0, 1, 2, 3, 4].flatMap((step) => imagesOf(source.batch(step)));
  const every = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  assert.deepEqual(seen.slice(0, 10).sort(), every);
  assert.deepEqual(seen.slice(10).sort(), every);
  assert.notDeepEqual(seen.slice(0, 10), seen.slice(10));
});

Deno.test("batchSource() shows a mirrored data set's images twice an epoch, once with left and right exchanged", () => {
  const source = batchSource({ ...numbered(10), mirrored: true }, { seed: 5, batchSize: 4 });
  const firsts = [0, 1, 2, 3, 4].flatMap((step) => imagesOf(source.batch(step)));
  // image i holds i and 255 - i, and the other way round when it is mirrored
  const expected = Array.from({ length: 20 }, (_, i) => i < 10 ? i : 235 + i + 1);
  assert.deepEqual(firsts.sort((a, b) => a - b), expected);
});

Deno.test("batchSource() mirrors rows, not columns, and keeps a pixel's channels in order", () => {
  // one image of 2×3×3: pixel n holds 10n, 10n + 1, 10n + 2
  const pixels = Uint8Array.from({ length: 18 }, (_, i) => 10 * Math.floor(i / 3) + i % 3);
  const dataset: Dataset = { ...numbered(1), imageShape: [2, 3, 3], pixels, mirrored: true };
  const batch = batchSource(dataset, { seed: 1, batchSize: 2 }).batch(0);
  const bytes = [...batch].map((x) => Math.round((x + 1) * 127.5));
  const [mirrored] = [bytes.slice(0, 18), bytes.slice(18)].filter(([first]) => first !== 0);
  assert.deepEqual(mirrored, [20, 21, 22, 10, 11, 12, 0, 1, 2, 50, 51, 52, 40, 41, 42, 30, 31, 32]);
});

Deno.test("batchSource() fills batches larger than the data set", () => {
  const images = imagesOf(batchSource(numbered(3), { seed: 5, batchSize: 9 }).batch(0));
  assert.deepEqual(images.sort(), [0, 0, 0, 1, 1, 1, 2, 2, 2]);
});

Deno.test("batchSource().batch(step) depends on seed and step alone, not on what was asked before", () => {
  const options = { seed: 7, batchSize: 4 };
  const straight = batchSource(numbered(10), options);
  const inOrder = Array.from({ length: 12 }, (_, step) => straight.batch(step));
  const jumping = batchSource(numbered(10), options);
  for (const step of [11, 0, 7, 7, 3, 2, 10]) {
    assert.deepEqual(jumping.batch(step), inOrder[step]);
  }
});

Deno.test("batchSource() shuffles otherwise with another seed", () => {
  const [one, two] = [1, 2].map((seed) => batchSource(numbered(100), { seed, batchSize: 100 }));
  assert.notDeepEqual(one.batch(0), two.batch(0));
});

Deno.test("shuffledOrder() gives all 6 orders of 3 images equally often", () => {
  const counts = new Map<string, number>();
  const epochs = 6000;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffledOrder(3, 11, epoch).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  // chi-squared with 5 degrees of freedom exceeds 20.5 once in a thousand seeds
  const expected = epochs / 6;
  const chiSquared = [...counts.values()].reduce((s, n) => s + (n - expected) ** 2 / expected, 0);
  assert.ok(chiSquared < 20.5, `chi-squared is ${chiSquared}`);
});

Deno.test("prefetched() gives the source's batches, later than the current task", async () => {
  const made: number[] = [];
  const source = batchSource(numbered(10), { seed: 1, batchSize: 2 });
  const batch = prefetched({
    ...source,
    batch: (step) => {
      made.push(step);
      return source.batch(step);
    },
  });
  const asked = [batch(4), batch(5)];
  await Promise.resolve();
  assert.deepEqual(made, []);
  assert.deepEqual(await Promise.all(asked), [source.batch(4), source.batch(5)]);
  assert.deepEqual(made, [4, 5]);
});

Deno.test("prefetched() passes on what the source throws", async () => {
  const failing = {
    ...batchSource(numbered(1), { seed: 1, batchSize: 1 }),
    batch: () => {
      throw new RangeError("no such batch");
    },
  };
  await assert.rejects(prefetched(failing)(0), RangeError);
});
