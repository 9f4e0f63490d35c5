import assert from "node:assert/strict";
import {
  backgroundYellowness,
  hairLightness,
  skinLightness,
} from "../../../train/directions/tones.ts";

type Colour = readonly [number, number, number];

/** Images of 64×64, each of one colour but for a rectangle of another. */
function pictures(...each: { ground: Colour; left: number; top: number; inside: Colour }[]) {
  const pixels = Uint8Array.from({ length: each.length * 64 * 64 * 3 }, (_, at) => {
    const { ground, left, top, inside } = each[Math.floor(at / (64 * 64 * 3))];
    const [x, y] = [Math.floor(at / 3) % 64, Math.floor(at / 3 / 64) % 64];
    const isInside = x >= left && x < left + 13 && y >= top && y < top + 5;
    return (isInside ? inside : ground)[at % 3];
  });
  return { pixels, height: 64, width: 64 };
}

const yellow: Colour = [255, 241, 201];
const blue: Colour = [219, 234, 254];
const dark: Colour = [10, 20, 30];
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-3, `${found}, not ${expected}`);

Deno.test("backgroundYellowness() is (red + green) / 2 − blue of the upper corners", () => {
  const middle = { left: 26, top: 30, inside: dark };
  const [first, second] = backgroundYellowness(
    pictures({ ground: yellow, ...middle }, { ground: blue, ...middle }),
  );
  near(first, 47);
  near(second, -27.5);
});

Deno.test("hairLightness() is the luma of the crown, and skinLightness() that of the cheeks", () => {
  const crown = pictures({ ground: yellow, left: 26, top: 13, inside: dark });
  near(hairLightness(crown)[0], 0.299 * 10 + 0.587 * 20 + 0.114 * 30);
  near(skinLightness(crown)[0], 0.299 * 255 + 0.587 * 241 + 0.114 * 201);
  const cheek = pictures({ ground: yellow, left: 20, top: 34, inside: dark }); // one of the two
  near(
    skinLightness(cheek)[0],
    (0.299 * 265 + 0.587 * 261 + 0.114 * 231) / 2,
  );
});
