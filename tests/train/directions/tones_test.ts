import assert from "node:assert/strict";
import * as tones from "../../../train/directions/tones.ts";

const { measured, weightsOf } = tones;

type Colour = readonly [number, number, number];

/** Images of 64×64, each of one colour but for a rectangle of another. */
function pictures(...each: { ground: Colour; left: number; top: number; inside: Colour }[]) {
  const pixels = Uint8Array.from({ length: each.length * 64 * 64 * 3 }, (_, at) => {
    const { ground, left, top, inside } = each[Math.floor(at / (64 * 64 * 3))];
    const [x, y] = [Math.floor(at / 3) % 64, Math.floor(at / 3 / 64) % 64];
    const isInside = x >= left && x < left + 16 && y >= top && y < top + 5;
    return (isInside ? inside : ground)[at % 3];
  });
  return { pixels, height: 64, width: 64 };
}

const yellow: Colour = [255, 241, 201];
const blue: Colour = [219, 234, 254];
const dark: Colour = [10, 20, 30];
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-3, `${found}, not ${expected}`);

Deno.test("the background's tones are of the upper corners", () => {
  const middle = { left: 24, top: 30, inside: dark };
  const both = pictures({ ground: yellow, ...middle }, { ground: blue, ...middle });
  const [first, second] = measured(tones.backgroundYellowness, both); // (red + green) / 2 − blue
  near(first, 47);
  near(second, -27.5);
  near(measured(tones.backgroundRedness, both)[1], 219 - 234);
});

Deno.test("lightness is the luma of the crown's hair, of the cheeks' skin, of the clothes at the shoulders", () => {
  const at = (tone: tones.Tone, left: number, top: number) =>
    measured(tone, pictures({ ground: yellow, left, top, inside: dark }))[0];
  const luma = ([red, green, blue]: Colour) => 0.299 * red + 0.587 * green + 0.114 * blue;
  near(at(tones.hairLightness, 24, 13), luma(dark));
  near(at(tones.hairLightness, 24, 30), luma(yellow));
  const half = (luma(yellow) + luma(dark)) / 2;
  near(at(tones.skinLightness, 20, 38), half); // one cheek of two
  near(at(tones.skinLightness, 20, 33), luma(yellow)); // an eye is none of it
  near(at(tones.clothesLightness, 14, 60), half); // one shoulder of two
});

Deno.test("hair is what has less blue than the background, above the head and beside the neck", () => {
  const at = (tone: tones.Tone, left: number, top: number) =>
    measured(tone, pictures({ ground: blue, left, top, inside: dark }))[0];
  near(at(tones.hairHeight, 24, 0), 254 - 30);
  near(at(tones.hairHeight, 24, 20), 0);
  near(at(tones.hairLength, 10, 53), (254 - 30) / 2); // one side of two
});

Deno.test("weightsOf() counts a place's pixels alike at every size", () => {
  for (const size of [32, 64]) {
    const weights = weightsOf(tones.hairLength, size, size);
    const sum = (channel: number, above: boolean) =>
      weights.reduce(
        (sum, weight, at) =>
          at % 3 === channel && (at < weights.length / 2) === above ? sum + weight : sum,
        0,
      );
    near(sum(2, true), 1);
    near(sum(2, false), -1);
    near(sum(0, true), 0);
  }
});
