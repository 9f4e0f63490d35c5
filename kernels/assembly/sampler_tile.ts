/**
 * Micro-kernels of a generator's layers. Each computes one tile of outputs, some pixels by some
 * channels, from pixels that lie anywhere: no columns of a convolution are ever materialised.
 *
 * The pixels of a tile are entries of a table, [input, output] each: bytes from the bases `x` and
 * `y`. A tap moves all of them by the same number of bytes, as the input has a border of zeros.
 * Filters are packed [tap][depth][columns]; depth is a multiple of four.
 */
import { multiplyAdd } from "./arithmetic.ts";

/** The table's entry of pixel i. */
export function input(table: usize, i: usize): usize {
  return <usize> load<u32>(table + (i << 3));
}

export function output(table: usize, i: usize): usize {
  return <usize> load<u32>(table + (i << 3), 4);
}

/** Leaky ReLU with a slope of at most 1: then it is a maximum. A slope of 1 leaves all as it is. */
export function activate(x: v128, slope: v128): v128 {
  return f32x4.max(x, f32x4.mul(x, slope));
}

/** Six pixels by eight columns. */
export function tile6x8(
  table: usize,
  x: usize,
  y: usize,
  taps: usize,
  tapCount: i32,
  depth: i32,
  b: usize,
  bias: usize,
  slope: f32,
): void {
  let c00 = v128.load(bias), c01 = v128.load(bias, 16);
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  let c40 = c00, c41 = c01, c50 = c00, c51 = c01;
  const p0 = x + input(table, 0), p1 = x + input(table, 1), p2 = x + input(table, 2);
  const p3 = x + input(table, 3), p4 = x + input(table, 4), p5 = x + input(table, 5);
  for (const end = taps + (<usize> tapCount << 2); taps < end; taps += 4) {
    const tap = <usize> load<i32>(taps);
    let a0 = p0 + tap, a1 = p1 + tap, a2 = p2 + tap, a3 = p3 + tap, a4 = p4 + tap, a5 = p5 + tap;
    for (let k = depth; k > 0; k -= 4) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load_splat<f32>(a0);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      a = v128.load_splat<f32>(a3);
      c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
      a = v128.load_splat<f32>(a4);
      c40 = multiplyAdd(a, b0, c40), c41 = multiplyAdd(a, b1, c41);
      a = v128.load_splat<f32>(a5);
      c50 = multiplyAdd(a, b0, c50), c51 = multiplyAdd(a, b1, c51);
      b0 = v128.load(b, 32), b1 = v128.load(b, 48);
      a = v128.load_splat<f32>(a0, 4);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 4);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 4);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      a = v128.load_splat<f32>(a3, 4);
      c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
      a = v128.load_splat<f32>(a4, 4);
      c40 = multiplyAdd(a, b0, c40), c41 = multiplyAdd(a, b1, c41);
      a = v128.load_splat<f32>(a5, 4);
      c50 = multiplyAdd(a, b0, c50), c51 = multiplyAdd(a, b1, c51);
      b0 = v128.load(b, 64), b1 = v128.load(b, 80);
      a = v128.load_splat<f32>(a0, 8);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 8);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 8);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      a = v128.load_splat<f32>(a3, 8);
      c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
      a = v128.load_splat<f32>(a4, 8);
      c40 = multiplyAdd(a, b0, c40), c41 = multiplyAdd(a, b1, c41);
      a = v128.load_splat<f32>(a5, 8);
      c50 = multiplyAdd(a, b0, c50), c51 = multiplyAdd(a, b1, c51);
      b0 = v128.load(b, 96), b1 = v128.load(b, 112);
      a = v128.load_splat<f32>(a0, 12);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 12);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 12);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      a = v128.load_splat<f32>(a3, 12);
      c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
      a = v128.load_splat<f32>(a4, 12);
      c40 = multiplyAdd(a, b0, c40), c41 = multiplyAdd(a, b1, c41);
      a = v128.load_splat<f32>(a5, 12);
      c50 = multiplyAdd(a, b0, c50), c51 = multiplyAdd(a, b1, c51);
      a0 += 16, a1 += 16, a2 += 16, a3 += 16, a4 += 16, a5 += 16;
      b += 128;
    }
  }
  const s = f32x4.splat(slope);
  let at = y + output(table, 0);
  v128.store(at, activate(c00, s)), v128.store(at, activate(c01, s), 16);
  at = y + output(table, 1);
  v128.store(at, activate(c10, s)), v128.store(at, activate(c11, s), 16);
  at = y + output(table, 2);
  v128.store(at, activate(c20, s)), v128.store(at, activate(c21, s), 16);
  at = y + output(table, 3);
  v128.store(at, activate(c30, s)), v128.store(at, activate(c31, s), 16);
  at = y + output(table, 4);
  v128.store(at, activate(c40, s)), v128.store(at, activate(c41, s), 16);
  at = y + output(table, 5);
  v128.store(at, activate(c50, s)), v128.store(at, activate(c51, s), 16);
}

