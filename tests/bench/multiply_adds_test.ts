import assert from "node:assert/strict";
import { dcganStep, wganGpStep } from "../../bench/multiply_adds.ts";

const millions = (n: number) => Math.round(n / 1e6);

// The article's networks at 64x64x3, by hand: one pass of G is 59.212 M multiply-adds, of D 15.045 M;
// their first layers are 0.819 M and 0.885 M.
const full = { size: 64, channels: 3, width: 1, latentSize: 100 } as const;

Deno.test("dcganStep() is 295 M multiply-adds an image at 64x64x3", () => {
  // 3 · 59.212 − 0.819 + 2 · (3 · 15.045 − 0.885) + 2 · 15.045
  assert.equal(millions(dcganStep(full)), 295);
});

Deno.test("wganGpStep() is 1,246 M multiply-adds an image at 64x64x3 with five critic steps", () => {
  // 5 · (59.212 + 2 · (3 · 15.045 − 0.885) + 4 · 15.045) + 3 · 59.212 − 0.819 + 2 · 15.045
  assert.equal(millions(wganGpStep(full, 5)), 1246);
});

Deno.test("dcganStep() counts the networks of 32x32x1 at half width", () => {
  // G: 16·100·256 + 16·9·256·128 + 64·9·128·64 + 256·9·64; D: 256·9·32 + 64·9·32·64 + 16·9·64·128 + 16·128
  const [G, D] = [409_600 + 2 * 4_718_592 + 147_456, 73_728 + 2 * 1_179_648 + 2048];
  const expected = 3 * G - 409_600 + 2 * (3 * D - 73_728) + 2 * D;
  assert.equal(dcganStep({ size: 32, channels: 1, width: 0.5, latentSize: 100 }), expected);
});
