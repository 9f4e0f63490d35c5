import assert from "node:assert/strict";
import {
  duration,
  fileSize,
  measuresOf,
  objectiveName,
  trainingTime,
} from "../../components/facts.ts";
import { averaged, robustRange, rounded } from "../../components/LineChart.tsx";
import { parseTyped, written } from "../../components/NumberSlider.tsx";
import { findDimensions } from "../../islands/explorer/DimensionSliders.tsx";
import { gridSeeds } from "../../islands/explorer/SampleGrid.tsx";

for (
  const [seconds, text] of [
    [0.4, "0 s"],
    [99.4, "99 s"],
    [100, "2 min"],
    [3569, "59 min"],
    [3600, "1 h"],
    [4320, "1 h 12 min"],
    [86_400, "1 d"],
    [183_600, "2 d 3 h"],
  ] as const
) {
  Deno.test(`duration(${seconds}) is "${text}", a number never apart from its unit`, () => {
    assert.equal(duration(seconds), text.replace(/(\d) /g, "$1\u00a0"));
  });
}

for (
  const [bytes, text] of [
    [812, "812 bytes"],
    [1499, "1 KB"],
    [999_499, "999 KB"],
    [999_500, "1.0 MB"],
    [2_371_600, "2.4 MB"],
  ] as const
) {
  Deno.test(`fileSize(${bytes}) is "${text}"`, () => {
    assert.equal(fileSize(bytes), text.replace(" ", "\u00a0"));
  });
}

Deno.test("trainingTime() is the processors' where a card has it, and a GPU's by the clock", () => {
  const training = (facts: object) => facts as Parameters<typeof trainingTime>[0];
  const wasm = { backend: "wasm", seconds: 3600 };
  assert.equal(trainingTime(training(wasm)), "1\u00a0h on a CPU");
  assert.equal(
    trainingTime(training({ ...wasm, processorSeconds: 600 })),
    "10\u00a0min of CPU time",
  );
  assert.equal(
    trainingTime(training({ backend: "webgpu", seconds: 3600, processorSeconds: 600 })),
    "1\u00a0h on a GPU",
  );
});

Deno.test("objectiveName() writes objectives as their papers do, and unknown ones as they are", () => {
  assert.equal(objectiveName("wgan-gp"), "WGAN-GP");
  assert.equal(objectiveName("my-gan"), "my-gan");
});

Deno.test("measuresOf() sets each measure beside its floor, and leaves out what the card lacks", () => {
  const metrics = {
    frechet: { value: 1304.4, floor: 11.18, n: 10_000 },
    kernel: { value: 278.4, floor: -25.3, n: 10_000 },
    coverage: { value: 0.3356, floor: 0.933, n: 10_000 },
  };
  const found = measuresOf(metrics).map(({ name, value, floor }) => [name, value, floor]);
  assert.deepEqual(found, [
    ["Fréchet distance", "1,300", "11"],
    ["Kernel distance", "278", "−25"],
    ["Coverage", "0.34", "0.93"],
  ]);
  assert.deepEqual(measuresOf({ shortfall: "Not measured" }), []);
});

Deno.test("averaged() keeps few points, and takes the means of neighbours where there are many", () => {
  assert.deepEqual(averaged([[1, 2], [3, 4]], 2), [[1, 2], [3, 4]]);
  assert.deepEqual(averaged([[0, 10], [2, 20], [4, 30], [6, 50], [8, 7]], 3), [
    [1, 15],
    [5, 40],
    [8, 7],
  ]);
});

Deno.test("robustRange() ignores one spike among a hundred, and opens up a flat line", () => {
  const values = Array.from({ length: 100 }, (_, i) => i / 100);
  const [low, high] = robustRange([...values, 1e6]);
  assert.ok(low >= 0 && low < 0.05 && high > 0.9 && high < 1);
  assert.deepEqual(robustRange([5, 5, 5]), [4, 6]);
});

for (
  const [value, span, text] of [
    [0.00082, 0.22, "0"],
    [-41.234, 38, "−41"],
    [2.345, 3, "2.3"],
    [1234.5, 900, "1235"],
  ] as const
) {
  Deno.test(`rounded(${value}) in a span of ${span} is "${text}"`, () => {
    assert.equal(rounded(value, span), text);
  });
}

Deno.test("gridSeeds() counts on from the first, and stops at the last seed there is", () => {
  assert.deepEqual(gridSeeds(5, 3), [5, 6, 7]);
  assert.deepEqual(gridSeeds(0xffffffff, 3), [0xfffffffd, 0xfffffffe, 0xffffffff]);
});

for (
  const [text, value] of [
    ["1.25", 1.25],
    [" −0,5 ", -0.5],
    ["+.5", 0.5],
    ["-3", -3],
    ["", NaN],
    ["1e3", NaN],
    ["one", NaN],
    ["1.2.3", NaN],
  ] as const
) {
  Deno.test(`parseTyped("${text}") is ${value}`, () => {
    assert.equal(parseTyped(text), value);
  });
}

Deno.test("written() has two decimals and true signs, and none on what rounds to 0", () => {
  assert.equal(written(1.5, true), "+1.50");
  assert.equal(written(-1.5, false), "−1.50");
  assert.equal(written(-0.001, true), "0.00");
});

for (
  const [find, expected] of [
    ["2", [2, 20]],
    ["z2", [2, 20]],
    ["4-6", [4, 5, 6]],
    ["18-", [18, 19, 20]],
    ["chan", [3, 8]],
    ["77", []],
    ["6-4", []],
  ] as const
) {
  Deno.test(`findDimensions("${find}") among 20 finds ${expected.length}`, () => {
    assert.deepEqual(findDimensions(find, 20, [2, 7]), expected.map((number) => number - 1));
  });
}

Deno.test("findDimensions() of nothing finds all", () => {
  assert.equal(findDimensions("", 20, []).length, 20);
});
