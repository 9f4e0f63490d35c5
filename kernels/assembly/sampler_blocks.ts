/**
 * A 3x3 transposed convolution of stride 2 with 25 products for each block of 2x2 input pixels, where its
 * taps are 36 (Winograd's minimal filtering; sampler/wasm/block_layer.ts has the equations). Its two steps
 * share one description: `spreadBlocks` makes 16 planes of differences, [plane][block][depth], anew for each
 * thread, as it takes less than to read what another has written; and `computeBlocks` multiplies and adds them up to 4x4 output pixels a block, with bias and leaky ReLU.
 */
import { narrowBytes, product, productOfNarrow } from "./sampler_product.ts";

/** Bytes from a step's address. */
const X: usize = 8; // address of the input's first pixel, inside its border
const Y: usize = 12; // address of the output's first pixel
const BLOCKS: usize = 16; // address of the table of blocks: where each starts, in the input and the output
const BLOCKS_PER_IMAGE: usize = 20;
const DEPTH: usize = 24;
const PLANES: usize = 28; // address, 16 planes for each thread
const PLANE_BYTES: usize = 32;
const PANELS: usize = 36;
const FILTER: usize = 40; // address: [panel][row filter][column filter][depth][8]
const BIAS: usize = 44; // address, one number a column
const SLOPE: usize = 48; // f32, 1 without an activation
const GROUP: usize = 52; // panels of an item
const ROWS: usize = 56; // blocks of an item
const IN_ROW: usize = 60; // bytes of an input row
const OUT_ROW: usize = 64; // bytes of an output row
const OUT_PIXEL: usize = 68; // bytes of an output pixel
const SCRATCH: usize = 72; // address, for each thread:
const SCRATCH_BYTES: usize = 76; // nine products of ROWS blocks, then a filter in 32 bits
const NARROW: usize = 80; // whether filters have 16 bits
const WIDE: usize = 84; // where in the scratch memory a filter goes

function word(step: usize, field: usize): usize {
  return <usize> load<u32>(step + field);
}

/** A thread's planes, of `count` images from the one called `image`. */
export function spreadBlocks(thread: i32, step: usize, image: i32, count: i32): void {
  const depth = word(step, DEPTH) << 2, plane = word(step, PLANE_BYTES);
  const row = word(step, IN_ROW), perImage = word(step, BLOCKS_PER_IMAGE);
  const first = <usize> image * perImage;
  const planes = word(step, PLANES) + <usize> thread * (plane << 4);
  for (let block: usize = 0; block < <usize> count * perImage; block++) {
    let x = word(step, X) + <usize> load<u32>(word(step, BLOCKS) + (first + block << 3));
    let to = planes + block * depth;
    for (const end = x + depth; x < end; x += 16, to += 16) {
      // The block's pixels, and those above and to the left of it.
      const above = x - row, below = x + row;
      const a = v128.load(above - depth), b = v128.load(above), c = v128.load(above + depth);
      const d = v128.load(x - depth), e = v128.load(x), f = v128.load(x + depth);
      const g = v128.load(below - depth), h = v128.load(below), i = v128.load(below + depth);
      // Rows: above − this, this, below − this, below. In each, columns: left − middle, middle, right − middle, right.
      let at = to;
      let left = f32x4.sub(a, d), middle = f32x4.sub(b, e), right = f32x4.sub(c, f);
      v128.store(at, f32x4.sub(left, middle)), at += plane;
      v128.store(at, middle), at += plane;
      v128.store(at, f32x4.sub(right, middle)), at += plane;
      v128.store(at, right), at += plane;
      v128.store(at, f32x4.sub(d, e)), at += plane;
      v128.store(at, e), at += plane;
      v128.store(at, f32x4.sub(f, e)), at += plane;
      v128.store(at, f), at += plane;
      left = f32x4.sub(g, d), middle = f32x4.sub(h, e), right = f32x4.sub(i, f);
      v128.store(at, f32x4.sub(left, middle)), at += plane;
      v128.store(at, middle), at += plane;
      v128.store(at, f32x4.sub(right, middle)), at += plane;
      v128.store(at, right), at += plane;
      v128.store(at, f32x4.sub(g, h)), at += plane;
      v128.store(at, h), at += plane;
      v128.store(at, f32x4.sub(i, h)), at += plane;
      v128.store(at, i);
    }
  }
}

