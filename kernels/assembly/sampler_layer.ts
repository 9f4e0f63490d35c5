/**
 * A linear layer with bias and leaky ReLU. It is described by words in memory that the plan's loader
 * writes (sampler/wasm/program.ts knows the same order), and falls into items that threads may
 * compute in any order.
 */
import { tile3x12 } from "./sampler_colour.ts";
import { tile1x32 } from "./sampler_dense.ts";
import { tile4x4, tile4x8, tile6x8 } from "./sampler_tile.ts";

import { touch } from "./sampler_touch.ts";

/** Bytes from a step's address. */
const X: usize = 8; // address of the input
const Y: usize = 12; // address of the output
const PIXELS: usize = 16; // address of the table of pixels, whose output is of phase 0
const PIXELS_PER_IMAGE: usize = 20;
const DEPTH: usize = 24; // of one tap
const WIDTH: usize = 28; // columns of a panel: 4, 8 or 12
const PANELS: usize = 32;
const COLUMNS: usize = 36; // address of each panel's output offset
const BIAS: usize = 40; // address, one number a column
const SLOPE: usize = 44; // f32, 1 without an activation
const PHASES: usize = 48;
const PHASE_TABLE: usize = 52; // address
const GROUP: usize = 56; // panels of an item
const ROWS: usize = 60; // pixels of an item

/** A phase: bytes from its address. */
const PHASE_BYTES: usize = 20;
const FILTERS: usize = 0; // how many
const TAP_TABLE: usize = 4; // address of their taps' offsets
const FILTER: usize = 8; // address
const PHASE_OUTPUT: usize = 12; // offset of its outputs
const PAIRS: usize = 16; // the first of them, which have two taps each

function word(step: usize, field: usize): i32 {
  return load<i32>(step + field);
}

function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/**
 * Where a tile of so many bytes of the table begins that none of its pixels is behind the call's, which are from `first` up
 * to `end`: what follows are images that another thread may have in hand. So it computes some pixels once more. A call
 * of fewer pixels than a tile's does go on behind its end; it is in no list, and what it spoils is yet to be computed.
 */
function within(at: usize, bytes: usize, first: usize, end: usize): usize {
  return max(first, min(at, end - bytes));
}

/** Computes the pixels and panels of one phase that `item` counts, of `count` images from the one called `image`. */
export function computeLayer(item: i32, _thread: i32, step: usize, image: i32, count: i32): void {
  const panels = word(step, PANELS), group = word(step, GROUP);
  const groups = ceilDivide(panels, group), phases = word(step, PHASES);
  const firstPanel = (item % groups) * group;
  item /= groups;
  const phase = <usize> word(step, PHASE_TABLE) + <usize> (item % phases) * PHASE_BYTES;
  const blockRows = word(step, ROWS);
  const start = (item / phases) * blockRows;
  const rows = min(count * word(step, PIXELS_PER_IMAGE) - start, blockRows);
  const row = image * word(step, PIXELS_PER_IMAGE) + start;
  const lastPanel = min(firstPanel + group, panels);

  const width = word(step, WIDTH), depth = word(step, DEPTH);
  const filters = word(phase, FILTERS), pairs = word(phase, PAIRS);
  const taps = <usize> word(phase, TAP_TABLE);
  const panelBytes = <usize> (filters * depth * width) << 2;
  let filter = <usize> word(phase, FILTER) + <usize> firstPanel * panelBytes;
  let bias = <usize> word(step, BIAS) + (<usize> (firstPanel * width) << 2);
  let columns = <usize> word(step, COLUMNS) + (<usize> firstPanel << 2);
  const x = <usize> word(step, X);
  const y = <usize> word(step, Y) + <usize> word(phase, PHASE_OUTPUT);
  const slope = load<f32>(step + SLOPE);
  const table = <usize> word(step, PIXELS) + (<usize> row << 3);
  const first = table - (<usize> start << 3), end = table + (<usize> rows << 3);

  let panel = firstPanel;
  if (rows === 1 && width === 8 && filters === 1) {
    const pixel = x + <usize> load<u32>(table);
    const to = y + <usize> load<u32>(table, 4);
    for (; panel + 4 <= lastPanel; panel += 4) {
      touch(filter, panelBytes << 2, to + <usize> load<u32>(columns));
      tile1x32(pixel, depth, filter, panelBytes, bias, slope, to, columns);
      filter += panelBytes << 2, bias += 128, columns += 16;
    }
  }
  for (; panel < lastPanel; panel++) {
    const to = y + <usize> load<u32>(columns);
    let at = table;
    if (width === 8) {
      for (; at + 32 < end; at += 48) {
        tile6x8(within(at, 48, first, end), x, to, taps, filters, depth, filter, bias, slope);
      }
      if (at < end) {
        tile4x8(within(at, 32, first, end), x, to, taps, filters, depth, filter, bias, slope);
      }
    } else if (width === 12) {
      for (; at < end; at += 24) {
        const from = within(at, 24, first, end);
        tile3x12(from, x, to, taps, pairs, filters, depth, filter, bias, slope);
      }
    } else {
      for (; at < end; at += 32) {
        tile4x4(within(at, 32, first, end), x, to, taps, filters, depth, filter, bias, slope);
      }
    }
    filter += panelBytes, bias += <usize> width << 2, columns += 4;
  }
}
