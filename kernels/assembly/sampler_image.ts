/** The last step of a generator: tanh, and the phases of the last layer woven to pixels. */

import { multiplyAdd } from "./arithmetic.ts";

/** Bytes from the step's address. */
const X: usize = 8; // address of the last layer's outputs, [pixel][phase][channel]
const FLOATS: usize = 12; // address of the images [height, width, channels], or 0
const RGBA: usize = 16; // address of their bytes, or 0
const PIXELS_PER_IMAGE: usize = 20;
const WIDTH: usize = 24; // pixels of a row of the last layer's input
const PIXEL_BYTES: usize = 28; // of one pixel's outputs: a multiple of 16
const STRIDE_Y: usize = 32;
const STRIDE_X: usize = 36;
const CHANNELS: usize = 40;
const BANDS: usize = 44; // items of an image, whole rows each

function word(step: usize, field: usize): usize {
  return <usize> load<u32>(step + field);
}

/**
 * tanh in place, of the numbers from `at` up to `end`, whole vectors: the minimax approximation of Eigen's
 * `generic_fast_tanh_float` and of XLA, a quotient of polynomials that is right to 3e-7 and constant from |x| = 7.9 on,
 * where float32 cannot tell tanh from 1. Four vectors at a time, as a constant takes as long to make as to use.
 */
function tanhInPlace(at: usize, end: usize): void {
  for (const last = end - 16; at < end; at += 64) {
    // What is left over stands for the last one, once more: all are read before any is written.
    const at1 = min(at + 16, last), at2 = min(at + 32, last), at3 = min(at + 48, last);
    let k = f32x4.splat(7.90531110763549805);
    const below = f32x4.neg(k);
    let x0 = f32x4.max(below, f32x4.min(k, v128.load(at)));
    let x1 = f32x4.max(below, f32x4.min(k, v128.load(at1)));
    let x2 = f32x4.max(below, f32x4.min(k, v128.load(at2)));
    let x3 = f32x4.max(below, f32x4.min(k, v128.load(at3)));
    const s0 = f32x4.mul(x0, x0), s1 = f32x4.mul(x1, x1);
    const s2 = f32x4.mul(x2, x2), s3 = f32x4.mul(x3, x3);
    let p0 = f32x4.splat(-2.76076847742355e-16), p1 = p0, p2 = p0, p3 = p0;
    k = f32x4.splat(2.00018790482477e-13);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(-8.60467152213735e-11);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(5.12229709037114e-8);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(1.48572235717979e-5);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(6.37261928875436e-4);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(4.89352455891786e-3);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    x0 = f32x4.mul(p0, x0), x1 = f32x4.mul(p1, x1), x2 = f32x4.mul(p2, x2), x3 = f32x4.mul(p3, x3);
    p0 = f32x4.splat(1.19825839466702e-6), p1 = p0, p2 = p0, p3 = p0;
    k = f32x4.splat(1.18534705686654e-4);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(2.26843463243900e-3);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    k = f32x4.splat(4.89352518554385e-3);
    p0 = multiplyAdd(p0, s0, k), p1 = multiplyAdd(p1, s1, k);
    p2 = multiplyAdd(p2, s2, k), p3 = multiplyAdd(p3, s3, k);
    v128.store(at, f32x4.div(x0, p0)), v128.store(at1, f32x4.div(x1, p1));
    v128.store(at2, f32x4.div(x2, p2)), v128.store(at3, f32x4.div(x3, p3));
  }
}

/** 0 for -1, 255 for 1, and the nearest whole number between. */
function byteOf(value: f32): u32 {
  return <u32> (value * 127.5 + 128.0) & 255;
}

