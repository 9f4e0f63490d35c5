import assert from "node:assert/strict";
import { describeFigures, modeFigures } from "../../../train/toys/mode_figures.ts";
import { drawPoints, type Points, pointsNamed } from "../../../train/toys/points.ts";
import { PLOT_SIZE, scatterPixels } from "../../../train/toys/scatter.ts";

const pair: Points = {
  ...{ id: "pair", title: "two Gaussians", sd: 1, unit: 1 },
  modes: [[0, 0], [10, 0]],
};
const figures = (...samples: number[]) => modeFigures(pair, Float32Array.from(samples));
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-12, `expected ${expected}, found ${found}`);

Deno.test("modeFigures() counts modes, high-quality samples and reverse KL on four points by hand", () => {
  // At 0, at 3 sd, just beyond 3 sd, and by the other mode: 3 of 4 near, shares 3/4 and 1/4.
  const { modes, found, highQuality, reverseKl } = figures(0, 0, 3, 0, 0, 3.01, 10, -2);
  assert.deepEqual([modes, found, highQuality], [2, 2, 0.75]);
  near(reverseKl, 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));
});

Deno.test("modeFigures() does not find a mode that has samples but no good one", () => {
  const { found, highQuality, reverseKl } = figures(0, 0, 6.5, 0);
  assert.deepEqual([found, highQuality, reverseKl], [1, 0.5, 0]); // shares are equal all the same
});

Deno.test("reverse KL is log(modes) where one mode has everything, 0 where all have the same", () => {
  near(figures(0, 0, 1, 0, 2, 0).reverseKl, Math.log(2));
  near(figures(0, 0, 10, 0).reverseKl, 0);
});

Deno.test("modeFigures() refuses samples that are none or not finite", () => {
  assert.throws(() => figures(), RangeError);
  assert.throws(() => figures(0, NaN), /\(0, NaN\)/);
});

for (const id of ["ring", "grid"]) {
  Deno.test(`of the ${id}'s own points all modes are found and 1 − exp(−9/2) are high-quality`, () => {
    const points = pointsNamed(id)!;
    const drawn = drawPoints(points, { seed: 3, step: 0, count: 10_000 });
    const own = modeFigures(points, drawn.map((v) => v * points.unit));
    assert.equal(own.found, points.modes.length);
    assert.ok(Math.abs(own.highQuality - (1 - Math.exp(-4.5))) < 0.005); // standard deviation 0.001
    assert.ok(own.reverseKl < 0.004); // (modes − 1) / (2 · 10,000) is expected: 0.0012 at most
  });
}

Deno.test("describeFigures() says the three figures in a line", () => {
  const line = describeFigures({ modes: 25, found: 24, highQuality: 0.1234, reverseKl: 0.05678 });
  assert.equal(line, "24 of 25 modes, 12.3 % high-quality, reverse KL 0.057");
});

Deno.test("scatterPixels() puts a sample where it lies, y upwards, and leaves out what is outside", () => {
  const points: Points = { ...pair, modes: [[8, 0], [-8, 0]], sd: 0.1 }; // shows −10 to 10
  const dark = (samples: number[]) => {
    const pixels = scatterPixels(points, Float32Array.from(samples));
    const blank = scatterPixels(points, new Float32Array());
    return [...pixels.keys()].filter((i) => i % 3 === 0 && pixels[i] !== blank[i])
      .map((i) => [i / 3 % PLOT_SIZE, Math.floor(i / 3 / PLOT_SIZE)]);
  };
  // 256 pixels for 20 units: x = 5 is pixel (5 + 10) · 12.8 = 192, y = 7.5 row (10 − 7.5) · 12.8 = 32
  assert.deepEqual(dark([5, 7.5]), [[192, 32]]);
  assert.deepEqual(dark([11, 0, 0, -10.1]), []);
});
