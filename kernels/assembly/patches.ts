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
 * Copies the patches of `count` output pixels from number `first`, each as [taps][channels] and
 * zeros up to `patchBytes`. For images of so few channels
 * that a tap is too short to be gathered.
 */
export function copyPatches(
  view: usize,
  first: i32,
  count: i32,
  to: usize,
  patchBytes: usize,
): void {
  const source: usize = load<usize>(view, SOURCE);
  const height = load<i32>(view, HEIGHT), width = load<i32>(view, WIDTH);
  const channels = load<i32>(view, CHANNELS), pixelBytes = channels << 2;
  const strideHeight = load<i32>(view, STRIDE_HEIGHT), strideWidth = load<i32>(view, STRIDE_WIDTH);
  const rows = load<i32>(view, ROWS), columns = load<i32>(view, COLUMNS);
  const taps = load<i32>(view, TAPS), run = load<i32>(view, TAP_RUN);
  const offsets = view + OFFSETS;
  const runFloats = run * channels;
  let b = first % columns, a = first / columns % rows, n = first / columns / rows;
  for (; count > 0; count--) {
    let at = to;
    for (let tap = 0; tap < taps; tap += run) {
      const offset = offsets + (<usize> tap << 3);
      const h = a * strideHeight + load<i32>(offset);
      const w = b * strideWidth + load<i32>(offset, 4);
      if (<u32> h >= <u32> height) {
        for (let i = 0; i < runFloats; i++) {
          store<f32>(at, 0);
          at += 4;
        }
      } else {
        const line = source + <usize> ((n * height + h) * width) * pixelBytes;
        if (w >= 0 && w + run <= width) {
          let from = line + <usize> w * pixelBytes;
          let left = runFloats;
          for (; left >= 4; left -= 4) {
            v128.store(at, v128.load(from));
            from += 16;
            at += 16;
          }
          for (; left > 0; left--) {
            store<f32>(at, load<f32>(from));
            from += 4;
            at += 4;
          }
        } else {
          for (let i = 0; i < run; i++) {
            const inside = <u32> (w + i) < <u32> width;
            const from = line + <usize> (w + i) * pixelBytes;
            for (let c: usize = 0; c < <usize> pixelBytes; c += 4) {
              store<f32>(at, inside ? load<f32>(from + c) : 0);
              at += 4;
            }
          }
        }
      }
    }
    to += patchBytes;
    for (; at < to; at += 4) store<f32>(at, 0);
    if (++b === columns) {
      b = 0;
      if (++a === rows) {
        a = 0;
        n++;
      }
    }
  }
}
