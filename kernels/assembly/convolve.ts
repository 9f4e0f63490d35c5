/**
 * Convolution, and its gradient with respect to its input, which is also the transposed
 * convolution: both are, for each phase of the output's pixels, a product of gathered patches by a
 * packed filter (gather.ts). A convolution has one phase; stride s gives its input gradient s² of
 * them, each with the taps that reach it and no other.
 */
import { EDGE_BYTES, GATHERED_ROWS, gatherEdge, gatherTile } from "./gather.ts";
import { gatherNarrow } from "./narrow.ts";
import { packColumns } from "./pack.ts";
import { copyPatches, locateTap } from "./patches.ts";

/** The words of a phase's plan, 32 bits each; its view (patches.ts) follows. */
const FIRST_CHUNK: usize = 0;
const BLOCK_PIXELS: usize = 4; // output pixels of a chunk, a multiple of 6
const PIXELS: usize = 8; // output pixels of the phase: batch · rows · columns
const OUTPUT: usize = 12; // address of the phase's first pixel
const OUTPUT_COLUMNS: usize = 16; // channels of the output
const ROW_BYTES: usize = 20; // from one of the phase's rows to the next, in the output
const PIXEL_BYTES: usize = 24; // from one of the phase's pixels to the next
const IMAGE_BYTES: usize = 28;
const PACKED: usize = 32; // address of the packed filter
const GATHERED_TAPS: usize = 36; // 1 where patches are copied
const GATHERED_CHANNELS: usize = 40; // a patch's length where patches are copied
const TAPS_AT_ONCE: usize = 44;
const COPIES: usize = 48; // whether patches are copied
const PHASE_ROWS: usize = 52;
const PHASE_COLUMNS: usize = 56;
const FILTERS: usize = 60; // address of the taps' filters where they are used as they lie, or 0
const VIEW: usize = 64;

/** Computes block `chunk` of the output; the plans of `phases` phases lie `planBytes` apart. */
export function convolve(
  chunk: i32,
  thread: i32,
  plan: usize,
  phases: i32,
  planBytes: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  for (; phases > 1 && chunk >= load<i32>(plan + planBytes, FIRST_CHUNK); phases--) {
    plan += planBytes;
  }
  const block = load<i32>(plan, BLOCK_PIXELS);
  const first = (chunk - load<i32>(plan, FIRST_CHUNK)) * block;
  const count = min(block, load<i32>(plan, PIXELS) - first);
  const groups = (count + GATHERED_ROWS - 1) / GATHERED_ROWS;
  const taps = load<i32>(plan, GATHERED_TAPS), channels = load<i32>(plan, GATHERED_CHANNELS);
  const columns = load<i32>(plan, OUTPUT_COLUMNS);

  // The thread's scratch: an edge, a row that takes what lies behind the last pixel, addresses.
  const edge = scratch + <usize> thread * scratchBytes;
  const dump = edge + EDGE_BYTES;
  const targets = dump + (<usize> ((columns + 15) & ~7) << 2);
  const table = targets + <usize> groups * 24;
  const patches = table + <usize> (groups * taps) * 24;
  locateOutput(plan, first, count, targets, dump);
  if (load<i32>(plan, COPIES)) {
    const patchBytes = <usize> channels << 2;
    copyPatches(plan + VIEW, first, count, patches);
    for (let i = 0; i < groups * GATHERED_ROWS; i++) {
      store<usize>(table + (<usize> i << 2), patches + <usize> min(i, count - 1) * patchBytes);
    }
  } else {
    for (let tap = 0; tap < taps; tap++) {
      const to = table + <usize> tap * 24;
      locateTap(plan + VIEW, tap, first, count, to, GATHERED_ROWS, <usize> taps * 24);
    }
  }

  const filters = load<usize>(plan, FILTERS);
  if (filters) {
    for (let group = 0; group < groups; group++) {
      const from = table + <usize> (group * taps) * 24;
      gatherNarrow(from, taps, channels, filters, targets + <usize> group * 24, columns);
    }
    return;
  }
  const some = load<i32>(plan, TAPS_AT_ONCE);
  const panelBytes = <usize> (taps * channels) << 5;
  let tap = 0;
  do {
    let panel = load<usize>(plan, PACKED) + (<usize> (tap * channels) << 5);
    const now = min(some, taps - tap);
    for (let column = 0; column < columns; column += 8) {
      const left = columns - column, at = <usize> column << 2;
      let from = table + <usize> tap * 24, to = targets;
      for (let group = 0; group < groups; group++) {
        if (left >= 8) gatherTile(from, now, channels, panel, to, at, tap > 0);
        else gatherEdge(from, now, channels, panel, to, at, tap > 0, left, edge);
        from += <usize> taps * 24;
        to += 24;
      }
      panel += panelBytes;
    }
    tap += now;
  } while (tap < taps);
}

/** The addresses of `count` output pixels from number `first`; `dump` fills the last six up. */
function locateOutput(plan: usize, first: i32, count: i32, to: usize, dump: usize): void {
  const rows = load<i32>(plan, PHASE_ROWS), columns = load<i32>(plan, PHASE_COLUMNS);
  const output: usize = load<usize>(plan, OUTPUT),
    pixelBytes: usize = load<usize>(plan, PIXEL_BYTES);
  let b = first % columns, a = first / columns % rows, n = first / columns / rows;
  const end = to + (<usize> count << 2);
  while (to < end) {
    let at = output + <usize> n * load<usize>(plan, IMAGE_BYTES) +
      <usize> a * load<usize>(plan, ROW_BYTES) + <usize> b * pixelBytes;
    for (; b < columns && to < end; b++) {
      store<usize>(to, at);
      at += pixelBytes;
      to += 4;
    }
    b = 0;
    if (++a === rows) {
      a = 0;
      n++;
    }
  }
  for (; count % GATHERED_ROWS > 0; count++) {
    store<usize>(to, dump);
    to += 4;
  }
}

/** A tap to pack: where to, how far its panels lie apart there, and where from. */
const TAP_TO: usize = 0;
const TAP_PANEL_BYTES: usize = 4;
const TAP_FROM: usize = 8;
const TAP_WORDS_BYTES: usize = 12;

/**
 * Packs `count` taps in units of `width` columns (a multiple of 8), `each` units a chunk; units count
 * the columns' ranges of the first tap, then those of the next. Depth k of a column lies at
 * `from + column · columnStride + k · depthStride`.
 */
export function packTaps(
  chunk: i32,
  _thread: i32,
  taps: usize,
  count: i32,
  columns: i32,
  depth: i32,
  columnStride: usize,
  depthStride: usize,
  width: i32,
  each: i32,
): void {
  const ranges = (columns + width - 1) / width;
  const end = min(count * ranges, (chunk + 1) * each);
  for (let unit = chunk * each; unit < end; unit++) {
    const tap = taps + <usize> (unit / ranges) * TAP_WORDS_BYTES, first = unit % ranges * width;
    const panelBytes = load<usize>(tap, TAP_PANEL_BYTES);
    packColumns(
      load<usize>(tap, TAP_TO) + <usize> (first >> 3) * panelBytes,
      panelBytes,
      load<usize>(tap, TAP_FROM) + <usize> first * columnStride,
      min(width, columns - first),
      depth,
      columnStride,
      depthStride,
    );
  }
}
