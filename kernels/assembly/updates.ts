/**
 * Updates of variables in place. `table` lists tensors, six words each: the first chunk, the size in
 * floats, and up to four addresses; a chunk is `part` floats of one tensor. Formulas: ops/updates.ts.
 */
import { multiplyAdd } from "./arithmetic.ts";

const ENTRY: usize = 24;

/** The entry of the tensor that a chunk belongs to. */
function entryOf(chunk: i32, table: usize, tensors: i32): usize {
  let entry = table + <usize> (tensors - 1) * ENTRY;
  while (load<i32>(entry) > chunk) entry -= ENTRY;
  return entry;
}

/** How many floats of its tensor are this chunk's. */
function countOf(chunk: i32, entry: usize, part: i32): i32 {
  return min(part, load<i32>(entry, 4) - (chunk - load<i32>(entry)) * part);
}

/** Where this chunk starts in its tensor, in bytes. */
function offsetOf(chunk: i32, entry: usize, part: i32): usize {
  return <usize> ((chunk - load<i32>(entry)) * part) << 2;
}

/** Addresses w, g, v, m; where m is 0 the first moment is the gradient. */
export function adam(
  chunk: i32,
  _thread: i32,
  table: usize,
  tensors: i32,
  part: i32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
): void {
  const entry = entryOf(chunk, table, tensors);
  const count = countOf(chunk, entry, part), offset = offsetOf(chunk, entry, part);
  let w = <usize> load<u32>(entry, 8) + offset, g = <usize> load<u32>(entry, 12) + offset;
  let v = <usize> load<u32>(entry, 16) + offset, m = <usize> load<u32>(entry, 20);
  const hasM = m !== 0;
  m = hasM ? m + offset : g;
  const rates = f32x4.splat(rate), epsilons = f32x4.splat(epsilon);
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2), r2 = f32x4.splat(rest2);
  let left = count;
  for (; left >= 4; left -= 4) {
    const gradient = v128.load(g);
    let moment = gradient;
    if (hasM) {
      moment = multiplyAdd(v128.load(m), b1, f32x4.mul(gradient, r1));
      v128.store(m, moment);
    }
    const square = f32x4.mul(f32x4.mul(gradient, gradient), r2);
    const second = multiplyAdd(v128.load(v), b2, square);
    v128.store(v, second);
    const step = f32x4.div(f32x4.mul(moment, rates), f32x4.add(f32x4.sqrt(second), epsilons));
    v128.store(w, f32x4.sub(v128.load(w), step));
    w += 16, g += 16, v += 16, m += 16;
  }
  for (; left > 0; left--) {
    const gradient = load<f32>(g);
    let moment = gradient;
    if (hasM) {
      moment = load<f32>(m) * beta1 + gradient * rest1;
      store<f32>(m, moment);
    }
    const second = load<f32>(v) * beta2 + gradient * gradient * rest2;
    store<f32>(v, second);
    store<f32>(w, load<f32>(w) - moment * rate / (sqrt<f32>(second) + epsilon));
    w += 4, g += 4, v += 4, m += 4;
  }
}

/** Addresses w, g, s. */
export function rmsProp(
  chunk: i32,
  _thread: i32,
  table: usize,
  tensors: i32,
  part: i32,
  rate: f32,
  decay: f32,
  rest: f32,
  epsilon: f32,
): void {
  const entry = entryOf(chunk, table, tensors);
  const count = countOf(chunk, entry, part), offset = offsetOf(chunk, entry, part);
  let w = <usize> load<u32>(entry, 8) + offset, g = <usize> load<u32>(entry, 12) + offset;
  let s = <usize> load<u32>(entry, 16) + offset;
  const rates = f32x4.splat(rate), epsilons = f32x4.splat(epsilon);
  const decays = f32x4.splat(decay), rests = f32x4.splat(rest);
  let left = count;
  for (; left >= 4; left -= 4) {
    const gradient = v128.load(g);
    const square = f32x4.mul(f32x4.mul(gradient, gradient), rests);
    const mean = multiplyAdd(v128.load(s), decays, square);
    v128.store(s, mean);
    const step = f32x4.div(f32x4.mul(gradient, rates), f32x4.sqrt(f32x4.add(mean, epsilons)));
    v128.store(w, f32x4.sub(v128.load(w), step));
    w += 16, g += 16, s += 16;
  }
  for (; left > 0; left--) {
    const gradient = load<f32>(g);
    const mean = load<f32>(s) * decay + gradient * gradient * rest;
    store<f32>(s, mean);
    store<f32>(w, load<f32>(w) - gradient * rate / sqrt<f32>(mean + epsilon));
    w += 4, g += 4, s += 4;
  }
}

/** Addresses a, w. */
export function movingAverage(
  chunk: i32,
  _thread: i32,
  table: usize,
  tensors: i32,
  part: i32,
  decay: f32,
  rest: f32,
): void {
  const entry = entryOf(chunk, table, tensors);
  const count = countOf(chunk, entry, part), offset = offsetOf(chunk, entry, part);
  let a = <usize> load<u32>(entry, 8) + offset, w = <usize> load<u32>(entry, 12) + offset;
  const decays = f32x4.splat(decay), rests = f32x4.splat(rest);
  let left = count;
  for (; left >= 4; left -= 4) {
    v128.store(a, multiplyAdd(v128.load(a), decays, f32x4.mul(v128.load(w), rests)));
    a += 16, w += 16;
  }
  for (; left > 0; left--) {
    store<f32>(a, load<f32>(a) * decay + load<f32>(w) * rest);
    a += 4, w += 4;
  }
}

/** Address w. */
export function clip(
  chunk: i32,
  _thread: i32,
  table: usize,
  tensors: i32,
  part: i32,
  bound: f32,
): void {
  const entry = entryOf(chunk, table, tensors);
  const count = countOf(chunk, entry, part), offset = offsetOf(chunk, entry, part);
  let w = <usize> load<u32>(entry, 8) + offset;
  const most = f32x4.splat(bound), least = f32x4.splat(-bound);
  let left = count;
  for (; left >= 4; left -= 4) {
    v128.store(w, f32x4.pmax(f32x4.pmin(v128.load(w), most), least));
    w += 16;
  }
  for (; left > 0; left--) {
    const value = load<f32>(w);
    store<f32>(w, value > bound ? bound : value < -bound ? -bound : value);
    w += 4;
  }
}
