import assert from "node:assert/strict";
import { placeAt } from "../../islands/living/walk.ts";
import { latent, slerp } from "../../sampler/latent.ts";

Deno.test("the living sample's walk begins at its first seed and rests there", () => {
  for (const milliseconds of [0, 1000]) {
    assert.deepEqual(placeAt(5, milliseconds, 20), { z: latent(5, 20), seed: 5 });
  }
});

Deno.test("half way through the moving part it is half way to the next seed on the sphere", () => {
  // 3.6 s a leg, the first 1.2 s at rest
  const half = slerp(latent(5, 20), latent(6, 20), 0.5);
  const { z } = placeAt(5, 2400, 20);
  assert.ok(z.every((value, i) => Math.abs(value - half[i]) < 1e-5));
  assert.deepEqual([placeAt(5, 2300, 20).seed, placeAt(5, 2500, 20).seed], [5, 6]);
});

Deno.test("the walk goes on from seed to seed without a jump", () => {
  const size = 20;
  for (let time = 0; time < 8000; time += 16) {
    const [a, b] = [placeAt(1, time, size).z, placeAt(1, time + 16, size).z];
    const step = Math.hypot(...a.map((value, i) => value - b[i]));
    assert.ok(step < 0.1, `${step} at ${time}`);
  }
});
