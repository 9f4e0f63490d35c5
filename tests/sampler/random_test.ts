import assert from "node:assert/strict";
import {
  type Block,
  normal,
  normalQuantile,
  philox,
  uniform,
  words,
} from "../../sampler/random.ts";

// Random123's kat_vectors for philox4x32-10.
const knownAnswers: { counter: Block; key: [number, number]; expected: Block }[] = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

for (const { counter, key, expected } of knownAnswers) {
  Deno.test(`philox() gives Random123's answer for key ${key[0].toString(16)}`, () => {
    assert.deepEqual(philox(counter, key), expected);
  });
}

Deno.test("words() counts blocks in the first word and steps in the second", () => {
  // From a separate Philox on Python's integers: counters (0, 3, 0, 0) and (1, 3, 0, 0), key (1, 2).
  // deno-fmt-ignore
  const expected = [0x01fde9eb, 0x6c886c7d, 0xca810651, 0x631aad8d, 0x3d5b182d, 0x87071f2a, 0x4b2a0d02, 0x8795e57e];
  assert.deepEqual([...words([1, 2, 3], 8)], expected);
  assert.deepEqual([...words([1, 2, 3], 5)], expected.slice(0, 5));
});

Deno.test("words() differs when any part of the key differs", () => {
  const first = new Set(
    [[1, 2, 3], [2, 2, 3], [1, 3, 3], [1, 2, 4], [2, 1, 3]].map((key) =>
      words(key as [number, number, number], 1)[0]
    ),
  );
  assert.equal(first.size, 5);
});

Deno.test("words() refuses a key that is no unsigned 32-bit integer", () => {
  assert.throws(
    () => words([-1, 0, 0], 1),
    /seed must be an integer from 0 to 4294967295, it is -1/,
  );
  assert.throws(() => words([0, 2 ** 32, 0], 1), /stream must be .* it is 4294967296/);
  assert.throws(() => words([0, 0, 0.5], 1), /step must be .* it is 0.5/);
  assert.throws(() => words([0, 0, 0], NaN), /count must be .* it is NaN/);
});

Deno.test("uniform() keeps a word's high 24 bits", () => {
  assert.deepEqual([...uniform([1, 2, 3], 2)], [0x01fde9 / 2 ** 24, 0x6c886c / 2 ** 24]);
});

Deno.test("uniform() stays in [0, 1) and fills it evenly", () => {
  const sample = uniform([7, 0, 0], 100_000);
  assert.equal(sample.length, 100_000);
  assert.ok(sample.every((u) => u >= 0 && u < 1));
  assert.ok(kolmogorovSmirnov(sample, (u) => u) < 1.95);
  assert.ok(Math.min(...sample.subarray(0, 50_000)) < 1e-3);
});

// NormalDist().inv_cdf of the same words in Python, rounded to float32.
Deno.test("normal() is the quantile of (word + 1/2) / 2^32", () => {
  assert.deepEqual(
    [...normal([1, 2, 3], 4)],
    [-2.4190445863609624, -0.19178154999228206, 0.8100046917631178, -0.2868180438893314].map(
      Math.fround,
    ),
  );
});

Deno.test("normal() has a standard normal's moments and distribution", () => {
  const count = 200_000;
  const sample = normal([7, 1, 0], count);
  const moment = (power: number) => sample.reduce((sum, z) => sum + z ** power, 0) / count;
  // Four standard errors each: variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
  assert.ok(Math.abs(moment(1)) < 4 * Math.sqrt(1 / count));
  assert.ok(Math.abs(moment(2) - 1) < 4 * Math.sqrt(2 / count));
  assert.ok(Math.abs(moment(3)) < 4 * Math.sqrt(15 / count));
  assert.ok(Math.abs(moment(4) - 3) < 4 * Math.sqrt(96 / count));
  assert.ok(kolmogorovSmirnov(sample, normalDistribution) < 1.95);
});

Deno.test("normalQuantile() gives Wichura's published values", () => {
  const published = [[0.25, -0.6744897501960817], [0.001, -3.090232306167814], [
    1e-20,
    -9.262340089798408,
  ]];
  for (const [p, z] of published) {
    assert.ok(Math.abs(normalQuantile(p) / z - 1) < 1e-15, `p = ${p}`);
  }
});

Deno.test("normalQuantile() is odd about 1/2 and joins its pieces", () => {
  assert.equal(normalQuantile(0.5), 0);
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-15);
  assert.equal(normalQuantile(0.25), -normalQuantile(0.75));
  const step = 1e-12;
  for (const p of [0.075, 0.925, Math.exp(-25)]) {
    const jump = normalQuantile(p * (1 + step)) - normalQuantile(p * (1 - step));
    assert.ok(jump > 0 && jump < 1e-10, `jump ${jump} at p = ${p}`);
  }
});

/** sqrt(n) times the largest distance to `distribution`; above 1.95 has probability 0.001. */
function kolmogorovSmirnov(sample: Float32Array, distribution: (x: number) => number): number {
  const n = sample.length;
  let largest = 0;
  sample.toSorted().forEach((x, i) => {
    const p = distribution(x);
    largest = Math.max(largest, (i + 1) / n - p, p - i / n);
  });
  return largest * Math.sqrt(n);
}

/** P(Z <= z) by the trapezium rule: within 3e-4 on the range that occurs. */
function normalDistribution(z: number): number {
  const steps = 64;
  let sum = (1 + Math.exp(-z * z / 2)) / 2;
  for (let i = 1; i < steps; i++) sum += Math.exp(-((i * z / steps) ** 2) / 2);
  return 0.5 + sum * (z / steps) / Math.sqrt(2 * Math.PI);
}
