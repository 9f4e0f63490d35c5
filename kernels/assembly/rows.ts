/**
 * Passes over a tensor [..., channels] as rows of `width` floats, a multiple of 4 that is channels or
 * four times channels: what belongs to a channel is then laid out once for every lane of a row. The
 * last row may be cut short. A chunk is `part` floats, a multiple of width.
 */

/** sums[lane] = the lane's sum over the rows of `count` floats at `from`. */
export function sumRows(sums: usize, from: usize, count: i32, width: i32): void {
  const stride = <usize> width << 2;
  memory.fill(sums, 0, stride);
  let rows = count / width;
  for (; rows >= 4; rows -= 4) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      const a = from + lane, b = a + stride, c = b + stride, d = c + stride;
      const low = f32x4.add(v128.load(a), v128.load(b));
      const high = f32x4.add(v128.load(c), v128.load(d));
      v128.store(sums + lane, f32x4.add(v128.load(sums + lane), f32x4.add(low, high)));
    }
    from += 4 * stride;
  }
  for (; rows > 0; rows--) {
    for (let lane: usize = 0; lane < stride; lane += 16) {
      v128.store(sums + lane, f32x4.add(v128.load(sums + lane), v128.load(from + lane)));
    }
    from += stride;
  }
  const rest = <usize> (count % width) << 2;
  for (let lane: usize = 0; lane < rest; lane += 4) {
    store<f32>(sums + lane, load<f32>(sums + lane) + load<f32>(from + lane));
  }
}
