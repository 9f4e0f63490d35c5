import assert from "node:assert/strict";
import { candidatesOf } from "../../../train/directions/candidates.ts";

const of = (dataset: string, name: string, values: string[], answers: number[]) =>
  candidatesOf(dataset, [{ name, values }], [Float32Array.from(answers)]);

Deno.test("candidatesOf() has each value that there is against the rest", () => {
  const { candidates, absent } = of("toy", "colour", ["red", "green", "blue", "grey"], [
    0,
    1,
    1,
    2,
  ]);
  assert.deepEqual(candidates.map(({ id, value, ends }) => [id, value, ends!.minus, ends!.plus]), [
    ["colour-red", "red", [1, 2, 3], [0]],
    ["colour-green", "green", [0, 2, 3], [1]],
    ["colour-blue", "blue", [0, 1, 3], [2]],
  ]);
  assert.deepEqual(absent, [{ id: "colour-grey", title: "Colour grey", share: 0 }]);
});

Deno.test("candidatesOf() sets named groups against each other, of the values that there are", () => {
  const lengths = ["none", "longStraight", "longWavy", "shoulderHigh", "neckHigh"];
  const { candidates } = of("faces", "rearHair", lengths, [0, 0, 2, 3, 4]);
  const group = candidates.at(-1)!;
  assert.equal(group.id, "rearHair-short-hair-to-long-hair");
  assert.deepEqual([group.title, group.minus, group.plus], [
    ...["Short to long hair", "short hair", "long hair"],
  ]);
  assert.deepEqual(group.ends, { minus: [0, 4], plus: [2] }); // none is long and straight
  assert.deepEqual(group.between, { minus: ["none", "neckHigh"], plus: ["longWavy"] });
  const short = of("faces", "rearHair", lengths, [0, 0, 3, 4]).candidates;
  assert.ok(!short.some(({ id }) => id === group.id));
});

Deno.test("candidatesOf() gives a quantity no ends", () => {
  const { candidates } = candidatesOf("mnist", [{ name: "slant", values: null }], [
    Float32Array.of(0.5, -0.5),
  ]);
  assert.deepEqual(candidates.map(({ id, ends }) => [id, ends]), [["slant", null]]);
});
