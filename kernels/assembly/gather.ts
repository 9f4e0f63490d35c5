/**
 * The product whose left rows lie anywhere: C[row] (+)= Σ over taps of A[row, tap] · B[tap], where
 * A[row, tap] is a run of `channels` numbers at an address of a table. A convolution's patches are
 * such rows, so none of them is ever copied. B is packed as in gemm.ts.
 */
import { multiplyAdd } from "./arithmetic.ts";

/** Rows of a tile: a table holds six addresses for each tap. */
export const GATHERED_ROWS: i32 = 6;

/**
 * Six rows and eight columns. `table` holds [taps][6] addresses; `to` holds six addresses of rows of
 * C, of which `column` bytes are skipped. Adds to what C holds if `accumulate`.
 */
export function gatherTile(
  table: usize,
  taps: i32,
  channels: i32,
  b: usize,
  to: usize,
  column: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  let c50 = c00, c51 = c00;
  if (accumulate) {
    let at = load<usize>(to) + column;
    c00 = v128.load(at), c01 = v128.load(at, 16), at = load<usize>(to, 4) + column;
    c10 = v128.load(at), c11 = v128.load(at, 16), at = load<usize>(to, 8) + column;
    c20 = v128.load(at), c21 = v128.load(at, 16), at = load<usize>(to, 12) + column;
    c30 = v128.load(at), c31 = v128.load(at, 16), at = load<usize>(to, 16) + column;
    c40 = v128.load(at), c41 = v128.load(at, 16), at = load<usize>(to, 20) + column;
    c50 = v128.load(at), c51 = v128.load(at, 16);
  }
  for (let tap = 0; tap < taps; tap++) {
    let a0: usize = load<usize>(table), a1: usize = load<usize>(table, 4);
    let a2: usize = load<usize>(table, 8), a3: usize = load<usize>(table, 12);
    let a4: usize = load<usize>(table, 16), a5: usize = load<usize>(table, 20);
    table += 24;
    for (let k = channels >> 2; k > 0; k--) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      let x = v128.load_splat<f32>(a0);
      c00 = multiplyAdd(x, b0, c00), c01 = multiplyAdd(x, b1, c01);
      x = v128.load_splat<f32>(a1);
      c10 = multiplyAdd(x, b0, c10), c11 = multiplyAdd(x, b1, c11);
      x = v128.load_splat<f32>(a2);
      c20 = multiplyAdd(x, b0, c20), c21 = multiplyAdd(x, b1, c21);
      x = v128.load_splat<f32>(a3);
      c30 = multiplyAdd(x, b0, c30), c31 = multiplyAdd(x, b1, c31);
      x = v128.load_splat<f32>(a4);
      c40 = multiplyAdd(x, b0, c40), c41 = multiplyAdd(x, b1, c41);
      x = v128.load_splat<f32>(a5);
      c50 = multiplyAdd(x, b0, c50), c51 = multiplyAdd(x, b1, c51);

      b0 = v128.load(b, 32), b1 = v128.load(b, 48);
      x = v128.load_splat<f32>(a0, 4);
      c00 = multiplyAdd(x, b0, c00), c01 = multiplyAdd(x, b1, c01);
      x = v128.load_splat<f32>(a1, 4);
      c10 = multiplyAdd(x, b0, c10), c11 = multiplyAdd(x, b1, c11);
      x = v128.load_splat<f32>(a2, 4);
      c20 = multiplyAdd(x, b0, c20), c21 = multiplyAdd(x, b1, c21);
      x = v128.load_splat<f32>(a3, 4);
      c30 = multiplyAdd(x, b0, c30), c31 = multiplyAdd(x, b1, c31);
      x = v128.load_splat<f32>(a4, 4);
      c40 = multiplyAdd(x, b0, c40), c41 = multiplyAdd(x, b1, c41);
      x = v128.load_splat<f32>(a5, 4);
      c50 = multiplyAdd(x, b0, c50), c51 = multiplyAdd(x, b1, c51);

      b0 = v128.load(b, 64), b1 = v128.load(b, 80);
      x = v128.load_splat<f32>(a0, 8);
      c00 = multiplyAdd(x, b0, c00), c01 = multiplyAdd(x, b1, c01);
      x = v128.load_splat<f32>(a1, 8);
      c10 = multiplyAdd(x, b0, c10), c11 = multiplyAdd(x, b1, c11);
      x = v128.load_splat<f32>(a2, 8);
      c20 = multiplyAdd(x, b0, c20), c21 = multiplyAdd(x, b1, c21);
      x = v128.load_splat<f32>(a3, 8);
      c30 = multiplyAdd(x, b0, c30), c31 = multiplyAdd(x, b1, c31);
      x = v128.load_splat<f32>(a4, 8);
      c40 = multiplyAdd(x, b0, c40), c41 = multiplyAdd(x, b1, c41);
      x = v128.load_splat<f32>(a5, 8);
      c50 = multiplyAdd(x, b0, c50), c51 = multiplyAdd(x, b1, c51);

      b0 = v128.load(b, 96), b1 = v128.load(b, 112);
      x = v128.load_splat<f32>(a0, 12);
      c00 = multiplyAdd(x, b0, c00), c01 = multiplyAdd(x, b1, c01);
      x = v128.load_splat<f32>(a1, 12);
      c10 = multiplyAdd(x, b0, c10), c11 = multiplyAdd(x, b1, c11);
      x = v128.load_splat<f32>(a2, 12);
      c20 = multiplyAdd(x, b0, c20), c21 = multiplyAdd(x, b1, c21);
      x = v128.load_splat<f32>(a3, 12);
      c30 = multiplyAdd(x, b0, c30), c31 = multiplyAdd(x, b1, c31);
      x = v128.load_splat<f32>(a4, 12);
      c40 = multiplyAdd(x, b0, c40), c41 = multiplyAdd(x, b1, c41);
      x = v128.load_splat<f32>(a5, 12);
      c50 = multiplyAdd(x, b0, c50), c51 = multiplyAdd(x, b1, c51);
      a0 += 16, a1 += 16, a2 += 16, a3 += 16, a4 += 16, a5 += 16;
      b += 128;
    }
    for (let k = channels & 3; k > 0; k--) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let x = v128.load_splat<f32>(a0);
      c00 = multiplyAdd(x, b0, c00), c01 = multiplyAdd(x, b1, c01);
      x = v128.load_splat<f32>(a1);
      c10 = multiplyAdd(x, b0, c10), c11 = multiplyAdd(x, b1, c11);
      x = v128.load_splat<f32>(a2);
      c20 = multiplyAdd(x, b0, c20), c21 = multiplyAdd(x, b1, c21);
      x = v128.load_splat<f32>(a3);
      c30 = multiplyAdd(x, b0, c30), c31 = multiplyAdd(x, b1, c31);
      x = v128.load_splat<f32>(a4);
      c40 = multiplyAdd(x, b0, c40), c41 = multiplyAdd(x, b1, c41);
      x = v128.load_splat<f32>(a5);
      c50 = multiplyAdd(x, b0, c50), c51 = multiplyAdd(x, b1, c51);
      a0 += 4, a1 += 4, a2 += 4, a3 += 4, a4 += 4, a5 += 4;
      b += 32;
    }
  }
  let at = load<usize>(to) + column;
  v128.store(at, c00), v128.store(at, c01, 16), at = load<usize>(to, 4) + column;
  v128.store(at, c10), v128.store(at, c11, 16), at = load<usize>(to, 8) + column;
  v128.store(at, c20), v128.store(at, c21, 16), at = load<usize>(to, 12) + column;
  v128.store(at, c30), v128.store(at, c31, 16), at = load<usize>(to, 16) + column;
  v128.store(at, c40), v128.store(at, c41, 16), at = load<usize>(to, 20) + column;
  v128.store(at, c50), v128.store(at, c51, 16);
}

/** Bytes that `gatherEdge` needs as scratch: a tile and the addresses of its rows. */
export const EDGE_BYTES: usize = 256;

/** As `gatherTile` for the last `columns` of C, fewer than eight. */
export function gatherEdge(
  table: usize,
  taps: i32,
  channels: i32,
  b: usize,
  to: usize,
  column: usize,
  accumulate: bool,
  columns: i32,
  scratch: usize,
): void {
  const rows = scratch + 192;
  for (let row: usize = 0; row < 6; row++) store<usize>(rows + (row << 2), scratch + (row << 5));
  gatherTile(table, taps, channels, b, rows, 0, false);
  for (let row: usize = 0; row < 6; row++) {
    let from = scratch + (row << 5), at = load<usize>(to + (row << 2)) + column;
    for (let i = 0; i < columns; i++) {
      const sum = load<f32>(from);
      store<f32>(at, accumulate ? load<f32>(at) + sum : sum);
      from += 4;
      at += 4;
    }
  }
}
