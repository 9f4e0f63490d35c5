/** Matrix products of few columns: rows of a plane, one after the other, and one packed panel of filters. */
import { multiplyAdd } from "./arithmetic.ts";
import { touch } from "./sampler_touch.ts";

/** y[rows, 8] = x[rows, depth] · b[depth, 8] */
export function product(x: usize, rows: usize, depth: usize, b: usize, y: usize): void {
  const stride = depth << 2;
  if (rows <= 16) touch(b, depth << 5, y);
  let left = rows;
  for (; left >= 6; left -= 6) {
    rows6(x, stride, <i32> depth, b, y);
    x += 6 * stride, y += 192;
  }
  if (left === 5 && rows > 5) { // one row once more
    rows6(x - stride, stride, <i32> depth, b, y - 32);
    return;
  }
  if (left >= 4) {
    rows4(x, stride, <i32> depth, b, y);
    x += 4 * stride, y += 128, left -= 4;
  }
  for (; left > 0; left--) {
    rows1(x, <i32> depth, b, y);
    x += stride, y += 32;
  }
}

/** Bytes of a filter in 16 bits: eight scales, then [depth][8]. */
export function narrowBytes(depth: usize): usize {
  return 32 + (depth << 4);
}

/**
 * As product(), of a filter whose numbers are 16-bit integers times a scale for each column. Few rows are bound by
 * reading it: they take it as it is. For more it is written out to `wide` first, depth · 32 bytes.
 */
export function productOfNarrow(
  x: usize,
  rows: usize,
  depth: usize,
  b: usize,
  y: usize,
  wide: usize,
): void {
  const scale0 = v128.load(b), scale1 = v128.load(b, 16);
  if (rows > 8) {
    let from = b + 32;
    for (let to = wide, end = wide + (depth << 5); to < end; to += 32, from += 16) {
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(v128.load_ext<i16>(from)), scale0));
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(v128.load_ext<i16>(from, 8)), scale1), 16);
    }
    product(x, rows, depth, wide, y);
    return;
  }
  touch(b, narrowBytes(depth), y);
  const stride = depth << 2;
  let left = rows;
  for (; left >= 4; left -= 4) {
    narrowRows4(x, stride, <i32> depth, b + 32, scale0, scale1, y);
    x += 4 * stride, y += 128;
  }
  for (; left > 0; left--) {
    narrowRows4(x, 0, <i32> depth, b + 32, scale0, scale1, wide); // the same row four times
    v128.store(y, v128.load(wide)), v128.store(y, v128.load(wide, 16), 16);
    x += stride, y += 32;
  }
}

function narrowRows4(
  x: usize,
  stride: usize,
  depth: i32,
  b: usize,
  scale0: v128,
  scale1: v128,
  y: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let a0 = x, a1 = a0 + stride, a2 = a1 + stride, a3 = a2 + stride;
  for (let k = depth; k > 0; k -= 2) {
    let b0 = f32x4.convert_i32x4_s(v128.load_ext<i16>(b));
    let b1 = f32x4.convert_i32x4_s(v128.load_ext<i16>(b, 8));
    let a = v128.load_splat<f32>(a0);
    c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
    a = v128.load_splat<f32>(a1);
    c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
    a = v128.load_splat<f32>(a2);
    c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
    a = v128.load_splat<f32>(a3);
    c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
    b0 = f32x4.convert_i32x4_s(v128.load_ext<i16>(b, 16));
    b1 = f32x4.convert_i32x4_s(v128.load_ext<i16>(b, 24));
    a = v128.load_splat<f32>(a0, 4);
    c00 = multiplyAdd(a, b0, c00), c01 = multiplyAdd(a, b1, c01);
    a = v128.load_splat<f32>(a1, 4);
    c10 = multiplyAdd(a, b0, c10), c11 = multiplyAdd(a, b1, c11);
    a = v128.load_splat<f32>(a2, 4);
    c20 = multiplyAdd(a, b0, c20), c21 = multiplyAdd(a, b1, c21);
    a = v128.load_splat<f32>(a3, 4);
    c30 = multiplyAdd(a, b0, c30), c31 = multiplyAdd(a, b1, c31);
    a0 += 8, a1 += 8, a2 += 8, a3 += 8, b += 32;
  }
  v128.store(y, f32x4.mul(c00, scale0)), v128.store(y, f32x4.mul(c01, scale1), 16);
  v128.store(y, f32x4.mul(c10, scale0), 32), v128.store(y, f32x4.mul(c11, scale1), 48);
  v128.store(y, f32x4.mul(c20, scale0), 64), v128.store(y, f32x4.mul(c21, scale1), 80);
  v128.store(y, f32x4.mul(c30, scale0), 96), v128.store(y, f32x4.mul(c31, scale1), 112);
}

function rows6(x: usize, stride: usize, depth: i32, b: usize, y: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  let a0 = x, a1 = a0 + stride, a2 = a1 + stride, a3 = a2 + stride, a4 = a3 + stride;
  let a5 = a4 + stride;
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
    a0 += 16, a1 += 16, a2 += 16, a3 += 16, a4 += 16, a5 += 16, b += 128;
  }
  v128.store(y, c00), v128.store(y, c01, 16), v128.store(y, c10, 32), v128.store(y, c11, 48);
  v128.store(y, c20, 64), v128.store(y, c21, 80), v128.store(y, c30, 96), v128.store(y, c31, 112);
  v128.store(y, c40, 128), v128.store(y, c41, 144);
  v128.store(y, c50, 160), v128.store(y, c51, 176);
}

function rows4(x: usize, stride: usize, depth: i32, b: usize, y: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let a0 = x, a1 = a0 + stride, a2 = a1 + stride, a3 = a2 + stride;
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
    a0 += 8, a1 += 8, a2 += 8, a3 += 8, b += 64;
  }
  v128.store(y, c00), v128.store(y, c01, 16), v128.store(y, c10, 32), v128.store(y, c11, 48);
  v128.store(y, c20, 64), v128.store(y, c21, 80), v128.store(y, c30, 96), v128.store(y, c31, 112);
}

function rows1(x: usize, depth: i32, b: usize, y: usize): void {
  let c0 = f32x4.splat(0), c1 = c0, d0 = c0, d1 = c0;
  for (let k = depth; k > 0; k -= 2) {
    let a = v128.load_splat<f32>(x);
    c0 = multiplyAdd(a, v128.load(b), c0), c1 = multiplyAdd(a, v128.load(b, 16), c1);
    a = v128.load_splat<f32>(x, 4);
    d0 = multiplyAdd(a, v128.load(b, 32), d0), d1 = multiplyAdd(a, v128.load(b, 48), d1);
    x += 8, b += 64;
  }
  v128.store(y, f32x4.add(c0, d0)), v128.store(y, f32x4.add(c1, d1), 16);
}
