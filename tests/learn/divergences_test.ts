import assert from "node:assert/strict";
import {
  discriminatorLoss,
  type Distribution,
  earthMover,
  entropy,
  jensenShannon,
  kullbackLeibler,
  optimalDiscriminator,
} from "../../learn/divergences.ts";
import { uniform } from "../../sampler/random.ts";

const LOG2 = Math.log(2);
const near = (found: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

/** All mass on outcome `at` of `count`. */
const point = (at: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => i === at ? 1 : 0);

/** Some distribution over `count` outcomes. */
function random(count: number, step: number): number[] {
  const weights = [...uniform([2026, 1, step], count)];
  const total = weights.reduce((sum, w) => sum + w);
  return weights.map((w) => w / total);
}

/** |i - j|: outcomes at 0, 1, 2, … of a line. */
const onALine = (rows: number, columns = rows): number[][] =>
  Array.from(
    { length: rows },
    (_, i) => Array.from({ length: columns }, (_, j) => Math.abs(i - j)),
  );

Deno.test("entropy() is log n for n equal outcomes and 0 for a certain one", () => {
  near(entropy([1 / 4, 1 / 4, 1 / 4, 1 / 4]), Math.log(4));
  near(entropy([0, 1, 0]), 0);
  near(entropy([1 / 2, 1 / 4, 1 / 4]), 1.5 * LOG2); // 1.5 bits
});

Deno.test("kullbackLeibler() follows its definition, two-sided", () => {
  near(kullbackLeibler([1 / 2, 1 / 2], [1 / 4, 3 / 4]), Math.log(2 / Math.sqrt(3)));
  near(kullbackLeibler([1 / 4, 3 / 4], [1 / 2, 1 / 2]), 0.75 * Math.log(3) - LOG2);
  assert.equal(kullbackLeibler([1 / 3, 2 / 3], [1 / 3, 2 / 3]), 0);
});

Deno.test("kullbackLeibler() is infinite where q lacks an outcome, finite where p does", () => {
  assert.equal(kullbackLeibler([1 / 2, 1 / 2], [1, 0]), Infinity);
  near(kullbackLeibler([1, 0], [1 / 2, 1 / 2]), LOG2);
});

Deno.test("jensenShannon() is 0 for equal distributions, symmetric, and at most log 2", () => {
  for (let step = 0; step < 20; step++) {
    const [p, q] = [random(6, 2 * step), random(6, 2 * step + 1)];
    near(jensenShannon(p, p), 0);
    near(jensenShannon(p, q), jensenShannon(q, p));
    assert.ok(jensenShannon(p, q) > 0 && jensenShannon(p, q) < LOG2);
  }
  // m = (3/4, 1/4): (log(4/3) + (log(2/3) + log 2) / 2) / 2
  near(jensenShannon([1, 0], [1 / 2, 1 / 2]), (Math.log(4 / 3) + Math.log(4 / 3) / 2) / 2);
});

Deno.test("jensenShannon() is log 2 for disjoint supports at any distance, while earthMover() grows with it", () => {
  for (const distance of [1, 2, 5, 9]) {
    const [p, q] = [point(0, 10), point(distance, 10)];
    near(jensenShannon(p, q), LOG2);
    near(earthMover(p, q, onALine(10)).distance, distance);
  }
});

Deno.test("optimalDiscriminator() is p / (p + q), and 1/2 where neither has mass", () => {
  const D = optimalDiscriminator([0.5, 0.5, 0, 0], [0.125, 0, 0.875, 0]);
  assert.deepEqual(D, [0.8, 1, 0, 0.5]);
});

Deno.test("discriminatorLoss() at the optimal discriminator is 2 log 2 - 2 JS", () => {
  const pairs: [Distribution, Distribution][] = [
    [[1, 0], [0, 1]],
    [[1 / 2, 1 / 2], [1 / 2, 1 / 2]],
    ...[0, 1, 2, 3].map((k): [number[], number[]] => [random(5, k), random(5, k + 100)]),
  ];
  for (const [p, q] of pairs) {
    near(
      discriminatorLoss(p, q, optimalDiscriminator(p, q)),
      2 * LOG2 - 2 * jensenShannon(p, q),
    );
  }
});

Deno.test("discriminatorLoss() is larger at every other discriminator", () => {
  const [p, q] = [random(5, 7), random(5, 8)];
  const best = optimalDiscriminator(p, q);
  const least = discriminatorLoss(p, q, best);
  for (let i = 0; i < 5; i++) {
    for (const shift of [-0.01, 0.01]) {
      const other = best.map((d, k) => k === i ? d + shift : d);
      assert.ok(discriminatorLoss(p, q, other) > least + 1e-6);
    }
  }
});

Deno.test("discriminatorLoss() is infinite for a discriminator that is sure and wrong", () => {
  assert.equal(discriminatorLoss([1, 0], [0, 1], [0, 1]), Infinity);
  near(discriminatorLoss([1, 0], [0, 1], [0.25, 0.5]), Math.log(4) + LOG2);
});

Deno.test("earthMover() on a line is the area between the cumulative distributions", () => {
  for (let step = 0; step < 50; step++) {
    const [p, q] = [random(12, 2 * step), random(12, 2 * step + 1)];
    let [surplus, area] = [0, 0];
    for (let i = 0; i < 12; i++) area += Math.abs(surplus += p[i] - q[i]);
    near(earthMover(p, q, onALine(12)).distance, area);
  }
});

Deno.test("earthMover() finds the cheapest plan of all, by trying every one", () => {
  for (let step = 0; step < 40; step++) {
    const [rows, columns, units] = [2 + step % 3, 2 + step % 4, 6];
    const from = spread(units, rows, 3 * step);
    const to = spread(units, columns, 3 * step + 1);
    const costs = [...uniform([7, 2, step], rows * columns)].map((u) => Math.floor(u * 10));
    const cost = Array.from(
      { length: rows },
      (_, i) => costs.slice(i * columns, (i + 1) * columns),
    );
    const p = from.map((n) => n / units);
    const q = to.map((n) => n / units);
    const { distance, plan } = earthMover(p, q, cost);
    near(distance, cheapest(from, to, cost) / units);
    requirePlan(plan, p, q, cost, distance);
  }
});

Deno.test("earthMover() makes a plan whose marginals are p and q and whose cost is the distance", () => {
  for (let step = 0; step < 20; step++) {
    const [p, q] = [random(15, 2 * step), random(9, 2 * step + 1)];
    const u = uniform([3, 3, step], 15 * 9);
    const cost = p.map((_, i) => q.map((_, j) => u[i * 9 + j]));
    const { distance, plan } = earthMover(p, q, cost);
    requirePlan(plan, p, q, cost, distance);
  }
});

Deno.test("earthMover() undoes an earlier move where that is cheaper", () => {
  // 0 -> 0 looks best, but then 1 -> 1 costs 100
  const { distance, plan } = earthMover([0.5, 0.5], [0.5, 0.5], [[1, 2], [3, 100]]);
  near(distance, 2.5);
  assert.deepEqual(plan, [[0, 0.5], [0.5, 0]]);
});

Deno.test("earthMover() moves nothing between equal distributions", () => {
  const p = random(8, 1);
  const { distance, plan } = earthMover(p, p, onALine(8));
  near(distance, 0);
  plan.forEach((row, i) => row.forEach((mass, j) => near(mass, i === j ? p[i] : 0)));
});

for (
  const [why, call, message] of [
    ["an empty distribution", () => entropy([]), "p must hold at least one probability"],
    [
      "a negative probability",
      () => entropy([1.5, -0.5]),
      "p must hold no negative probability, it holds -0.5",
    ],
    [
      "a probability that is no number",
      () => entropy([NaN, 1]),
      "p must hold no negative probability, it holds NaN",
    ],
    [
      "probabilities that do not sum to 1",
      () => jensenShannon([0.5, 0.5], [0.5, 0.25]),
      "q must sum to 1, it sums to 0.75",
    ],
    [
      "different lengths",
      () => kullbackLeibler([1], [0.5, 0.5]),
      "q must hold 1 numbers as p does, it holds 2",
    ],
    [
      "a discriminator of another length",
      () => discriminatorLoss([1], [1], []),
      "D must hold 1 numbers as p does, it holds 0",
    ],
    [
      "a discriminator beyond 1",
      () => discriminatorLoss([1], [1], [1.5]),
      "D must hold numbers from 0 to 1, it holds 1.5",
    ],
    [
      "a cost matrix of another shape",
      () => earthMover([1], [0.5, 0.5], [[1], [1]]),
      "cost must be 1 rows of 2 numbers, it is 2 rows of 1",
    ],
    [
      "a negative cost",
      () => earthMover([1], [1], [[-1]]),
      "cost must hold finite numbers, none negative; it holds -1",
    ],
  ] as const
) {
  Deno.test(`divergences refuse ${why}`, () => {
    assert.throws(call, (error) => error instanceof RangeError && error.message === message);
  });
}

function requirePlan(
  plan: readonly (readonly number[])[],
  p: Distribution,
  q: Distribution,
  cost: readonly (readonly number[])[],
  distance: number,
): void {
  assert.ok(plan.flat().every((mass) => mass >= 0));
  plan.forEach((row, i) => near(row.reduce((sum, mass) => sum + mass), p[i]));
  q.forEach((qj, j) => near(plan.reduce((sum, row) => sum + row[j], 0), qj));
  near(
    plan.reduce((sum, row, i) => sum + row.reduce((s, m, j) => s + m * cost[i][j], 0), 0),
    distance,
  );
}

/** `units` indivisible masses thrown onto `places`. */
function spread(units: number, places: number, step: number): number[] {
  const counts = new Array<number>(places).fill(0);
  for (const u of uniform([5, 1, step], units)) counts[Math.floor(u * places)]++;
  return counts;
}

/** The least cost of moving unit masses, by recursion over every choice for the first mass that is left. */
function cheapest(
  from: readonly number[],
  to: readonly number[],
  cost: readonly number[][],
): number {
  const i = from.findIndex((n) => n > 0);
  if (i < 0) return 0;
  const rest = from.map((n, k) => k === i ? n - 1 : n);
  return Math.min(
    ...to.flatMap((n, j) =>
      n === 0 ? [] : [cost[i][j] + cheapest(rest, to.map((m, k) => k === j ? m - 1 : m), cost)]
    ),
  );
}
