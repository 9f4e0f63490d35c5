/** Batch norm + leaky ReLU, forward and backward, over rows (rows.ts), four at a time. */
import { multiplyAdd } from "./arithmetic.ts";

/**
 * Of each lane in this chunk: Σ d and Σ d², d being the difference from the lane's first value there,
 * which is near enough to its mean that the variance does not cancel; two rows of `width` at
 * `out + 2 · chunk` rows.
 */
export function chunkMoments(
  chunk: i32,
  _thread: i32,
  x: usize,
  size: i32,
  width: i32,
  part: i32,
  out: usize,
): void {
  const stride = <usize> width << 2;
  const sums = out + 2 * <usize> chunk * stride, squares = sums + stride;
  const count = min(part, size - chunk * part);
  x += <usize> (chunk * part) << 2;
  const first = x;
  memory.fill(sums, 0, 2 * stride);
  let rows = count / width;
  for (; rows >= 4; rows -= 4) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const shift = v128.load(first + lane);
      let at = x + lane;
      let d = f32x4.sub(v128.load(at), shift);
      at += stride;
      let sum = d, square = f32x4.mul(d, d);
      d = f32x4.sub(v128.load(at), shift);
      at += stride;
      sum = f32x4.add(sum, d), square = multiplyAdd(d, d, square);
      d = f32x4.sub(v128.load(at), shift);
      at += stride;
      sum = f32x4.add(sum, d), square = multiplyAdd(d, d, square);
      d = f32x4.sub(v128.load(at), shift);
      sum = f32x4.add(sum, d), square = multiplyAdd(d, d, square);
      v128.store(sums + lane, f32x4.add(v128.load(sums + lane), sum));
      v128.store(squares + lane, f32x4.add(v128.load(squares + lane), square));
    }
    x += 4 * stride;
  }
  const left = <usize> (rows * width + count % width) << 2;
  let lane: usize = 0;
  for (let at: usize = 0; at < left; at += 4) {
    const d = load<f32>(x + at) - load<f32>(first + lane);
    store<f32>(sums + lane, load<f32>(sums + lane) + d);
    store<f32>(squares + lane, load<f32>(squares + lane) + d * d);
    lane += 4;
    if (lane === stride) lane = 0;
  }
}

/** y = max(z, alpha z), z = (x − mean) scale + beta; rows mean, scale, beta at `lanes`. */
export function batchNormLeakyRelu(
  chunk: i32,
  _thread: i32,
  x: usize,
  y: usize,
  size: i32,
  width: i32,
  part: i32,
  lanes: usize,
  alpha: f32,
): void {
  const stride = <usize> width << 2;
  const means = lanes, scales = means + stride, betas = scales + stride;
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  const slope = f32x4.splat(alpha);
  x += offset;
  y += offset;
  let rows = count / width;
  for (; rows >= 4; rows -= 4) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const mean = v128.load(means + lane), scale = v128.load(scales + lane);
      const beta = v128.load(betas + lane);
      let from = x + lane, to = y + lane;
      let z = multiplyAdd(f32x4.sub(v128.load(from), mean), scale, beta);
      v128.store(to, f32x4.pmax(z, f32x4.mul(z, slope)));
      from += stride, to += stride;
      z = multiplyAdd(f32x4.sub(v128.load(from), mean), scale, beta);
      v128.store(to, f32x4.pmax(z, f32x4.mul(z, slope)));
      from += stride, to += stride;
      z = multiplyAdd(f32x4.sub(v128.load(from), mean), scale, beta);
      v128.store(to, f32x4.pmax(z, f32x4.mul(z, slope)));
      from += stride, to += stride;
      z = multiplyAdd(f32x4.sub(v128.load(from), mean), scale, beta);
      v128.store(to, f32x4.pmax(z, f32x4.mul(z, slope)));
    }
    x += 4 * stride;
    y += 4 * stride;
  }
  const left = <usize> (rows * width + count % width) << 2;
  let lane: usize = 0;
  for (let at: usize = 0; at < left; at += 4) {
    const c = load<f32>(x + at) - load<f32>(means + lane);
    const z = c * load<f32>(scales + lane) + load<f32>(betas + lane);
    store<f32>(y + at, z > 0 ? z : z * alpha);
    lane += 4;
    if (lane === stride) lane = 0;
  }
}

/**
 * Of each lane in this chunk: Σ dz and Σ dz (x − mean), two rows at `out + 2 · chunk` rows, where
 * dz = dy for z > 0, alpha dy elsewhere; rows mean, scale, beta at `lanes`.
 */
