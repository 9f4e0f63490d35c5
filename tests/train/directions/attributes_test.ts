import assert from "node:assert/strict";
import {
  attributesOf,
  becomes,
  differs,
  sidesOf,
  standardised,
  usual,
} from "../../../train/directions/attributes.ts";

const digit = { name: "class", values: ["0", "1"] };
const slant = { name: "slant", values: null };

Deno.test("attributesOf() adds slant and thickness to the digits' class, and nothing to faces", () => {
  const names = (dataset: string) => attributesOf(dataset, [digit]).map(({ name }) => name);
  assert.deepEqual(names("mnist"), ["class", "slant", "thickness"]);
  assert.deepEqual(names("faces"), ["class"]);
});

Deno.test("a quantity is held against the mean of the image's class", () => {
  const observed = [Float32Array.of(0, 0, 1, 1), Float32Array.of(1, 3, 10, 14)];
  const scales = usual([digit, slant], observed);
  assert.equal(scales[0], null);
  // Means 2 and 12; deviations ±1 and ±2, of which the mean square is 2.5
  assert.deepEqual([...scales[1]!.means], [2, 12]);
  assert.equal(scales[1]!.deviation, Math.sqrt(2.5));
  const [classes, numbers] = standardised(observed, scales);
  assert.deepEqual(classes, observed[0]);
  const unit = Math.fround(1 / Math.sqrt(2.5));
  assert.deepEqual([...numbers], [-unit, unit, Math.fround(-2 * unit), Math.fround(2 * unit)]);
});

Deno.test("a question differs where its answer does, a quantity from a standard deviation on", () => {
  assert.deepEqual([differs(digit, 3, 3), differs(digit, 3, 4)], [false, true]);
  const moved = (by: number) => differs(slant, 0.25, 0.25 + by);
  assert.deepEqual([0.75, -0.75, 1, -1].map(moved), [false, false, true, true]);
});

Deno.test("an image becomes a value that it had not, or more of a quantity", () => {
  assert.deepEqual([becomes(7, 1, 7), becomes(7, 7, 7), becomes(7, 7, 1), becomes(7, 1, 2)], [
    ...[true, false, false, false],
  ]);
  assert.deepEqual([becomes(null, 0, 1), becomes(null, 0, 0.5), becomes(null, 1, -1)], [
    ...[true, false, false],
  ]);
});

Deno.test("sidesOf() a value are yes and no, of a quantity its outer thirds", () => {
  assert.deepEqual([...sidesOf(2, Float32Array.of(2, 0, 1, 2))], [1, 0, 0, 1]);
  assert.deepEqual([...sidesOf(null, Float32Array.of(5, 1, 3, 6, 2, 4))], [1, 0, -1, 1, 0, -1]);
});
