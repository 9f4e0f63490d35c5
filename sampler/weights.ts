import { ModelError } from "./model_error.ts";

/** One weight of a `weightsManifest`: where the next bytes of weights.bin belong and what they are. */
export interface WeightSpec {
  name: string;
  shape: number[];
  /** float16 is tfjs's stock quantisation; without it the numbers are float32. */
  quantization?: { dtype: "float16" };
}

/** A weight's numbers, row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The weights in `bytes`, in the order of `specs`, by name. Numbers are little-endian.
 *
 * Throws a ModelError: `length` when there are too few or too many bytes, `weights` when a number is
 * NaN or infinite. `where` names the file.
 */
export function decodeWeights(
  bytes: Uint8Array<ArrayBuffer>,
  specs: readonly WeightSpec[],
  where: string,
): Map<string, Weight> {
  const expected = specs.reduce((sum, spec) => sum + byteLength(spec), 0);
  if (bytes.length !== expected) {
    throw new ModelError(
      "length",
      `${where}: model.json describes ${expected} bytes of weights, found ${bytes.length}`,
    );
  }
  let offset = bytes.byteOffset;
  return new Map(specs.map((spec) => {
    const end = offset + byteLength(spec);
    const own = bytes.buffer.slice(offset, end); // a copy, as float16 may leave float32 unaligned
    offset = end;
    const values = spec.quantization ? decodeFloat16(new Uint16Array(own)) : new Float32Array(own);
    const bad = firstNotFinite(values);
    if (bad !== -1) {
      throw new ModelError(
        "weights",
        `${where}: expected finite numbers, found ${values[bad]} in "${spec.name}" at ${bad}: ` +
          "export the model again from an earlier checkpoint",
      );
    }
    return [spec.name, { shape: spec.shape, values }];
  }));
}

/** The index of the first NaN or infinity, −1 for none. A loop: a callback takes ten times as long for millions. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/**
 * IEEE 754 binary16 numbers, given as their bits. (Float16Array is too new for many visitors' browsers.)
 *
 * Their exponent, of bias 15, becomes one of bias 127, and the fraction moves to the top of a longer one.
 */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  const values = new Float32Array(words.buffer);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i];
    const sign = (half & 0x8000) << 16;
    const exponent = half & 0x7c00;
    if (exponent === 0) values[i] = (sign ? -1 : 1) * (half & 0x3ff) * 2 ** -24;
    else if (exponent === 0x7c00) words[i] = sign | 0x7f800000 | (half & 0x3ff) << 13;
    else words[i] = sign | ((half & 0x7fff) << 13) + (112 << 23);
  }
  return values;
}

function byteLength({ shape, quantization }: WeightSpec): number {
  return shape.reduce((a, b) => a * b, 1) * (quantization ? 2 : 4);
}