export function batchNormSums(
  chunk: i32,
  _thread: i32,
  dy: usize,
  x: usize,
  size: i32,
  width: i32,
  part: i32,
  lanes: usize,
  alpha: f32,
  out: usize,
): void {
  const stride = <usize> width << 2;
  const means = lanes, scales = means + stride, betas = scales + stride;
  const sums = out + 2 * <usize> chunk * stride, products = sums + stride;
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  const slope = f32x4.splat(alpha), zero = f32x4.splat(0);
  memory.fill(sums, 0, 2 * stride);
  x += offset;
  dy += offset;
  let rows = count / width;
  for (; rows >= 4; rows -= 4) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const mean = v128.load(means + lane), scale = v128.load(scales + lane);
      const beta = v128.load(betas + lane);
      let at = x + lane, from = dy + lane;
      let c = f32x4.sub(v128.load(at), mean), g = v128.load(from);
      let dz = slopeOf(g, multiplyAdd(c, scale, beta), slope, zero);
      let sum = dz, product = f32x4.mul(dz, c);
      at += stride, from += stride;
      c = f32x4.sub(v128.load(at), mean), g = v128.load(from);
      dz = slopeOf(g, multiplyAdd(c, scale, beta), slope, zero);
      sum = f32x4.add(sum, dz), product = multiplyAdd(dz, c, product);
      at += stride, from += stride;
      c = f32x4.sub(v128.load(at), mean), g = v128.load(from);
      dz = slopeOf(g, multiplyAdd(c, scale, beta), slope, zero);
      sum = f32x4.add(sum, dz), product = multiplyAdd(dz, c, product);
      at += stride, from += stride;
      c = f32x4.sub(v128.load(at), mean), g = v128.load(from);
      dz = slopeOf(g, multiplyAdd(c, scale, beta), slope, zero);
      sum = f32x4.add(sum, dz), product = multiplyAdd(dz, c, product);
      v128.store(sums + lane, f32x4.add(v128.load(sums + lane), sum));
      v128.store(products + lane, f32x4.add(v128.load(products + lane), product));
    }
    x += 4 * stride;
    dy += 4 * stride;
  }
  const left = <usize> (rows * width + count % width) << 2;
  let lane: usize = 0;
  for (let at: usize = 0; at < left; at += 4) {
    const c = load<f32>(x + at) - load<f32>(means + lane);
    const z = c * load<f32>(scales + lane) + load<f32>(betas + lane);
    const g = load<f32>(dy + at), dz = z > 0 ? g : g * alpha;
    store<f32>(sums + lane, load<f32>(sums + lane) + dz);
    store<f32>(products + lane, load<f32>(products + lane) + dz * c);
    lane += 4;
    if (lane === stride) lane = 0;
  }
}

/** dy where z > 0, `slope` dy elsewhere. */
function slopeOf(dy: v128, z: v128, slope: v128, zero: v128): v128 {
  return v128.bitselect(dy, f32x4.mul(dy, slope), f32x4.gt(z, zero));
}

/**
 * dx = scale dz − shift − (x − mean) pull; rows mean, scale, beta, shift, pull at `lanes`.
 */
export function batchNormGradient(
  chunk: i32,
  _thread: i32,
  dy: usize,
  x: usize,
  dx: usize,
  size: i32,
  width: i32,
  part: i32,
  lanes: usize,
  alpha: f32,
): void {
  const stride = <usize> width << 2;
  const means = lanes, scales = means + stride, betas = scales + stride;
  const shifts = betas + stride, pulls = shifts + stride;
  const count = min(part, size - chunk * part), offset = <usize> (chunk * part) << 2;
  const slope = f32x4.splat(alpha), zero = f32x4.splat(0);
  x += offset;
  dy += offset;
  dx += offset;
  for (let row = count / width; row > 0; row--) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const scale = v128.load(scales + lane);
      const c = f32x4.sub(v128.load(x + lane), v128.load(means + lane));
      const z = multiplyAdd(c, scale, v128.load(betas + lane));
      const dz = slopeOf(v128.load(dy + lane), z, slope, zero);
      const taken = multiplyAdd(c, v128.load(pulls + lane), v128.load(shifts + lane));
      v128.store(dx + lane, f32x4.sub(f32x4.mul(scale, dz), taken));
    }
    x += stride;
    dy += stride;
    dx += stride;
  }
  for (let lane: usize = 0; lane < <usize> (count % width) << 2; lane += 4) {
    const scale = load<f32>(scales + lane), c = load<f32>(x + lane) - load<f32>(means + lane);
    const g = load<f32>(dy + lane);
    const dz = c * scale + load<f32>(betas + lane) > 0 ? g : g * alpha;
    const taken = c * load<f32>(pulls + lane) + load<f32>(shifts + lane);
    store<f32>(dx + lane, scale * dz - taken);
  }
}