/** The outputs of some blocks and panels, of `count` images from the one called `image`. */
export function computeBlocks(item: i32, thread: i32, step: usize, image: i32, count: i32): void {
  const panels = <i32> word(step, PANELS), group = <i32> word(step, GROUP);
  const groups = (panels + group - 1) / group;
  const firstPanel = (item % groups) * group;
  const lastPanel = min(firstPanel + group, panels);
  const blockRows = word(step, ROWS);
  const perImage = word(step, BLOCKS_PER_IMAGE);
  const start = <usize> (item / groups) * blockRows;
  const rows = min(<usize> count * perImage - start, blockRows);
  const first = <usize> image * perImage + start;
  const depth = word(step, DEPTH), plane = word(step, PLANE_BYTES);
  const x = word(step, PLANES) + <usize> thread * (plane << 4) + (start * depth << 2);
  const scratch = word(step, SCRATCH) + <usize> thread * word(step, SCRATCH_BYTES);
  const one = rows << 5; // bytes of a product in the scratch memory
  const table = word(step, BLOCKS) + (first << 3) + 4;
  const outRow = word(step, OUT_ROW), outPixel = word(step, OUT_PIXEL);
  const slope = f32x4.splat(load<f32>(step + SLOPE));
  const narrow = word(step, NARROW) !== 0;
  const wide = scratch + word(step, WIDE);
  const filterBytes = narrow ? narrowBytes(depth) : depth << 5;

  for (let panel = firstPanel; panel < lastPanel; panel++) {
    const filter = word(step, FILTER) + <usize> panel * filterBytes * 16;
    const bias = word(step, BIAS) + (<usize> panel << 5);
    const y = word(step, Y) + (<usize> panel << 5);
    // Even rows and columns: nine products for four outputs.
    for (let row: usize = 0; row < 3; row++) {
      for (let column: usize = 0; column < 3; column++) {
        const p = row * 4 + column;
        multiply(
          x + p * plane,
          rows,
          depth,
          filter + p * filterBytes,
          scratch + (row * 3 + column) * one,
          narrow,
          wide,
        );
      }
    }
    for (let half: usize = 0; half < 32; half += 16) {
      const b = v128.load(bias + half);
      for (let i: usize = 0; i < rows; i++) {
        const at = scratch + (i << 5) + half;
        const m0 = v128.load(at), m1 = v128.load(at + one), m2 = v128.load(at + 2 * one);
        const m3 = v128.load(at + 3 * one), m4 = v128.load(at + 4 * one);
        const m5 = v128.load(at + 5 * one), m6 = v128.load(at + 6 * one);
        const m7 = v128.load(at + 7 * one), m8 = v128.load(at + 8 * one);
        const to = y + half + <usize> load<u32>(table + (i << 3));
        const left = f32x4.add(m0, m3), middle = f32x4.add(f32x4.add(m1, m4), b);
        const right = f32x4.add(m2, m5);
        store(to, f32x4.add(left, middle), slope);
        store(to + 2 * outPixel, f32x4.add(middle, right), slope);
        const below = f32x4.add(f32x4.add(m4, m7), b);
        const next = to + 2 * outRow;
        store(next, f32x4.add(f32x4.add(m3, m6), below), slope);
        store(next + 2 * outPixel, f32x4.add(below, f32x4.add(m5, m8)), slope);
      }
    }
    // Even rows, odd columns: six products for four outputs.
    for (let k: usize = 0; k < 3; k++) {
      const f = filter + (k * 4 + 3) * filterBytes;
      multiply(x + (k * 4 + 1) * plane, rows, depth, f, scratch + 2 * k * one, narrow, wide);
      multiply(x + (k * 4 + 3) * plane, rows, depth, f, scratch + (2 * k + 1) * one, narrow, wide);
    }
    addPairs(rows, one, scratch, bias, slope, table, y + outPixel, 2 * outPixel, 2 * outRow);
    // Odd rows, even columns.
    for (let k: usize = 0; k < 3; k++) {
      const f = filter + (12 + k) * filterBytes;
      multiply(x + (4 + k) * plane, rows, depth, f, scratch + 2 * k * one, narrow, wide);
      multiply(x + (12 + k) * plane, rows, depth, f, scratch + (2 * k + 1) * one, narrow, wide);
    }
    addPairs(rows, one, scratch, bias, slope, table, y + outRow, 2 * outRow, 2 * outPixel);
    // Odd rows and columns: a product for each output.
    const f = filter + 15 * filterBytes;
    multiply(x + 5 * plane, rows, depth, f, scratch, narrow, wide);
    multiply(x + 7 * plane, rows, depth, f, scratch + one, narrow, wide);
    multiply(x + 13 * plane, rows, depth, f, scratch + 2 * one, narrow, wide);
    multiply(x + 15 * plane, rows, depth, f, scratch + 3 * one, narrow, wide);
    for (let half: usize = 0; half < 32; half += 16) {
      const b = v128.load(bias + half);
      for (let i: usize = 0; i < rows; i++) {
        const at = scratch + (i << 5) + half;
        const to = y + half + outRow + outPixel + <usize> load<u32>(table + (i << 3));
        store(to, f32x4.add(v128.load(at), b), slope);
        store(to + 2 * outPixel, f32x4.add(v128.load(at + one), b), slope);
        store(to + 2 * outRow, f32x4.add(v128.load(at + 2 * one), b), slope);
        store(to + 2 * outRow + 2 * outPixel, f32x4.add(v128.load(at + 3 * one), b), slope);
      }
    }
  }
}

function multiply(
  x: usize,
  rows: usize,
  depth: usize,
  filter: usize,
  y: usize,
  narrow: bool,
  wide: usize,
): void {
  if (narrow) productOfNarrow(x, rows, depth, filter, y, wide);
  else product(x, rows, depth, filter, y);
}

/**
 * Outputs of a mixed phase. Products come in pairs, one for each of the block's two pixels along the odd axis (`odd` bytes
 * apart in the output); along the even axis (`even` bytes) three give two.
 */
function addPairs(
  rows: usize,
  one: usize,
  scratch: usize,
  bias: usize,
  slope: v128,
  table: usize,
  y: usize,
  odd: usize,
  even: usize,
): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const b = v128.load(bias + half);
    for (let i: usize = 0; i < rows; i++) {
      const at = scratch + (i << 5) + half;
      const to = y + half + <usize> load<u32>(table + (i << 3));
      const m = f32x4.add(v128.load(at + 2 * one), b), n = f32x4.add(v128.load(at + 3 * one), b);
      store(to, f32x4.add(v128.load(at), m), slope);
      store(to + odd, f32x4.add(v128.load(at + one), n), slope);
      store(to + even, f32x4.add(m, v128.load(at + 4 * one)), slope);
      store(to + even + odd, f32x4.add(n, v128.load(at + 5 * one)), slope);
    }
  }
}

/** Leaky ReLU with a slope of at most 1: then it is a maximum. */
function store(to: usize, x: v128, slope: v128): void {
  v128.store(to, f32x4.max(x, f32x4.mul(x, slope)));
}
