/** Sums over an axis of [outer, reduced, inner] in float64, so that any number of terms may be added. */

const LANES: i32 = 16; // columns of a chunk: a cache line

/**
 * to[o, i] = factor · Σ from[o, r, i] over r. Where inner is 1 a chunk is one o; elsewhere it is 16
 * columns of one o.
 */
export function reduce(
  chunk: i32,
  _thread: i32,
  from: usize,
  to: usize,
  reduced: i32,
  inner: i32,
  factor: f64,
): void {
  if (inner === 1) {
    const sum = sumRun(from + (<usize> (chunk * reduced) << 2), reduced);
    store<f32>(to + (<usize> chunk << 2), <f32> (sum * factor));
    return;
  }
  const blocks = (inner + LANES - 1) / LANES;
  const outer = chunk / blocks, first = chunk % blocks * LANES;
  const count = min(LANES, inner - first), stride = <usize> inner << 2;
  from += (<usize> (outer * reduced) * stride) + (<usize> first << 2);
  to += (<usize> outer * stride) + (<usize> first << 2);
  let lane = 0;
  for (; lane + 8 <= count; lane += 8) {
    sumEightColumns(from + (<usize> lane << 2), to + (<usize> lane << 2), reduced, stride, factor);
  }
  for (; lane < count; lane++) {
    let at = from + (<usize> lane << 2), sum: f64 = 0;
    for (let row = 0; row < reduced; row++) {
      sum += <f64> load<f32>(at);
      at += stride;
    }
    store<f32>(to + (<usize> lane << 2), <f32> (sum * factor));
  }
}

/** Of `count` neighbouring floats. Eight sums, because one addition waits for the one before. */
function sumRun(from: usize, count: i32): f64 {
  let a = f64x2.splat(0), b = a, c = a, d = a;
  let left = count;
  for (; left >= 8; left -= 8) {
    a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load_zero<u64>(from)));
    b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load_zero<u64>(from, 8)));
    c = f64x2.add(c, f64x2.promote_low_f32x4(v128.load_zero<u64>(from, 16)));
    d = f64x2.add(d, f64x2.promote_low_f32x4(v128.load_zero<u64>(from, 24)));
    from += 32;
  }
  const both = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; left > 0; left--) {
    sum += <f64> load<f32>(from);
    from += 4;
  }
  return sum;
}

function sumEightColumns(from: usize, to: usize, rows: i32, stride: usize, factor: f64): void {
  let a = f64x2.splat(0), b = a, c = a, d = a;
  for (let row = 0; row < rows; row++) {
    a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load_zero<u64>(from)));
    b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load_zero<u64>(from, 8)));
    c = f64x2.add(c, f64x2.promote_low_f32x4(v128.load_zero<u64>(from, 16)));
    d = f64x2.add(d, f64x2.promote_low_f32x4(v128.load_zero<u64>(from, 24)));
    from += stride;
  }
  const factors = f64x2.splat(factor);
  storePair(to, f64x2.mul(a, factors));
  storePair(to + 8, f64x2.mul(b, factors));
  storePair(to + 16, f64x2.mul(c, factors));
  storePair(to + 24, f64x2.mul(d, factors));
}

function storePair(to: usize, pair: v128): void {
  v128.store_lane<u64>(to, f32x4.demote_f64x2_zero(pair), 0);
}
