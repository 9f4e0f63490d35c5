import assert from "node:assert/strict";
import { blurred, noisy, overlaid, repeated } from "../../../train/evaluate/corruptions.ts";

const pictures = (pixels: number[], imageShape: [number, number, number]) => ({
  pixels: Uint8Array.from(pixels),
  imageShape,
});

Deno.test("blurred() takes means within each image and channel, edges repeated", () => {
  const two = pictures([0, 0, 0, 90, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9], [3, 3, 1]);
  // 90 at the left of the middle row: the mean of 9 pixels, twice in it where the edge repeats.
  assert.deepEqual([...blurred(two, 1)].slice(0, 9), [20, 10, 0, 20, 10, 0, 20, 10, 0]);
  assert.deepEqual([...blurred(two, 1)].slice(9), Array(9).fill(9));
  const coloured = pictures([90, 1, 2, 0, 1, 2], [1, 2, 3]);
  assert.deepEqual([...blurred(coloured, 1)], [60, 1, 2, 30, 1, 2]);
});

Deno.test("noisy() adds noise of the deviation that is asked for, clamped to bytes", () => {
  const grey = pictures(Array(20_000).fill(128), [100, 100, 1]);
  const noise = Array.from(noisy(grey, 16), (v) => v - 128);
  const mean = noise.reduce((a, b) => a + b) / noise.length;
  const deviation = Math.sqrt(noise.reduce((sum, v) => sum + (v - mean) ** 2, 0) / noise.length);
  assert.ok(Math.abs(mean) < 0.5 && Math.abs(deviation - 16) < 0.5, `${mean} ± ${deviation}`);
  assert.notDeepEqual(noise.slice(0, 10_000), noise.slice(10_000));
  assert.ok(noisy(pictures(Array(100).fill(255), [10, 10, 1]), 500).includes(255));
});

Deno.test("repeated() goes round the images that are kept", () => {
  const five = pictures([10, 11, 20, 21, 30, 31, 40, 41, 50, 51], [1, 2, 1]);
  assert.deepEqual(
    [...repeated(five, (i) => i % 2 === 1)],
    [20, 21, 40, 41, 20, 21, 40, 41, 20, 21],
  );
  assert.deepEqual([...repeated(five, () => true, 1)], Array(5).fill([10, 11]).flat());
});

Deno.test("overlaid() lays every second image on the one half of the set away", () => {
  const four = pictures([10, 11, 20, 61, 30, 31, 40, 51], [1, 2, 1]);
  assert.deepEqual([...overlaid(four)], [10, 11, 40, 61, 30, 31, 40, 61]);
});
