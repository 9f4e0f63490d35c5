import assert from "node:assert/strict";
import { slants, thicknesses } from "../../../train/directions/strokes.ts";

/** A drawing of 16×16 whose ink is 200 where `inside` says so. */
function drawing(inside: (x: number, y: number) => boolean, ink = 200) {
  const pixels = Uint8Array.from(
    { length: 256 },
    (_, i) => inside(i % 16, Math.floor(i / 16)) ? ink : 0,
  );
  return { pixels, height: 16, width: 16 };
}

const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-6, `${found}, not ${expected}`);

Deno.test("slants() of a stroke are its columns a row, positive to the right", () => {
  near(slants(drawing((x) => x >= 6 && x < 9))[0], 0);
  near(slants(drawing((x, y) => x + y === 15))[0], 1); // up and to the right
  near(slants(drawing((x, y) => x === y))[0], -1);
  // Two rows a column: x rises by one from (5, 8 and 9) to (6, 6 and 7): μ₁₁ = −0.5, μ₀₂ = 1.25
  near(
    slants(drawing((x, y) => x === 5 ? y === 8 || y === 9 : x === 6 && (y === 6 || y === 7)))[0],
    0.4,
  );
});

Deno.test("thicknesses() are twice the area over the outline, however bright the ink", () => {
  // A 3×10 bar: area 30; 26 steps between pixels, which are 4/π of an outline's length on average
  const expected = 2 * 30 / (26 * Math.PI / 4);
  const bar = (x: number, y: number) => x >= 4 && x < 7 && y >= 2 && y < 12;
  near(thicknesses(drawing(bar))[0], expected);
  near(thicknesses(drawing(bar, 100))[0], expected);
});

Deno.test("thicknesses() count the outline at the image's edge", () => {
  near(thicknesses(drawing(() => true))[0], 2 * 256 / (64 * Math.PI / 4));
});

Deno.test("slants() and thicknesses() of an empty image are 0", () => {
  const empty = drawing(() => false);
  assert.deepEqual([slants(empty)[0], thicknesses(empty)[0]], [0, 0]);
});