/** Four pixels by eight columns: what sixes leave over. */
export function tile4x8(
  table: usize,
  x: usize,
  y: usize,
  taps: usize,
  tapCount: i32,
  depth: i32,
  b: usize,
  bias: usize,
  slope: f32,
): void {
  let c00 = v128.load(bias), c01 = v128.load(bias, 16);
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  const p0 = x + input(table, 0), p1 = x + input(table, 1);
  const p2 = x + input(table, 2), p3 = x + input(table, 3);
  for (const end = taps + (<usize> tapCount << 2); taps < end; taps += 4) {
    const tap = <usize> load<i32>(taps);
    let a0 = p0 + tap, a1 = p1 + tap, a2 = p2 + tap, a3 = p3 + tap;
    for (let k = depth; k > 0; k -= 2) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load_splat<f32>(a0);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      a = v128.load_splat<f32>(a3);
      c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
      b0 = v128.load(b, 32), b1 = v128.load(b, 48);
      a = v128.load_splat<f32>(a0, 4);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 4);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 4);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      a = v128.load_splat<f32>(a3, 4);
      c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
      a0 += 8, a1 += 8, a2 += 8, a3 += 8;
      b += 64;
    }
  }
  const s = f32x4.splat(slope);
  let at = y + output(table, 0);
  v128.store(at, activate(c00, s)), v128.store(at, activate(c01, s), 16);
  at = y + output(table, 1);
  v128.store(at, activate(c10, s)), v128.store(at, activate(c11, s), 16);
  at = y + output(table, 2);
  v128.store(at, activate(c20, s)), v128.store(at, activate(c21, s), 16);
  at = y + output(table, 3);
  v128.store(at, activate(c30, s)), v128.store(at, activate(c31, s), 16);
}

/** Four pixels by four columns: a grey image's four phases at once. Two sums each keep the pipes full. */
export function tile4x4(
  table: usize,
  x: usize,
  y: usize,
  taps: usize,
  tapCount: i32,
  depth: i32,
  b: usize,
  bias: usize,
  slope: f32,
): void {
  let c0 = v128.load(bias), c1 = c0, c2 = c0, c3 = c0;
  let d0 = f32x4.splat(0), d1 = d0, d2 = d0, d3 = d0;
  const p0 = x + input(table, 0), p1 = x + input(table, 1);
  const p2 = x + input(table, 2), p3 = x + input(table, 3);
  for (const end = taps + (<usize> tapCount << 2); taps < end; taps += 4) {
    const tap = <usize> load<i32>(taps);
    let a0 = p0 + tap, a1 = p1 + tap, a2 = p2 + tap, a3 = p3 + tap;
    for (let k = depth; k > 0; k -= 4) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      c0 = multiplyAdd(v128.load_splat<f32>(a0), b0, c0);
      c1 = multiplyAdd(v128.load_splat<f32>(a1), b0, c1);
      c2 = multiplyAdd(v128.load_splat<f32>(a2), b0, c2);
      c3 = multiplyAdd(v128.load_splat<f32>(a3), b0, c3);
      d0 = multiplyAdd(v128.load_splat<f32>(a0, 4), b1, d0);
      d1 = multiplyAdd(v128.load_splat<f32>(a1, 4), b1, d1);
      d2 = multiplyAdd(v128.load_splat<f32>(a2, 4), b1, d2);
      d3 = multiplyAdd(v128.load_splat<f32>(a3, 4), b1, d3);
      b0 = v128.load(b, 32), b1 = v128.load(b, 48);
      c0 = multiplyAdd(v128.load_splat<f32>(a0, 8), b0, c0);
      c1 = multiplyAdd(v128.load_splat<f32>(a1, 8), b0, c1);
      c2 = multiplyAdd(v128.load_splat<f32>(a2, 8), b0, c2);
      c3 = multiplyAdd(v128.load_splat<f32>(a3, 8), b0, c3);
      d0 = multiplyAdd(v128.load_splat<f32>(a0, 12), b1, d0);
      d1 = multiplyAdd(v128.load_splat<f32>(a1, 12), b1, d1);
      d2 = multiplyAdd(v128.load_splat<f32>(a2, 12), b1, d2);
      d3 = multiplyAdd(v128.load_splat<f32>(a3, 12), b1, d3);
      a0 += 16, a1 += 16, a2 += 16, a3 += 16;
      b += 64;
    }
  }
  const s = f32x4.splat(slope);
  v128.store(y + output(table, 0), activate(f32x4.add(c0, d0), s));
  v128.store(y + output(table, 1), activate(f32x4.add(c1, d1), s));
  v128.store(y + output(table, 2), activate(f32x4.add(c2, d2), s));
  v128.store(y + output(table, 3), activate(f32x4.add(c3, d3), s));
}
