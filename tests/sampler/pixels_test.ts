import assert from "node:assert/strict";
import { toRgba } from "../../sampler/pixels.ts";
import { tanhInPlace } from "../../sampler/tanh.ts";

Deno.test("toRgba() makes one channel grey, from black at -1 to white at 1", () => {
  assert.deepEqual([...toRgba(Float32Array.of(-1, 0, 1), 1)], [
    ...[0, 0, 0, 255],
    ...[128, 128, 128, 255],
    ...[255, 255, 255, 255],
  ]);
});

Deno.test("toRgba() keeps three channels in their order", () => {
  const values = Float32Array.of(-1, 0.2, 1, 0.6, -0.2, -1);
  assert.deepEqual([...toRgba(values, 3)], [0, 153, 255, 255, 204, 102, 0, 255]);
});

Deno.test("tanhInPlace() is Math.tanh() within 3e-7 everywhere", () => {
  const x = Float32Array.from({ length: 40_001 }, (_, i) => (i - 20_000) / 1000);
  const values = x.slice();
  tanhInPlace(values);
  const largest = values.reduce((most, y, i) => Math.max(most, Math.abs(y - Math.tanh(x[i]))), 0);
  assert.ok(largest < 3e-7, `differs by ${largest}`);
  assert.ok(values.every((y) => y >= -1 && y <= 1));
  assert.equal(values[20_000], 0);
});