/** Rows of the images from the one called `image`: their floats, their bytes, or both. */
export function computeImage(item: i32, _thread: i32, step: usize, image: i32, _count: i32): void {
  const pixels = word(step, PIXELS_PER_IMAGE), width = word(step, WIDTH);
  const pixelBytes = word(step, PIXEL_BYTES), channels = word(step, CHANNELS);
  const strideY = word(step, STRIDE_Y), strideX = word(step, STRIDE_X);
  const bands = word(step, BANDS), band = pixels / bands;
  const number = <usize> image + <usize> item / bands;
  const start = <usize> item % bands * band;
  const size = pixels * strideY * strideX;
  const row = width * pixelBytes, outputs = width * strideY * strideX;
  let x = word(step, X) + (number * pixels + start) * pixelBytes;
  let to = number * size + start * strideY * strideX; // pixels of all images
  const floats = word(step, FLOATS), rgba = word(step, RGBA);
  const isSquare = strideY === 2 && strideX === 2 && pixelBytes === channels << 4;
  for (const end = x + band * pixelBytes; x < end; x += row, to += outputs) {
    tanhInPlace(x, x + row);
    const floatsTo = floats + (to * channels << 2), bytesTo = rgba + (to << 2);
    if (isSquare) {
      if (floats) weaveFloats(x, width, channels, floatsTo);
      if (rgba) weaveBytes(x, width, channels, bytesTo);
    } else {
      for (let phaseY: usize = 0; phaseY < strideY; phaseY++) {
        const from = x + (phaseY * strideX * channels << 2), done = phaseY * width * strideX;
        for (let i: usize = 0; i < width * strideX; i++) {
          const at = from + i / strideX * pixelBytes + (i % strideX * channels << 2);
          if (floats) copyFloats(at, channels, floatsTo + ((done + i) * channels << 2));
          if (rgba) store<u32>(bytesTo + (done + i << 2), bytesOf(at, channels));
        }
      }
    }
  }
}

function copyFloats(from: usize, count: usize, to: usize): void {
  for (const end = from + (count << 2); from < end; from += 4, to += 4) {
    store<f32>(to, load<f32>(from));
  }
}

/** One channel is grey, three are red, green and blue. */
function bytesOf(from: usize, channels: usize): u32 {
  const green: usize = channels === 3 ? 4 : 0;
  const r = byteOf(load<f32>(from)), g = byteOf(load<f32>(from + green));
  const b = byteOf(load<f32>(from + (green << 1)));
  return r | g << 8 | b << 16 | 0xff000000;
}

/** A row of squares of four pixels, two above two, from their values. */
function weaveFloats(x: usize, width: usize, channels: usize, to: usize): void {
  const row = width * channels << 3; // bytes of a row of the image
  for (const end = to + row; to < end; to += channels << 3) {
    const a = v128.load(x);
    if (channels === 3) {
      const b = v128.load(x, 16);
      v128.store(to, a), v128.store_lane<f64>(to, b, 0, 16);
      v128.store_lane<f64>(to + row, b, 1), v128.store(to + row, v128.load(x, 32), 8);
    } else {
      v128.store_lane<f64>(to, a, 0), v128.store_lane<f64>(to + row, a, 1);
    }
    x += channels << 4;
  }
}

/** The bytes of such a row. */
function weaveBytes(x: usize, width: usize, channels: usize, to: usize): void {
  const scale = f32x4.splat(127.5), half = f32x4.splat(128), opaque = i32x4.splat(0xff000000);
  const order = channels === 3
    ? i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1)
    : i8x16(0, 0, 0, -1, 1, 1, 1, -1, 2, 2, 2, -1, 3, 3, 3, -1);
  const row = width << 3; // bytes of a row of the image
  for (const end = to + row; to < end; to += 8) {
    const a = wholeNumbers(v128.load(x), scale, half);
    let b = a, c = a;
    if (channels === 3) {
      b = wholeNumbers(v128.load(x, 16), scale, half);
      c = wholeNumbers(v128.load(x, 32), scale, half);
    }
    const bytes = i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_s(a, b),
      i16x8.narrow_i32x4_s(c, c),
    );
    const pixels = v128.or(i8x16.swizzle(bytes, order), opaque);
    v128.store_lane<f64>(to, pixels, 0);
    v128.store_lane<f64>(to + row, pixels, 1);
    x += channels << 4;
  }
}

/** byteOf() of four values. */
function wholeNumbers(value: v128, scale: v128, half: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(value, scale), half));
}
