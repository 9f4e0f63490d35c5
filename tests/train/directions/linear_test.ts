import assert from "node:assert/strict";
import { balancedAccuracy, halfway, projected, slopes } from "../../../train/directions/linear.ts";

function assertNear(found: readonly number[] | null, expected: readonly number[]): void {
  assert.ok(found);
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-9, String(found)));
}

Deno.test("slopes() are the directions of the least-squares slopes", () => {
  const z = Float32Array.of(1, 0, -1, 0, 0, 1, 0, -1);
  // 3 z₁ − 4 z₂ + 5, and z₂ alone
  const [both, second] = slopes({ z, latentSize: 2 }, [[8, 2, 1, 9], [0, 0, 1, -1]]);
  assertNear(both, [0.6, -0.8]);
  assertNear(second, [0, 1]);
});

Deno.test("slopes() do not take one latent number for another that goes with it", () => {
  const z = Float32Array.of(1, 1, -1, -1, 1, 0, -1, 0);
  assertNear(slopes({ z, latentSize: 2 }, [[1, -1, 1, -1]])[0], [1, 0]); // the target is z₁
});

Deno.test("projected() takes away all that lies along the others", () => {
  assertNear(projected([3, 4, 12], [[0, 0, 2]]), [0.6, 0.8, 0]);
  // (1, 1, 0) and (1, 0, 0) span the first two axes, though they are not orthogonal
  assertNear(projected([1, 2, -3], [[1, 1, 0], [1, 0, 0]]), [0, 0, -1]);
  assertNear(projected([0, 5], []), [0, 1]);
});

Deno.test("projected() takes no harm from others that say the same twice", () => {
  assertNear(projected([1, 1, 1], [[1, 0, 0], [2, 0, 0], [1, 0, 1e-9]]), [0, half, half]);
});

Deno.test("projected() is null where nothing is left", () => {
  assert.equal(projected([1, 2], [[1, 0], [1, 1]]), null);
});

Deno.test("halfway() is half of what lies between the means of both sides", () => {
  const z = Float32Array.of(1, 0, 3, 2, -1, 4, 50, 50);
  // The mean of yes is (2, 1), that of no (−1, 4)
  const sides = Int8Array.of(1, 1, 0, -1);
  assertNear(halfway({ z, latentSize: 2, sides }), [1.5, -1.5]);
});

Deno.test("balancedAccuracy() is the mean of both sides' shares, whichever has more samples", () => {
  const latents = (z: number[], sides: number[]) => ({
    ...{ z: Float32Array.from(z), latentSize: 1, sides: Int8Array.from(sides) },
  });
  // The threshold is 1, midway between −1 and 3; what is neither has no say in it.
  const training = latents([-2, 0, 3, 100], [0, 0, 1, -1]);
  // No: 1 of 2 lies below 1. Yes: 3 of 4 lie above.
  const heldOut = latents([0, 2, 2, 3, 4, 0, 50], [0, 0, 1, 1, 1, 1, -1]);
  assert.equal(balancedAccuracy([1], training, heldOut), (1 / 2 + 3 / 4) / 2);
  assert.equal(balancedAccuracy([-1], training, heldOut), (1 / 2 + 1 / 4) / 2);
});

const half = Math.SQRT1_2;
