import { multiplyAdd } from "./arithmetic.ts";
import { activate, input, output } from "./sampler_tile.ts";

/**
 * Three pixels by twelve columns: a colour image's four phases at once. Not every tap has all of them: each of the first
 * `pairs` filters is of two taps, the first eight columns of one and the first four of another.
 */
export function tile3x12(
  table: usize,
  x: usize,
  y: usize,
  taps: usize,
  pairs: i32,
  filters: i32,
  depth: i32,
  b: usize,
  bias: usize,
  slope: f32,
): void {
  let c00 = v128.load(bias), c01 = v128.load(bias, 16);
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01;
  let d0 = f32x4.splat(0), d1 = d0, d2 = d0;
  const p0 = x + input(table, 0), p1 = x + input(table, 1), p2 = x + input(table, 2);
  const singles = filters - pairs;
  for (; pairs > 0; pairs--, taps += 8) {
    const tap = <usize> load<i32>(taps), other = <usize> load<i32>(taps, 4);
    let a0 = p0 + tap, a1 = p1 + tap, a2 = p2 + tap;
    let e0 = p0 + other, e1 = p1 + other, e2 = p2 + other;
    for (let k = depth; k > 0; k -= 4) {
      let b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
      let a = v128.load_splat<f32>(a0);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      d0 = multiplyAdd(v128.load_splat<f32>(e0), b2, d0);
      d1 = multiplyAdd(v128.load_splat<f32>(e1), b2, d1);
      d2 = multiplyAdd(v128.load_splat<f32>(e2), b2, d2);
      b0 = v128.load(b, 48), b1 = v128.load(b, 64), b2 = v128.load(b, 80);
      a = v128.load_splat<f32>(a0, 4);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 4);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 4);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      d0 = multiplyAdd(v128.load_splat<f32>(e0, 4), b2, d0);
      d1 = multiplyAdd(v128.load_splat<f32>(e1, 4), b2, d1);
      d2 = multiplyAdd(v128.load_splat<f32>(e2, 4), b2, d2);
      b0 = v128.load(b, 96), b1 = v128.load(b, 112), b2 = v128.load(b, 128);
      a = v128.load_splat<f32>(a0, 8);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 8);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 8);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      d0 = multiplyAdd(v128.load_splat<f32>(e0, 8), b2, d0);
      d1 = multiplyAdd(v128.load_splat<f32>(e1, 8), b2, d1);
      d2 = multiplyAdd(v128.load_splat<f32>(e2, 8), b2, d2);
      b0 = v128.load(b, 144), b1 = v128.load(b, 160), b2 = v128.load(b, 176);
      a = v128.load_splat<f32>(a0, 12);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
      a = v128.load_splat<f32>(a1, 12);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
      a = v128.load_splat<f32>(a2, 12);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
      d0 = multiplyAdd(v128.load_splat<f32>(e0, 12), b2, d0);
      d1 = multiplyAdd(v128.load_splat<f32>(e1, 12), b2, d1);
      d2 = multiplyAdd(v128.load_splat<f32>(e2, 12), b2, d2);
      a0 += 16, a1 += 16, a2 += 16, e0 += 16, e1 += 16, e2 += 16;
      b += 192;
    }
  }
  c00 = f32x4.add(c00, d0), c10 = f32x4.add(c10, d1), c20 = f32x4.add(c20, d2);
  let c02 = v128.load(bias, 32), c12 = c02, c22 = c02;
  for (const end = taps + (<usize> singles << 2); taps < end; taps += 4) {
    const tap = <usize> load<i32>(taps);
    let a0 = p0 + tap, a1 = p1 + tap, a2 = p2 + tap;
    for (let k = depth; k > 0; k -= 4) {
      let b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
      let a = v128.load_splat<f32>(a0);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01), c02 = multiplyAdd(a, b2, c02);
      a = v128.load_splat<f32>(a1);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11), c12 = multiplyAdd(a, b2, c12);
      a = v128.load_splat<f32>(a2);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21), c22 = multiplyAdd(a, b2, c22);
      b0 = v128.load(b, 48), b1 = v128.load(b, 64), b2 = v128.load(b, 80);
      a = v128.load_splat<f32>(a0, 4);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01), c02 = multiplyAdd(a, b2, c02);
      a = v128.load_splat<f32>(a1, 4);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11), c12 = multiplyAdd(a, b2, c12);
      a = v128.load_splat<f32>(a2, 4);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21), c22 = multiplyAdd(a, b2, c22);
      b0 = v128.load(b, 96), b1 = v128.load(b, 112), b2 = v128.load(b, 128);
      a = v128.load_splat<f32>(a0, 8);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01), c02 = multiplyAdd(a, b2, c02);
      a = v128.load_splat<f32>(a1, 8);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11), c12 = multiplyAdd(a, b2, c12);
      a = v128.load_splat<f32>(a2, 8);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21), c22 = multiplyAdd(a, b2, c22);
      b0 = v128.load(b, 144), b1 = v128.load(b, 160), b2 = v128.load(b, 176);
      a = v128.load_splat<f32>(a0, 12);
      c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01), c02 = multiplyAdd(a, b2, c02);
      a = v128.load_splat<f32>(a1, 12);
      c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11), c12 = multiplyAdd(a, b2, c12);
      a = v128.load_splat<f32>(a2, 12);
      c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21), c22 = multiplyAdd(a, b2, c22);
      a0 += 16, a1 += 16, a2 += 16;
      b += 192;
    }
  }
  const s = f32x4.splat(slope);
  let at = y + output(table, 0);
  v128.store(at, activate(c00, s)), v128.store(at, activate(c01, s), 16);
  v128.store(at, activate(c02, s), 32);
  at = y + output(table, 1);
  v128.store(at, activate(c10, s)), v128.store(at, activate(c11, s), 16);
  v128.store(at, activate(c12, s), 32);
  at = y + output(table, 2);
  v128.store(at, activate(c20, s)), v128.store(at, activate(c21, s), 16);
  v128.store(at, activate(c22, s), 32);
}
