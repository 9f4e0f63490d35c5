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
    const bad = values.findIndex((value) => !Number.isFinite(value));
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

/** IEEE 754 binary16 numbers, given as their bits. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  float16Values ??= Float32Array.from({ length: 0x10000 }, (_, i) => float16(i));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = float16Values[bits[i]];
  return values;
}

let float16Values: Float32Array | undefined; // Float16Array is too new for many visitors' browsers

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 0x400;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

function byteLength({ shape, quantization }: WeightSpec): number {
  return shape.reduce((a, b) => a * b, 1) * (quantization ? 2 : 4);
}
