import assert from "node:assert/strict";
import { type Frame, shippedFrames } from "../../train/timeline.ts";

const frames = (count: number, size: number): Frame[] =>
  Array.from({ length: count }, (_, i) => ({
    step: 100 * (i + 1),
    file: `${i}.png`,
    bytes: new Uint8Array(size),
  }));
const steps = (kept: readonly Frame[]) => kept.map(({ step }) => step);

Deno.test("a timeline that fits is shipped whole", () => {
  assert.equal(shippedFrames(frames(40, 10), 400).length, 40);
  assert.deepEqual(shippedFrames([], 400), []);
});

Deno.test("of a larger one, the steps that are kept double, the first and the last among them", () => {
  assert.deepEqual(steps(shippedFrames(frames(16, 10), 59)), [100, 200, 400, 800, 1600]);
});

Deno.test("two frames are kept of whatever size, and none twice", () => {
  assert.deepEqual(steps(shippedFrames(frames(16, 1000), 59)), [100, 1600]);
  assert.deepEqual(steps(shippedFrames(frames(3, 10), 29)), [100, 300]);
});
