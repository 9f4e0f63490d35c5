import assert from "node:assert/strict";
import { missingValues, shares, totalVariation } from "../../../train/evaluate/histogram.ts";

Deno.test("shares() counts each value, those that do not occur too", () => {
  assert.deepEqual(shares(Uint8Array.of(0, 2, 2, 2), 4), [0.25, 0, 0.75, 0]);
});

Deno.test("totalVariation() is the share that would have to move", () => {
  assert.equal(totalVariation([0.5, 0.5, 0], [0.25, 0.25, 0.5]), 0.5);
  assert.equal(totalVariation([1, 0], [0, 1]), 1);
  assert.equal(totalVariation([0.3, 0.7], [0.3, 0.7]), 0);
});

Deno.test("a value is missing below a tenth of its real share", () => {
  assert.deepEqual(missingValues([0.019, 0.021, 0, 0.96], [0.2, 0.2, 0, 0.6]), [0]);
});
