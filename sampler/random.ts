/**
 * Random numbers that are a pure function of a key, the same bits in Deno, Chromium and Firefox.
 *
 * The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011). It has no state to save: asking for the same key gives the same sequence,
 * so prefetching batches or resuming a run cannot shift anything.
 */

/** (seed, stream, step): unsigned 32-bit integers. One key names one sequence; nothing else is state. */
export type Key = readonly [seed: number, stream: number, step: number];

/** Four unsigned 32-bit words: a Philox counter, or the block of random words it turns into. */
export type Block = readonly [number, number, number, number];

const M0 = 0xd2511f53; // round multipliers and Weyl constants: Salmon et al. 2011, section 3.3
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9; // golden ratio
const W1 = 0xbb67ae85; // sqrt(3) - 1
const ROUNDS = 10;

/**
 * The Philox4x32-10 bijection: `counter` (four words) under `key` (two words) gives four random words.
 */
export function philox(counter: Block, key: readonly [number, number]): Block {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const hi0 = multiplyHigh(M0, c0);
    const lo0 = Math.imul(M0, c0);
    const hi1 = multiplyHigh(M1, c2);
    const lo1 = Math.imul(M1, c2);
    c0 = hi1 ^ c1 ^ k0;
    c1 = lo1;
    c2 = hi0 ^ c3 ^ k1;
    c3 = lo0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** `count` numbers uniform on [0, 1): multiples of 2^-24, which float32 holds exactly. */
export function uniform(key: Key, count: number): Float32Array {
  return Float32Array.from(words(key, count), (word) => (word >>> 8) * 2 ** -24);
}

/**
 * `count` standard normal numbers. Each is the normal quantile of (word + 1/2) / 2^32, so one word
 * makes one number, none is infinite, and the largest magnitude is 6.34.
 */
export function normal(key: Key, count: number): Float32Array {
  const random = words(key, count);
  const out = new Float32Array(count); // a loop: Float32Array.from() takes three times as long
  for (let i = 0; i < count; i++) out[i] = normalQuantile((random[i] + 0.5) * 2 ** -32);
  return out;
}

/**
 * `count` random unsigned 32-bit words. The Philox key is (seed, stream), the counter
 * (block, step, 0, 0).
 *
 * Throws a RangeError when a part of the key is no unsigned 32-bit integer or `count` is negative.
 */
export function words(key: Key, count: number): Uint32Array {
  const [seed, stream, step] = key;
  const parts = { seed, stream, step, count };
  for (const [name, value] of Object.entries(parts)) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
      throw new RangeError(`${name} must be an integer from 0 to 4294967295, it is ${value}`);
    }
  }
  const out = new Uint32Array(count);
  for (let block = 0; block * 4 < count; block++) {
    const four = philox([block, step, 0, 0], [seed, stream]);
    for (let i = 0; i < 4 && block * 4 + i < count; i++) out[block * 4 + i] = four[i];
  }
  return out;
}

/**
 * The standard normal quantile: the z with P(Z <= z) = p, for 0 < p < 1. Algorithm AS 241, PPND16
 * (Wichura, Applied Statistics 37(3), 1988): relative error about 1e-16.
 *
 * Only arithmetic that IEEE 754 rounds correctly is used, because `Math.log` may differ in its last
 * bit from one JavaScript engine to another.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return q * polynomial(A, r) / polynomial(B, r);
  }
  const r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p));
  const z = r <= 5
    ? polynomial(C, r - 1.6) / polynomial(D, r - 1.6)
    : polynomial(E, r - 5) / polynomial(F, r - 5);
  return q < 0 ? -z : z;
}

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16, aLow = a & 0xffff;
  const bHigh = b >>> 16, bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  // Products of 16-bit halves are exact in doubles; division keeps the bits that `>>>` would drop.
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

/** Natural logarithm of 0 < x <= 1: x = m 2^e, ln m = 2 artanh((m - 1) / (m + 1)) by its series. */
function logarithm(x: number): number {
  let exponent = 0;
  while (x < Math.SQRT1_2) {
    x *= 2;
    exponent--;
  }
  const s = (x - 1) / (x + 1); // |s| <= 0.172, so that 11 terms reach a double's precision
  let series = 0;
  for (let n = 21; n >= 1; n -= 2) series = series * s * s + 1 / n;
  return exponent * Math.LN2 + 2 * s * series;
}

/** Horner's rule, lowest coefficient first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, c) => sum * x + c, 0);
}

// Wichura 1988: numerators and denominators for the centre (A, B), near tail (C, D), far tail (E, F).
// deno-fmt-ignore
const A = [
  3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
  4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
];
// deno-fmt-ignore
const B = [
  1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
  2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
];
// deno-fmt-ignore
const C = [
  1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
  1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
];
// deno-fmt-ignore
const D = [
  1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
  1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
];
// deno-fmt-ignore
const E = [
  6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
  2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
// deno-fmt-ignore
const F = [
  1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
  7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
];
