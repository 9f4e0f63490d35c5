/**
 * The packed matrix product: C[rows, columns] (+)= A[rows, depth] · B[depth, columns].
 *
 * A is packed in panels of 6 rows, [depth][6], and B in panels of 8 columns, [depth][8], both
 * padded with zeros, so that the micro-kernel reads two streams from start to end. Its tile of C is
 * twelve vectors; with two of B and one of A that is all the registers an x86-64 engine has.
 */
import { multiplyAdd } from "./arithmetic.ts";

/** Rows and columns of C that the micro-kernel computes at once. */
export const TILE_ROWS: i32 = 6;
export const TILE_COLUMNS: i32 = 8;
/** A tile in bytes: what `tileEdge` needs as scratch. */
export const TILE_BYTES: usize = 192;

/**
 * The micro-kernel: a whole tile of C, whose rows start `cStride` bytes apart, from a panel of A
 * and one of B. Adds to what C holds if `accumulate`.
 */
export function tile(
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  cStride: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  let c50 = c00, c51 = c00;
  let at = c;
  if (accumulate) {
    c00 = v128.load(at), c01 = v128.load(at, 16), at += cStride;
    c10 = v128.load(at), c11 = v128.load(at, 16), at += cStride;
    c20 = v128.load(at), c21 = v128.load(at, 16), at += cStride;
    c30 = v128.load(at), c31 = v128.load(at, 16), at += cStride;
    c40 = v128.load(at), c41 = v128.load(at, 16), at += cStride;
    c50 = v128.load(at), c51 = v128.load(at, 16), at = c;
  }
  // Single steps of the address, and no offsets: where an engine checks bounds, all accesses without
  // an offset share half of their check.
  for (let k = depth; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += 32;
    let x = v128.load_splat<f32>(a);
    a += 4;
    c00 = multiplyAdd(x, b0, c00), c01 = multiplyAdd(x, b1, c01);
    x = v128.load_splat<f32>(a);
    a += 4;
    c10 = multiplyAdd(x, b0, c10), c11 = multiplyAdd(x, b1, c11);
    x = v128.load_splat<f32>(a);
    a += 4;
    c20 = multiplyAdd(x, b0, c20), c21 = multiplyAdd(x, b1, c21);
    x = v128.load_splat<f32>(a);
    a += 4;
    c30 = multiplyAdd(x, b0, c30), c31 = multiplyAdd(x, b1, c31);
    x = v128.load_splat<f32>(a);
    a += 4;
    c40 = multiplyAdd(x, b0, c40), c41 = multiplyAdd(x, b1, c41);
    x = v128.load_splat<f32>(a);
    a += 4;
    c50 = multiplyAdd(x, b0, c50), c51 = multiplyAdd(x, b1, c51);
  }
  v128.store(at, c00), v128.store(at, c01, 16), at += cStride;
  v128.store(at, c10), v128.store(at, c11, 16), at += cStride;
  v128.store(at, c20), v128.store(at, c21, 16), at += cStride;
  v128.store(at, c30), v128.store(at, c31, 16), at += cStride;
  v128.store(at, c40), v128.store(at, c41, 16), at += cStride;
  v128.store(at, c50), v128.store(at, c51, 16);
}

/** As `tile`, for the `rows` x `columns` corner of a tile that lies across the edge of C. */
export function tileEdge(
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  cStride: usize,
  accumulate: bool,
  rows: i32,
  columns: i32,
  scratch: usize,
): void {
  tile(a, b, depth, scratch, 32, false);
  for (let row = 0; row < rows; row++) {
    const from = scratch + (<usize> row << 5), to = c + <usize> row * cStride;
    for (let column: usize = 0; column < <usize> columns; column++) {
      const at = to + (column << 2);
      const sum = load<f32>(from + (column << 2));
      store<f32>(at, accumulate ? load<f32>(at) + sum : sum);
    }
  }
}

/**
 * Every tile of C[rows, columns] from packed panels of `depth`, those of B `bPanel` bytes apart. A
 * panel of B stays in the first-level cache while those of A, which the second level should hold,
 * pass by.
 */
export function multiplyPanels(
  a: usize,
  b: usize,
  bPanel: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  c: usize,
  cStride: usize,
  accumulate: bool,
  scratch: usize,
): void {
  const aPanel = <usize> (depth * TILE_ROWS) << 2;
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    let panel = a;
    let to = c + (<usize> column << 2);
    const width = min(TILE_COLUMNS, columns - column);
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const height = min(TILE_ROWS, rows - row);
      if (width === TILE_COLUMNS && height === TILE_ROWS) {
        tile(panel, b, depth, to, cStride, accumulate);
      } else {
        tileEdge(panel, b, depth, to, cStride, accumulate, height, width, scratch);
      }
      panel += aPanel;
      to += <usize> TILE_ROWS * cStride;
    }
    b += bPanel;
  }
}
