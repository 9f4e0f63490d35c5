/** Batch norm + leaky ReLU, forward and backward, over rows (rows.ts). */
import { multiplyAdd } from "./arithmetic.ts";
import { sumRows } from "./rows.ts";

/**
 * Of each lane in this chunk: sums, mean, and sum of squared differences from that mean, three rows
 * of `width` at `out + 3 · chunk` rows. The second pass finds the chunk in the cache.
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
  const count = min(part, size - chunk * part), rows = count / width, rest = count % width;
  const sums = out + 3 * <usize> chunk * stride, means = sums + stride, squares = means + stride;
  let from = x + (<usize> (chunk * part) << 2);
  sumRows(sums, from, count, width);
  for (let lane = 0; lane < width; lane++) {
    const at = <usize> lane << 2;
    const seen = rows + (lane < rest ? 1 : 0);
    store<f32>(means + at, load<f32>(sums + at) / <f32> max(seen, 1));
  }
  memory.fill(squares, 0, stride);
  for (let row = 0; row < rows; row++) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const d = f32x4.sub(v128.load(from + lane), v128.load(means + lane));
      v128.store(squares + lane, multiplyAdd(d, d, v128.load(squares + lane)));
    }
    from += stride;
  }
  for (let lane: usize = 0; lane < <usize> rest << 2; lane += 4) {
    const d = load<f32>(from + lane) - load<f32>(means + lane);
    store<f32>(squares + lane, load<f32>(squares + lane) + d * d);
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
  for (let row = count / width; row > 0; row--) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const c = f32x4.sub(v128.load(x + lane), v128.load(means + lane));
      const z = multiplyAdd(c, v128.load(scales + lane), v128.load(betas + lane));
      v128.store(y + lane, f32x4.pmax(z, f32x4.mul(z, slope)));
    }
    x += stride;
    y += stride;
  }
  for (let lane: usize = 0; lane < <usize> (count % width) << 2; lane += 4) {
    const c = load<f32>(x + lane) - load<f32>(means + lane);
    const z = c * load<f32>(scales + lane) + load<f32>(betas + lane);
    store<f32>(y + lane, z > 0 ? z : z * alpha);
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
  for (; rows >= 2; rows -= 2) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const mean = v128.load(means + lane), scale = v128.load(scales + lane);
      const beta = v128.load(betas + lane);
      const at = x + lane, from = dy + lane;
      const c0 = f32x4.sub(v128.load(at), mean), c1 = f32x4.sub(v128.load(at + stride), mean);
      const g0 = v128.load(from), g1 = v128.load(from + stride);
      const above0 = f32x4.gt(multiplyAdd(c0, scale, beta), zero);
      const above1 = f32x4.gt(multiplyAdd(c1, scale, beta), zero);
      const dz0 = v128.bitselect(g0, f32x4.mul(g0, slope), above0);
      const dz1 = v128.bitselect(g1, f32x4.mul(g1, slope), above1);
      v128.store(sums + lane, f32x4.add(v128.load(sums + lane), f32x4.add(dz0, dz1)));
      const both = multiplyAdd(dz1, c1, f32x4.mul(dz0, c0));
      v128.store(products + lane, f32x4.add(v128.load(products + lane), both));
    }
    x += 2 * stride;
    dy += 2 * stride;
  }
  const left = <usize> (rows * width + count % width) << 2;
  for (let at: usize = 0; at < left; at += 4) {
    const lane = at < stride ? at : at - stride;
    const c = load<f32>(x + at) - load<f32>(means + lane);
    const z = c * load<f32>(scales + lane) + load<f32>(betas + lane);
    const g = load<f32>(dy + at), dz = z > 0 ? g : g * alpha;
    store<f32>(sums + lane, load<f32>(sums + lane) + dz);
    store<f32>(products + lane, load<f32>(products + lane) + dz * c);
  }
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
      const above = f32x4.gt(multiplyAdd(c, scale, v128.load(betas + lane)), zero);
      const g = v128.load(dy + lane);
      const dz = v128.bitselect(g, f32x4.mul(g, slope), above);
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
