import assert from "node:assert/strict";
import {
  attributesOf,
  becomes,
  differs,
  isBeside,
  sidesOf,
  standardised,
  usual,
} from "../../../train/directions/attributes.ts";

const digit = { name: "class", values: ["0", "1"] };
const slant = { name: "slant", values: null };

Deno.test("attributesOf() adds what is measured: of digits their strokes, of faces their tones", () => {
  const names = (dataset: string) => attributesOf(dataset, [digit]).map(({ name }) => name);
  assert.deepEqual(names("mnist"), ["class", "slant", "thickness"]);
  assert.deepEqual(names("faces"), [
    ...["class", "skinLightness", "hairLightness", "hairHeight", "hairLength"],
    ...["clothesLightness", "clothesWarmth", "backgroundYellowness", "backgroundRedness"],
  ]);
  assert.deepEqual(names("fashion-mnist"), ["class"]);
});

Deno.test("isBeside() leaves out what measures the same, and what a question speaks for", () => {
  const skin = { name: "skinColor", values: ["a", "b"] };
  const lightness = { name: "skinLightness", values: null, of: "skinColor" };
  assert.deepEqual([isBeside(skin, digit), isBeside(lightness, digit), isBeside(digit, slant)], [
    ...[true, true, true],
  ]);
  assert.deepEqual([isBeside(lightness, skin), isBeside(skin, skin), isBeside(digit, lightness)], [
    ...[false, false, false],
  ]);
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

Deno.test("a quantity that measures a question's thing is held against the mean of all images", () => {
  const tone = { name: "tone", values: null, of: "colour" };
  const observed = [Float32Array.of(0, 0, 1, 1), Float32Array.of(1, 3, 10, 14)];
  const [, scale] = usual([digit, tone], observed);
  // The mean is 7; the deviations −6, −4, 3 and 7
  assert.deepEqual([[...scale!.means], scale!.deviation], [[7, 7], Math.sqrt(110 / 4)]);
});

Deno.test("a question differs where its answer does, a quantity from a standard deviation on", () => {
  assert.deepEqual([differs(digit, 3, 3), differs(digit, 3, 4)], [false, true]);
  const moved = (by: number) => differs(slant, 0.25, 0.25 + by);
  assert.deepEqual([0.75, -0.75, 1, -1].map(moved), [false, false, true, true]);
});

/** One value against two others, and two against each other with the third left out. */
const seven = { minus: [0, 1, 2], plus: [7] };
const contrast = { minus: [1], plus: [7] };

Deno.test("an image becomes what is at the plus end where it was at the minus end, or more of a quantity", () => {
  assert.deepEqual(
    [becomes(seven, 1, 7), becomes(seven, 7, 7), becomes(seven, 7, 1), becomes(seven, 1, 2)],
    [true, false, false, false],
  );
  // A two that becomes a seven is no one that does
  assert.deepEqual([becomes(contrast, 1, 7), becomes(contrast, 2, 7)], [true, false]);
  assert.deepEqual([becomes(null, 0, 1), becomes(null, 0, 0.5), becomes(null, 1, -1)], [
    ...[true, false, false],
  ]);
});

Deno.test("sidesOf() ends are their values, the others neither; of a quantity its outer thirds", () => {
  assert.deepEqual([...sidesOf(seven, Float32Array.of(7, 0, 1, 7))], [1, 0, 0, 1]);
  assert.deepEqual([...sidesOf(contrast, Float32Array.of(7, 0, 1, 7))], [1, -1, 0, 1]);
  assert.deepEqual([...sidesOf(null, Float32Array.of(5, 1, 3, 6, 2, 4))], [1, 0, -1, 1, 0, -1]);
});
