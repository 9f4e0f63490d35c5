/** Bias + leaky ReLU and bias + tanh, forward and backward, over rows (rows.ts). */
import { sumRows } from "./rows.ts";
import { tanh, tanh4 } from "./tanh.ts";

/** y = max(z, alpha z), z = x + bias; one row of biases. */
export function biasLeakyRelu(
  chunk: i32,
  _thread: i32,
  x: usize,
  y: usize,
  size: i32,
  width: i32,
  part: i32,
  biases: usize,
  alpha: f32,
): void {
  const stride = <usize> width << 2;
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  const slope = f32x4.splat(alpha);
  x += offset;
  y += offset;
  for (let row = count / width; row > 0; row--) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const z = f32x4.add(v128.load(x + lane), v128.load(biases + lane));
      v128.store(y + lane, f32x4.pmax(z, f32x4.mul(z, slope)));
    }
    x += stride;
    y += stride;
  }
  for (let lane: usize = 0; lane < <usize> (count % width) << 2; lane += 4) {
    const z = load<f32>(x + lane) + load<f32>(biases + lane);
    store<f32>(y + lane, z > 0 ? z : z * alpha);
  }
}

/** dx = dy where z > 0, alpha dy elsewhere. */
export function timesLeakyReluSlope(
  chunk: i32,
  _thread: i32,
  dy: usize,
  z: usize,
  dx: usize,
  size: i32,
  part: i32,
  alpha: f32,
): void {
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  slopes(dy + offset, z + offset, dx + offset, count, alpha);
}

/** As `timesLeakyReluSlope`, and each lane's sum of dx in this chunk, a row at `sums + chunk` rows. */
export function biasLeakyReluGradient(
  chunk: i32,
  _thread: i32,
  dy: usize,
  y: usize,
  dx: usize,
  size: i32,
  width: i32,
  part: i32,
  alpha: f32,
  sums: usize,
): void {
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  slopes(dy + offset, y + offset, dx + offset, count, alpha);
  sumRows(sums + (<usize> (chunk * width) << 2), dx + offset, count, width);
}

function slopes(dy: usize, z: usize, dx: usize, count: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha), zero = f32x4.splat(0);
  const end = <usize> (count & ~3) << 2;
  let at: usize = 0;
  for (; at < end; at += 16) {
    const g = v128.load(dy + at), above = f32x4.gt(v128.load(z + at), zero);
    v128.store(dx + at, v128.bitselect(g, f32x4.mul(g, slope), above));
  }
  for (; at < <usize> count << 2; at += 4) {
    const g = load<f32>(dy + at);
    store<f32>(dx + at, load<f32>(z + at) > 0 ? g : g * alpha);
  }
}

/** y = tanh(x + bias); one row of biases. */
export function biasTanh(
  chunk: i32,
  _thread: i32,
  x: usize,
  y: usize,
  size: i32,
  width: i32,
  part: i32,
  biases: usize,
): void {
  const stride = <usize> width << 2;
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  x += offset;
  y += offset;
  for (let row = count / width; row > 0; row--) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      v128.store(y + lane, tanh4(f32x4.add(v128.load(x + lane), v128.load(biases + lane))));
    }
    x += stride;
    y += stride;
  }
  for (let lane: usize = 0; lane < <usize> (count % width) << 2; lane += 4) {
    store<f32>(y + lane, tanh(load<f32>(x + lane) + load<f32>(biases + lane)));
  }
}

/** dx = dy (1 − y²), and each lane's sum of dx in this chunk, a row at `sums + chunk` rows. */
export function biasTanhGradient(
  chunk: i32,
  _thread: i32,
  dy: usize,
  y: usize,
  dx: usize,
  size: i32,
  width: i32,
  part: i32,
  sums: usize,
): void {
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  const one = f32x4.splat(1), end = <usize> (count & ~3) << 2;
  dy += offset;
  y += offset;
  dx += offset;
  let at: usize = 0;
  for (; at < end; at += 16) {
    const t = v128.load(y + at);
    v128.store(dx + at, f32x4.mul(v128.load(dy + at), f32x4.sub(one, f32x4.mul(t, t))));
  }
  for (; at < <usize> count << 2; at += 4) {
    const t = load<f32>(y + at);
    store<f32>(dx + at, load<f32>(dy + at) * (1 - t * t));
  }
  sumRows(sums + (<usize> (chunk * width) << 2), dx, count, width);
}
