/** Where the pixels under a filter's taps are, and copies of them where they are tiny. */

/**
 * How output pixels (n, a, b), counted over batch · rows · columns, meet source pixels: tap (dh, dw)
 * reads row a · strideHeight + dh and column b · strideWidth + dw of image n, and zeros outside it.
 * The words of such a view, 32 bits each:
 */
const SOURCE: usize = 0; // address of the images [n, height, width, channels]
const HEIGHT: usize = 4;
const WIDTH: usize = 8;
const CHANNELS: usize = 12;
const STRIDE_HEIGHT: usize = 16;
const STRIDE_WIDTH: usize = 20;
const ROWS: usize = 24; // of output pixels
const COLUMNS: usize = 28;
const ZEROS: usize = 32; // address of `channels` zeros
const TAPS: usize = 36;
const TAP_RUN: usize = 40; // so many taps each are neighbours in a row of the source
export const OFFSETS: usize = 44; // (dh, dw) of each tap

/**
 * Writes the address of the pixel under tap `tap` for `count` output pixels from number `first`, as
 * groups of `group` for which `groupStride` bytes of the table are kept: entry i lies at
 * `to + i / group * groupStride + i % group * 4`. The rest of the last group repeats its last entry.
 */
export function locateTap(
  view: usize,
  tap: i32,
  first: i32,
  count: i32,
  to: usize,
  group: i32,
  groupStride: usize,
): void {
  const height = load<i32>(view, HEIGHT), width = load<i32>(view, WIDTH);
  const pixelBytes = load<i32>(view, CHANNELS) << 2;
  const strideHeight = load<i32>(view, STRIDE_HEIGHT), strideWidth = load<i32>(view, STRIDE_WIDTH);
  const rows = load<i32>(view, ROWS), columns = load<i32>(view, COLUMNS);
  const zeros: usize = load<usize>(view, ZEROS);
  const offset = view + OFFSETS + (<usize> tap << 3);
  const dh = load<i32>(offset), dw = load<i32>(offset, 4);
  let b = first % columns, a = first / columns % rows, n = first / columns / rows;
  let address = zeros;
  let inGroup = 0;
  let at = to;
  while (count > 0) {
    const h = a * strideHeight + dh;
    const line = load<usize>(view, SOURCE) + <usize> ((n * height + h) * width) * pixelBytes;
    const inside = <u32> h < <u32> height;
    for (; b < columns && count > 0; b++, count--) {
      const w = b * strideWidth + dw;
      address = inside && <u32> w < <u32> width ? line + <usize> (w * pixelBytes) : zeros;
      store<usize>(at, address);
      at += 4;
      if (++inGroup === group) {
        inGroup = 0;
        to += groupStride;
        at = to;
      }
    }
    b = 0;
    if (++a === rows) {
      a = 0;
      n++;
    }
  }
  if (inGroup > 0) {
    for (; inGroup < group; inGroup++) {
      store<usize>(at, address);
      at += 4;
    }
  }
}

/**
 * Copies the patches of `count` output pixels from number `first`, each as [taps][channels], one
 * after the other. For images of so few channels that a tap is too short to be gathered.
 */
export function copyPatches(view: usize, first: i32, count: i32, to: usize): void {
  const height = load<i32>(view, HEIGHT), width = load<i32>(view, WIDTH);
  const channels = load<i32>(view, CHANNELS);
  const rows = load<i32>(view, ROWS), columns = load<i32>(view, COLUMNS);
  const taps = load<i32>(view, TAPS), run = load<i32>(view, TAP_RUN);
  const patchBytes = <usize> (taps * channels) << 2, runBytes = <usize> (run * channels) << 2;
  const step = load<i32>(view, STRIDE_WIDTH);
  let b = first % columns, a = first / columns % rows, n = first / columns / rows;
  while (count > 0) {
    const some = min(count, columns - b);
    const top = a * load<i32>(view, STRIDE_HEIGHT);
    let offset = view + OFFSETS, at = to;
    for (let tap = 0; tap < taps; tap += run) {
      const h = top + load<i32>(offset), w = b * step + load<i32>(offset, 4);
      if (<u32> h < <u32> height) {
        const line = load<usize>(view, SOURCE) +
          (<usize> ((n * height + h) * width * channels) << 2);
        copyRuns(line, w, step, width, channels, run, some, at, patchBytes);
      } else {
        for (let i = 0; i < some; i++) memory.fill(at + <usize> i * patchBytes, 0, runBytes);
      }
      offset += <usize> run << 3;
      at += runBytes;
    }
    to += <usize> some * patchBytes;
    count -= some;
    b = 0;
    if (++a === rows) {
      a = 0;
      n++;
    }
  }
}

/** Copies `run` neighbouring pixels from column w, w + step, … of a line, `count` times. */
function copyRuns(
  line: usize,
  w: i32,
  step: i32,
  width: i32,
  channels: i32,
  run: i32,
  count: i32,
  to: usize,
  toStride: usize,
): void {
  const floats = run * channels;
  const stride = <usize> (step * channels) << 2;
  while (count > 0) {
    if (w >= 0 && w + run <= width) {
      // All that lie inside the line, without looking again.
      const inside = min(count, (width - run - w) / step + 1);
      copyInside(line + (<usize> (w * channels) << 2), stride, floats, inside, to, toStride);
      to += <usize> inside * toStride;
      w += inside * step;
      count -= inside;
    } else {
      let at = to;
      for (let i = w; i < w + run; i++) {
        const from = line + (<usize> (i * channels) << 2);
        for (let c: usize = 0; c < <usize> channels; c++) {
          store<f32>(at, <u32> i < <u32> width ? load<f32>(from + (c << 2)) : 0);
          at += 4;
        }
      }
      to += toStride;
      w += step;
      count--;
    }
  }
}

/** Copies `floats` numbers, `count` times; three and nine are 3x3 taps of one and three channels. */
function copyInside(
  from: usize,
  stride: usize,
  floats: i32,
  count: i32,
  to: usize,
  toStride: usize,
): void {
  if (floats === 3) {
    for (; count > 0; count--) {
      store<f64>(to, load<f64>(from));
      store<f32>(to, load<f32>(from, 8), 8);
      from += stride;
      to += toStride;
    }
    return;
  }
  if (floats === 9) {
    for (; count > 0; count--) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      store<f32>(to, load<f32>(from, 32), 32);
      from += stride;
      to += toStride;
    }
    return;
  }
  for (; count > 0; count--) {
    for (let i: usize = 0; i < <usize> floats; i++) {
      store<f32>(to + (i << 2), load<f32>(from + (i << 2)));
    }
    from += stride;
    to += toStride;
  }
}
