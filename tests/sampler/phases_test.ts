import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { type Convolution, phaseConvolutions } from "../../sampler/phases.ts";
import { normal } from "../../sampler/random.ts";

type Pair = [number, number];
const cases: { kernel: Pair; stride: Pair; inputs: number; outputs: number }[] = [
  { kernel: [3, 3], stride: [2, 2], inputs: 5, outputs: 9 },
  { kernel: [3, 3], stride: [2, 2], inputs: 5, outputs: 3 },
  { kernel: [4, 4], stride: [2, 2], inputs: 2, outputs: 1 },
  { kernel: [4, 4], stride: [2, 2], inputs: 2, outputs: 12 },
  { kernel: [5, 5], stride: [2, 2], inputs: 3, outputs: 4 },
  { kernel: [2, 2], stride: [2, 2], inputs: 3, outputs: 10 },
  { kernel: [3, 3], stride: [1, 1], inputs: 4, outputs: 10 },
  { kernel: [5, 4], stride: [3, 1], inputs: 2, outputs: 2 },
  { kernel: [7, 3], stride: [2, 3], inputs: 2, outputs: 11 },
];

for (const { kernel, stride, inputs, outputs } of cases) {
  const what = `${kernel.join("x")}, stride ${stride.join("x")}, ${inputs} to ${outputs} channels`;
  Deno.test(`phaseConvolutions() make up tf.conv2dTranspose(): ${what}`, async () => {
    await tf.setBackend("cpu");
    const [height, width] = [3, 4];
    const shape = [...kernel, outputs, inputs] as [number, number, number, number];
    const w = normal([1, 0, 0], shape.reduce((a, b) => a * b));
    const x = normal([2, 0, 0], height * width * inputs);
    const [fullHeight, fullWidth] = [height * stride[0], width * stride[1]];
    const expected = tf.tidy(() =>
      tf.conv2dTranspose(
        tf.tensor4d(x, [1, height, width, inputs]),
        tf.tensor4d(w, shape),
        [1, fullHeight, fullWidth, outputs],
        stride,
        "same",
      ).dataSync()
    );

    const found = new Float32Array(expected.length).fill(NaN);
    phaseConvolutions({ values: w, shape }, stride).forEach((row, p) => {
      let phase = 0; // the column phase that a convolution's first outputs belong to
      for (const convolution of row) {
        const y = convolve(x, [height, width, inputs], convolution);
        const n = convolution.shape[3];
        for (let i = 0; i < height * width; i++) {
          for (let o = 0; o < n; o++) {
            const oy = Math.floor(i / width) * stride[0] + p;
            const ox = (i % width) * stride[1] + phase + Math.floor(o / outputs);
            found[(oy * fullWidth + ox) * outputs + o % outputs] = y[i * n + o];
          }
        }
        phase += n / outputs;
      }
    });
    expected.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-5, `output ${i}`));
  });
}

Deno.test("phaseConvolutions() of 3x3 and stride 2 have 9 taps, none of them twice", () => {
  const w = Float32Array.from({ length: 9 * 9 }, (_, i) => i + 1);
  const convolutions = phaseConvolutions({ values: w, shape: [3, 3, 9, 1] }, [2, 2]).flat();
  assert.deepEqual(convolutions.map((c) => c.shape.slice(0, 2)), [[2, 2], [2, 1], [1, 2], [1, 1]]);
  const used = convolutions.flatMap((c) => [...c.filter]);
  assert.deepEqual(used.toSorted((a, b) => a - b), [...w]);
});

Deno.test("phaseConvolutions() refuse a stride larger than the kernel", () => {
  const kernel = { values: new Float32Array(4), shape: [2, 2, 1, 1] as const };
  assert.throws(
    () => phaseConvolutions(kernel, [3, 2]),
    /a stride of 3 leaves gaps between 2 taps/,
  );
});

/** A stride-1 convolution by its definition. */
function convolve(
  x: Float32Array,
  [height, width, inputs]: number[],
  { filter, shape: [kh, kw, , outputs], pad: [[top, bottom], [left, right]] }: Convolution,
): Float32Array {
  assert.deepEqual([top + bottom, left + right], [kh - 1, kw - 1]);
  const y = new Float32Array(height * width * outputs);
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++) {
      for (let ky = 0; ky < kh; ky++) {
        for (let kx = 0; kx < kw; kx++) {
          const [iy, ix] = [oy + ky - top, ox + kx - left];
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
          for (let i = 0; i < inputs; i++) {
            for (let o = 0; o < outputs; o++) {
              y[(oy * width + ox) * outputs + o] += x[(iy * width + ix) * inputs + i] *
                filter[((ky * kw + kx) * inputs + i) * outputs + o];
            }
          }
        }
      }
    }
  }
  return y;
}
