/**
 * Gradient of a convolution with respect to its filter: a matrix product over the output's pixels,
 *
 *   dFilter[(tap, channel), column] = Σ over pixels of patch[pixel][(tap, channel)] · dy[pixel, column]
 *
 * whose left operand is packed straight from the image. Each chunk sums a block of rows over a range
 * of pixels; `sumParts` adds the ranges up, in their order.
 */
import { tile, TILE_BYTES, tileEdge } from "./gemm.ts";
import { packColumns } from "./pack.ts";
import { copyPatches, locateTap } from "./patches.ts";

/** Pixels summed in one pass of the micro-kernel. */
const BLOCK_PIXELS: i32 = 512;

/**
 * `rows` = taps · channels of the view (patches.ts), `blockRows` of them a chunk; `pixels` in ranges
 * of `rangePixels`, a multiple of `BLOCK_PIXELS`. Range i is summed to `to + i · rows · columns · 4`.
 * Where `copies`, patches are copied first, and `channels` is a patch's length.
 * A thread's scratch holds a tile, a panel of dy, `blockRows` rows of patches, the addresses of
 * `BLOCK_PIXELS` pixels for as many taps as a block may touch, and copied patches.
 */
export function filterGradient(
  chunk: i32,
  thread: i32,
  view: usize,
  channels: i32,
  rows: i32,
  blockRows: i32,
  dy: usize,
  columns: i32,
  pixels: i32,
  rangePixels: i32,
  copies: i32,
  to: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  const blocks = (rows + blockRows - 1) / blockRows;
  const range = chunk / blocks, row = chunk % blocks * blockRows;
  const height = min(blockRows, rows - row);
  const end = min(pixels, (range + 1) * rangePixels);
  const cStride = <usize> columns << 2;
  const target = to + <usize> (range * rows + row) * cStride;
  const firstTap = row / channels, lastTap = (row + height - 1) / channels;

  const edge = scratch + <usize> thread * scratchBytes;
  const right = edge + TILE_BYTES;
  const left = right + (BLOCK_PIXELS << 5);
  const tables = left + <usize> (blockRows * BLOCK_PIXELS << 2);
  const patches = tables + <usize> ((lastTap - firstTap + 1) * BLOCK_PIXELS << 2);

  for (let first = range * rangePixels; first < end; first += BLOCK_PIXELS) {
    const count = min(BLOCK_PIXELS, end - first);
    const accumulate = first > range * rangePixels;
    if (copies) {
      copyPatches(view, first, count, patches);
      for (let i = 0; i < count; i++) {
        store<usize>(tables + (<usize> i << 2), patches + <usize> (i * channels << 2));
      }
    } else {
      for (let tap = firstTap; tap <= lastTap; tap++) {
        const table = tables + <usize> ((tap - firstTap) * BLOCK_PIXELS << 2);
        locateTap(view, tap, first, count, table, count, 0);
      }
    }
    const panelBytes = <usize> (count * 24);
    for (let i = 0; i < height; i += 6) {
      const panel = left + <usize> (i / 6) * panelBytes;
      packPatches(
        panel,
        tables,
        row + i - firstTap * channels,
        min(6, height - i),
        channels,
        count,
      );
    }
    const from = dy + <usize> first * cStride;
    for (let column = 0; column < columns; column += 8) {
      const width = min(8, columns - column);
      packColumns(right, 0, from + (<usize> column << 2), width, count, 4, cStride);
      let panel = left;
      let at = target + (<usize> column << 2);
      for (let i = 0; i < height; i += 6) {
        const tall = min(6, height - i);
        if (width === 8 && tall === 6) tile(panel, right, count, at, cStride, accumulate);
        else tileEdge(panel, right, count, at, cStride, accumulate, tall, width, edge);
        panel += panelBytes;
        at += 6 * cStride;
      }
    }
  }
}

/** Packs up to six rows from `row`, counted from the first tap of `tables`, to [count][6]. */
function packPatches(
  to: usize,
  tables: usize,
  row: i32,
  rows: i32,
  channels: i32,
  count: i32,
): void {
  const tap = row / channels, channel = row % channels;
  const table = tables + <usize> (tap * BLOCK_PIXELS << 2);
  const end = table + <usize> (count << 2);
  if (rows === 6 && channel + 6 <= channels) {
    const skip = <usize> channel << 2;
    for (let entry = table; entry < end; entry += 4) {
      const from = load<usize>(entry) + skip;
      v128.store(to, v128.load(from));
      store<f64>(to, load<f64>(from, 16), 16);
      to += 24;
    }
    return;
  }
  if (rows === 6 && (channels & 1) === 0) {
    // Across two taps, and a pair of rows lies within one.
    packPair(to, tables, row, channels, count);
    packPair(to + 8, tables, row + 2, channels, count);
    packPair(to + 16, tables, row + 4, channels, count);
    return;
  }
  if (rows < 6) memory.fill(to, 0, <usize> (count * 24));
  for (let i = 0; i < rows; i++) packRow(to + (<usize> i << 2), tables, row + i, channels, count);
}

/** Packs one row. */
function packRow(to: usize, tables: usize, row: i32, channels: i32, count: i32): void {
  const skip = <usize> (row % channels) << 2;
  let entry = tables + <usize> (row / channels * BLOCK_PIXELS << 2);
  const end = entry + <usize> (count << 2);
  while (entry < end) {
    store<f32>(to, load<f32>(load<usize>(entry) + skip));
    entry += 4;
    to += 24;
  }
}

/** Packs two rows of one tap. */
function packPair(to: usize, tables: usize, row: i32, channels: i32, count: i32): void {
  const skip = <usize> (row % channels) << 2;
  let entry = tables + <usize> (row / channels * BLOCK_PIXELS << 2);
  const end = entry + <usize> (count << 2);
  while (entry < end) {
    store<f64>(to, load<f64>(load<usize>(entry) + skip));
    entry += 4;
    to += 24;
  }
}

/** Numbers of `sumParts` that one chunk adds up. */
const SUM_CHUNK: i32 = 16384;

/** to[i] = Σ over `parts` of from[part · size + i], for i in range `chunk` of 16,384. */
export function sumParts(
  chunk: i32,
  _thread: i32,
  from: usize,
  parts: i32,
  size: i32,
  to: usize,
): void {
  const first = chunk * SUM_CHUNK, count = min(SUM_CHUNK, size - first);
  const partBytes = <usize> size << 2;
  let at = from + (<usize> first << 2), target = to + (<usize> first << 2);
  let left = count;
  for (; left >= 4; left -= 4) {
    let sum = v128.load(at);
    let next = at;
    for (let part = 1; part < parts; part++) {
      next += partBytes;
      sum = f32x4.add(sum, v128.load(next));
    }
    v128.store(target, sum);
    at += 16;
    target += 16;
  }
  for (; left > 0; left--) {
    let sum = load<f32>(at);
    let next = at;
    for (let part = 1; part < parts; part++) {
      next += partBytes;
      sum += load<f32>(next);
    }
    store<f32>(target, sum);
    at += 4;
    target += 4;
  }
}
