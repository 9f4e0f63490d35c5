import assert from "node:assert/strict";
import { readIdx, writeIdx } from "../../train/data/idx.ts";

// the format's description: 0 0, type 8 (unsigned byte), axes, big-endian lengths, elements
const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];

Deno.test("readIdx() reads shape and elements", () => {
  const { shape, data } = readIdx(Uint8Array.from([...header, 1, 2, 3, 4, 5, 255]));
  assert.deepEqual(shape, [2, 3]);
  assert.deepEqual([...data], [1, 2, 3, 4, 5, 255]);
});

Deno.test("readIdx() reads lengths as big-endian 32-bit integers", () => {
  const bytes = new Uint8Array(8 + 0x010203).fill(7);
  bytes.set([0, 0, 8, 1, 0, 1, 2, 3]);
  assert.deepEqual(readIdx(bytes).shape, [0x010203]);
});

Deno.test("readIdx() respects the offset of a view", () => {
  const whole = Uint8Array.from([9, 9, 9, ...header, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...readIdx(whole.subarray(3)).data], [1, 2, 3, 4, 5, 6]);
});

Deno.test("readIdx() refuses another element type, and says what it found", () => {
  const floats = Uint8Array.from([0, 0, 0x0d, 1, 0, 0, 0, 0]);
  assert.throws(() => readIdx(floats), /starts with 00 00 0d 01/);
});

Deno.test("readIdx() refuses a file that is cut short, in the header or in the data", () => {
  assert.throws(() => readIdx(Uint8Array.from(header.slice(0, 9))), /header of 12 bytes/);
  assert.throws(() => readIdx(Uint8Array.from([...header, 1])), /2×3 needs 18 bytes, not 13/);
});

Deno.test("writeIdx() writes the bytes that the format's description gives", () => {
  const array = { shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) };
  assert.deepEqual([...writeIdx(array)], [...header, 1, 2, 3, 4, 5, 255]);
});

Deno.test("writeIdx() writes lengths as big-endian 32-bit integers", () => {
  const bytes = writeIdx({ shape: [0x010203], data: new Uint8Array(0x010203) });
  assert.deepEqual([...bytes.subarray(0, 8)], [0, 0, 8, 1, 0, 1, 2, 3]);
});
