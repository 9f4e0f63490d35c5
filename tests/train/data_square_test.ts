import assert from "node:assert/strict";
import { centredSquare } from "../../train/data/prepare/folder/square.ts";

/** An opaque grey image of these rows. */
function grey(rows: readonly (readonly number[])[], orientation = 1) {
  const rgba = Uint8ClampedArray.from(rows.flat().flatMap((value) => [value, value, value, 255]));
  return [rgba, { width: rows[0].length, height: rows.length, orientation }] as const;
}

/** One channel of a square, row after row. */
const channel = (square: Uint8Array, c = 0) => [...square].filter((_, i) => i % 3 === c);

Deno.test("centredSquare() takes the mean of what an output pixel covers", () => {
  const [rgba, facts] = grey([[0, 10, 100, 100], [20, 30, 100, 100], [7, 7, 0, 1], [7, 7, 1, 0]]);
  assert.deepEqual(channel(centredSquare(rgba, facts, 2)), [15, 100, 7, 1]); // 0.5 is rounded up
});

Deno.test("centredSquare() counts an edge pixel by the part that is covered", () => {
  // 3 → 2: each output pixel covers one and a half: (2a + b) / 3 in each direction
  const [rgba, facts] = grey([[0, 90, 180], [0, 90, 180], [0, 90, 180]]);
  assert.deepEqual(channel(centredSquare(rgba, facts, 2)), [30, 150, 30, 150]);
});

Deno.test("centredSquare() enlarges by repeating", () => {
  const [rgba, facts] = grey([[1, 2], [3, 4]]);
  assert.deepEqual(channel(centredSquare(rgba, facts, 4)), [
    1,
    1,
    2,
    2,
    1,
    1,
    2,
    2,
    3,
    3,
    4,
    4,
    3,
    3,
    4,
    4,
  ]);
});

Deno.test("centredSquare() cuts the same from both sides, half pixels too", () => {
  const [wide, wideFacts] = grey([[99, 1, 2, 99], [99, 3, 4, 99]]);
  assert.deepEqual(channel(centredSquare(wide, wideFacts, 2)), [1, 2, 3, 4]);
  const [tall, tallFacts] = grey([[99], [5], [99]]);
  assert.deepEqual(channel(centredSquare(tall, tallFacts, 1)), [5]);
  const [odd, oddFacts] = grey([[0, 100, 200], [0, 100, 200]]); // from 0.5 to 2.5
  assert.deepEqual(channel(centredSquare(odd, oddFacts, 2)), [50, 150, 50, 150]);
});

Deno.test("centredSquare() keeps an image of the right size as it is, channel by channel", () => {
  const rgba = Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255);
  const square = centredSquare(rgba, { width: 2, height: 2, orientation: 1 }, 2);
  assert.deepEqual([...square], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

Deno.test("centredSquare() lays transparent pixels on white, before they are averaged", () => {
  // opaque black, clear black, clear red, half transparent (51 of 255) blue
  const rgba = Uint8ClampedArray.of(0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 51);
  const facts = { width: 2, height: 2, orientation: 1 };
  assert.deepEqual([...centredSquare(rgba, facts, 2)], [
    0,
    0,
    0,
    255,
    255,
    255,
    255,
    255,
    255,
    204,
    204,
    255,
  ]);
  // red: (0 + 255 + 255 + 204) / 4 = 178.5; blue: (0 + 255 + 255 + 255) / 4 = 191.25
  assert.deepEqual([...centredSquare(rgba, facts, 1)], [179, 179, 191]);
});

Deno.test("centredSquare() makes every EXIF orientation upright", () => {
  // the pictures of the letter F that circulate: how an upright [[1, 2], [3, 4]] is stored
  const stored: Record<number, number[][]> = {
    1: [[1, 2], [3, 4]],
    2: [[2, 1], [4, 3]],
    3: [[4, 3], [2, 1]],
    4: [[3, 4], [1, 2]],
    5: [[1, 3], [2, 4]],
    6: [[2, 4], [1, 3]],
    7: [[4, 2], [3, 1]],
    8: [[3, 1], [4, 2]],
  };
  for (const [orientation, rows] of Object.entries(stored)) {
    const [rgba, facts] = grey(rows, Number(orientation));
    assert.deepEqual(
      channel(centredSquare(rgba, facts, 2)),
      [1, 2, 3, 4],
      `orientation ${orientation}`,
    );
  }
});

Deno.test("centredSquare() keeps the mean at awkward sizes, and a flat image flat", () => {
  for (
    const [width, height, size] of [[97, 61, 64], [61, 97, 32], [1000, 17, 64], [65, 65, 64], [
      4001,
      3001,
      64,
    ]]
  ) {
    const flat = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < flat.length; i += 4) flat[i] = 7;
    const square = centredSquare(flat, { width, height, orientation: 1 }, size);
    assert.deepEqual(new Set(channel(square)), new Set([7]), `${width}×${height}`);
    assert.deepEqual(new Set(channel(square, 1)), new Set([255]));
  }
});

Deno.test("centredSquare() stays inside the image where a division is rounded up", () => {
  assert.ok(7 * (29 / 7) > 29);
  const flat = new Uint8ClampedArray(29 * 29 * 4).fill(255);
  const square = centredSquare(flat, { width: 29, height: 29, orientation: 1 }, 7);
  assert.deepEqual([...square], new Array(7 * 7 * 3).fill(255));
});
