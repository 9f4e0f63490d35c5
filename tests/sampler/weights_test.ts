import assert from "node:assert/strict";
import { decodeFloat16, decodeWeights, type WeightSpec } from "../../sampler/weights.ts";

const half = { dtype: "float16" as const };

Deno.test("decodeFloat16() gives IEEE 754's examples", () => {
  const bits = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x3555];
  const expected = [1, -2, 65504, 2 ** -14, 2 ** -24, -0, 0.333251953125];
  assert.deepEqual([...decodeFloat16(Uint16Array.from(bits))], expected);
});

Deno.test("decodeFloat16() agrees with the engine's Float16Array on every pattern", () => {
  const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
  const values = decodeFloat16(bits);
  const expected = new Float16Array(bits.buffer);
  assert.equal(values.findIndex((value, i) => !Object.is(value, expected[i])), -1);
});

Deno.test("decodeWeights() reads float16 and float32 side by side, unaligned too", () => {
  const specs: WeightSpec[] = [
    { name: "a", shape: [1], quantization: half },
    { name: "b", shape: [2, 1] },
    { name: "c", shape: [2], quantization: half },
  ];
  // 1, then 0.5 and -3, then -2 and 1, little-endian
  const bytes = [0, 0x3c, 0, 0, 0, 0x3f, 0, 0, 0x40, 0xc0, 0, 0xc0, 0, 0x3c];
  const padded = Uint8Array.from([99, ...bytes, 99]).subarray(1, 1 + bytes.length);
  const weights = decodeWeights(padded, specs, "weights.bin");
  assert.deepEqual([...weights.keys()], ["a", "b", "c"]);
  assert.deepEqual([...weights.values()].map(({ values }) => [...values]), [[1], [0.5, -3], [
    -2,
    1,
  ]]);
  assert.deepEqual(weights.get("b")!.shape, [2, 1]);
});

Deno.test("decodeWeights() refuses bytes that are too few or too many", () => {
  const specs = [{ name: "a", shape: [3], quantization: half }];
  for (const length of [5, 7]) {
    assert.throws(() => decodeWeights(new Uint8Array(length), specs, "m/weights.bin"), {
      type: "length",
      message: `m/weights.bin: model.json describes 6 bytes of weights, found ${length}`,
    });
  }
});

for (const bad of [NaN, Infinity, -Infinity]) {
  Deno.test(`decodeWeights() refuses ${bad}, in float32 and float16`, () => {
    const expected = {
      type: "weights",
      message: new RegExp(`expected finite numbers, found ${bad} in "conv1/kernel" at 2`),
    };
    const numbers = [0, 1, bad, bad];
    const spec = { name: "conv1/kernel", shape: [4] };
    const single = new Uint8Array(Float32Array.from(numbers).buffer);
    const halves = new Uint8Array(Float16Array.from(numbers).buffer);
    assert.throws(() => decodeWeights(single, [spec], "w"), expected);
    assert.throws(() => decodeWeights(halves, [{ ...spec, quantization: half }], "w"), expected);
  });
}
