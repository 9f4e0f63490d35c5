import assert from "node:assert/strict";
import { latent, lerp, slerp, truncate } from "../../sampler/latent.ts";
import { normal } from "../../sampler/random.ts";

const vector = (...values: number[]) => Float32Array.from(values);

function assertNear(found: Float32Array, expected: number[], tolerance = 1e-6): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) <= tolerance, `[${found}] is not [${expected}]`)
  );
}

Deno.test("latent() draws a seed's normal numbers from stream 0", () => {
  assert.deepEqual(latent(7, 5), normal([7, 0, 0], 5));
});

Deno.test("latent() of a shorter vector is the longer one's beginning", () => {
  assert.deepEqual(latent(3, 10), latent(3, 100).slice(0, 10));
});

Deno.test("lerp() is a weighted mean, and goes on outside of [0, 1]", () => {
  assertNear(lerp(vector(0, 4), vector(8, 0), 0.25), [2, 3]);
  assertNear(lerp(vector(0, 4), vector(8, 0), 1.5), [12, -2]);
  assertNear(lerp(vector(0, 4), vector(8, 0), -0.5), [-4, 6]);
});

Deno.test("slerp() turns through a right angle evenly", () => {
  const [a, b] = [vector(1, 0), vector(0, 1)];
  assertNear(slerp(a, b, 1 / 3), [Math.cos(Math.PI / 6), 0.5]);
  assertNear(slerp(a, b, 0.5), [Math.SQRT1_2, Math.SQRT1_2]);
});

Deno.test("slerp() of two lengths keeps the ends and mixes by sines", () => {
  const [a, b] = [vector(2, 0, 0), vector(0, 0, 6)];
  assertNear(slerp(a, b, 0), [2, 0, 0]);
  assertNear(slerp(a, b, 1), [0, 0, 6]);
  assertNear(slerp(a, b, 1 / 3), [2 * Math.cos(Math.PI / 6), 0, 3]);
});

Deno.test("slerp() through 60 degrees: sin 40° / sin 60° and sin 20° / sin 60° at t = 1/3", () => {
  const b = vector(0.5, Math.sqrt(3) / 2);
  assertNear(slerp(vector(1, 0), b, 1 / 3), [0.9396926, 0.3420201]);
});

Deno.test("slerp() goes on turning outside of [0, 1]", () => {
  assertNear(slerp(vector(1, 0), vector(0, 1), 2), [-1, 0]);
  assertNear(slerp(vector(1, 0), vector(0, 1), -1), [0, -1]);
});

Deno.test("slerp() of parallel vectors is lerp()", () => {
  assertNear(slerp(vector(1, 2), vector(3, 6), 0.5), [2, 4]);
  assertNear(slerp(vector(1, 2), vector(1, 2), 0.3), [1, 2]);
});

Deno.test("slerp() of opposite vectors passes through 0", () => {
  assertNear(slerp(vector(1, -2), vector(-1, 2), 0.5), [0, 0]);
  assertNear(slerp(vector(1, -2), vector(-3, 6), 0.25), [0, 0]);
});

Deno.test("slerp() from or to a zero vector is lerp()", () => {
  assertNear(slerp(vector(0, 0), vector(4, 8), 0.25), [1, 2]);
  assertNear(slerp(vector(4, 8), vector(0, 0), 0.25), [3, 6]);
  assertNear(slerp(vector(0, 0), vector(0, 0), 0.25), [0, 0]);
});

Deno.test("slerp() between normal latents keeps to their length where lerp() loses 29 %", () => {
  const [a, b] = [latent(1, 10_000), latent(2, 10_000)];
  assert.ok(Math.abs(Math.hypot(...slerp(a, b, 0.5)) / 100 - 1) < 0.03);
  assert.ok(Math.abs(Math.hypot(...lerp(a, b, 0.5)) / 100 - Math.SQRT1_2) < 0.03);
});

Deno.test("lerp() and slerp() refuse vectors of two lengths", () => {
  assert.throws(() => lerp(vector(1), vector(1, 2), 0.5), /found 1 and 2/);
  assert.throws(() => slerp(vector(1), vector(1, 2), 0.5), /found 1 and 2/);
});

Deno.test("truncate() scales towards the origin", () => {
  assertNear(truncate(vector(-3, 0.5), 0.5), [-1.5, 0.25]);
  assertNear(truncate(vector(-3, 0.5), 1), [-3, 0.5]);
  assert.ok(truncate(vector(-3, 0.5), 0).every((value) => value === 0));
});

Deno.test("truncate() refuses what is not from 0 to 1", () => {
  for (const psi of [-0.1, 1.1, NaN]) {
    assert.throws(() => truncate(vector(1), psi), /truncation must be from 0 to 1/);
  }
});
