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
 * tanh as a quotient of polynomials: the minimax approximation of Eigen's `generic_fast_tanh_float`
 * and of XLA, right to 3e-7 and constant from |x| = 7.9 on, where float32 cannot tell tanh from 1.
 */
export function tanh(value: v128): v128 {
  const limit = f32x4.splat(7.90531110763549805);
  const x = f32x4.max(f32x4.neg(limit), f32x4.min(limit, value));
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = multiplyAdd(p, s, f32x4.splat(2.00018790482477e-13));
  p = multiplyAdd(p, s, f32x4.splat(-8.60467152213735e-11));
  p = multiplyAdd(p, s, f32x4.splat(5.12229709037114e-8));
  p = multiplyAdd(p, s, f32x4.splat(1.48572235717979e-5));
  p = multiplyAdd(p, s, f32x4.splat(6.37261928875436e-4));
  p = multiplyAdd(p, s, f32x4.splat(4.89352455891786e-3));
  let q = f32x4.splat(1.19825839466702e-6);
  q = multiplyAdd(q, s, f32x4.splat(1.18534705686654e-4));
  q = multiplyAdd(q, s, f32x4.splat(2.26843463243900e-3));
  q = multiplyAdd(q, s, f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(p, x), q);
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
  let x = word(step, X) + (number * pixels + start) * pixelBytes;
  let floats = word(step, FLOATS), rgba = word(step, RGBA);
  for (let at = x, end = x + band * pixelBytes; at < end; at += 16) {
    v128.store(at, tanh(v128.load(at)));
  }
  if (floats) floats += (number * size * channels) << 2;
  if (rgba) rgba += (number * size) << 2;
  if (rgba && strideY === 2 && strideX === 2 && pixelBytes === channels << 4) {
    weaveBytes(x, start, band, width, channels, rgba);
    return;
  }
  const green: usize = channels === 3 ? 4 : 0, blue: usize = green << 1;
  for (let first = start; first < start + band; first += width) {
    for (let column: usize = 0; column < width; column++) {
      let from = x;
      for (let phaseY: usize = 0; phaseY < strideY; phaseY++) {
        const to = (first * strideY + phaseY * width + column) * strideX;
        for (let phaseX: usize = 0; phaseX < strideX; phaseX++) {
          if (floats) {
            const at = floats + ((to + phaseX) * channels << 2);
            for (let c: usize = 0; c < channels; c++) {
              store<f32>(at + (c << 2), load<f32>(from + (c << 2)));
            }
          }
          if (rgba) {
            const r = byteOf(load<f32>(from));
            const g = byteOf(load<f32>(from + green)), b = byteOf(load<f32>(from + blue));
            store<u32>(rgba + ((to + phaseX) << 2), r | g << 8 | b << 16 | 0xff000000);
          }
          from += channels << 2;
        }
      }
      x += pixelBytes;
    }
  }
}

/** Bytes of four pixels, two above two, from their values. One channel is grey, three are red, green and blue. */
function weaveBytes(
  x: usize,
  start: usize,
  band: usize,
  width: usize,
  channels: usize,
  rgba: usize,
): void {
  const scale = f32x4.splat(127.5), half = f32x4.splat(128), opaque = i32x4.splat(0xff000000);
  const order = channels === 3
    ? i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1)
    : i8x16(0, 0, 0, -1, 1, 1, 1, -1, 2, 2, 2, -1, 3, 3, 3, -1);
  const row = width << 3; // bytes of a row of the image
  for (let first = start; first < start + band; first += width) {
    let to = rgba + (first << 4);
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
}

/** byteOf() of four values. */
function wholeNumbers(value: v128, scale: v128, half: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(value, scale), half));
}
