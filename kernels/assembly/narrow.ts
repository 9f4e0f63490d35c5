/**
 * The product of gather.ts for few columns, as dot products along the channels: a panel of eight
 * columns would be mostly zeros. The filter is used as it lies, one run of channels for each column.
 */
import { multiplyAdd } from "./arithmetic.ts";

/** The sum of four lanes. */
function sumLanes(a: v128): f32 {
  const b = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(b, 0) + f32x4.extract_lane(b, 1);
}

/**
 * `columns` columns of six rows of C. `table` holds [taps][6] addresses of rows of A, `filters` the
 * address of each tap's [columns][channels]; `channels` is a multiple of 4.
 */
export function gatherNarrow(
  table: usize,
  taps: i32,
  channels: i32,
  filters: usize,
  to: usize,
  columns: i32,
): void {
  const runBytes = <usize> channels << 2;
  let column = 0;
  for (; column + 3 <= columns; column += 3) {
    threeColumns(table, taps, runBytes, filters, to, column);
    threeColumns(table + 12, taps, runBytes, filters, to + 12, column);
  }
  for (; column < columns; column++) oneColumn(table, taps, runBytes, filters, to, column);
}

/** Three rows and three columns. */
function threeColumns(
  table: usize,
  taps: i32,
  runBytes: usize,
  filters: usize,
  to: usize,
  column: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00;
  let c10 = c00, c11 = c00, c12 = c00;
  let c20 = c00, c21 = c00, c22 = c00;
  const skip = <usize> column * runBytes;
  for (let tap = 0; tap < taps; tap++) {
    let a0 = load<usize>(table), a1 = load<usize>(table, 4), a2 = load<usize>(table, 8);
    let b0 = load<usize>(filters) + skip, b1 = b0 + runBytes, b2 = b1 + runBytes;
    const end = a0 + runBytes;
    while (a0 < end) {
      const y0 = v128.load(b0), y1 = v128.load(b1), y2 = v128.load(b2);
      let x = v128.load(a0);
      c00 = multiplyAdd(x, y0, c00), c01 = multiplyAdd(x, y1, c01), c02 = multiplyAdd(x, y2, c02);
      x = v128.load(a1);
      c10 = multiplyAdd(x, y0, c10), c11 = multiplyAdd(x, y1, c11), c12 = multiplyAdd(x, y2, c12);
      x = v128.load(a2);
      c20 = multiplyAdd(x, y0, c20), c21 = multiplyAdd(x, y1, c21), c22 = multiplyAdd(x, y2, c22);
      a0 += 16, a1 += 16, a2 += 16, b0 += 16, b1 += 16, b2 += 16;
    }
    table += 24;
    filters += 4;
  }
  const at = <usize> column << 2;
  let row = load<usize>(to) + at;
  store<f32>(row, sumLanes(c00)), store<f32>(row, sumLanes(c01), 4);
  store<f32>(row, sumLanes(c02), 8);
  row = load<usize>(to, 4) + at;
  store<f32>(row, sumLanes(c10)), store<f32>(row, sumLanes(c11), 4);
  store<f32>(row, sumLanes(c12), 8);
  row = load<usize>(to, 8) + at;
  store<f32>(row, sumLanes(c20)), store<f32>(row, sumLanes(c21), 4);
  store<f32>(row, sumLanes(c22), 8);
}

/** Six rows and one column. */
function oneColumn(
  table: usize,
  taps: i32,
  runBytes: usize,
  filters: usize,
  to: usize,
  column: i32,
): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
  const skip = <usize> column * runBytes;
  for (let tap = 0; tap < taps; tap++) {
    let a0 = load<usize>(table), a1 = load<usize>(table, 4), a2 = load<usize>(table, 8);
    let a3 = load<usize>(table, 12), a4 = load<usize>(table, 16), a5 = load<usize>(table, 20);
    let b = load<usize>(filters) + skip;
    const end = b + runBytes;
    while (b < end) {
      const y = v128.load(b);
      c0 = multiplyAdd(v128.load(a0), y, c0), c1 = multiplyAdd(v128.load(a1), y, c1);
      c2 = multiplyAdd(v128.load(a2), y, c2), c3 = multiplyAdd(v128.load(a3), y, c3);
      c4 = multiplyAdd(v128.load(a4), y, c4), c5 = multiplyAdd(v128.load(a5), y, c5);
      a0 += 16, a1 += 16, a2 += 16, a3 += 16, a4 += 16, a5 += 16, b += 16;
    }
    table += 24;
    filters += 4;
  }
  const at = <usize> column << 2;
  store<f32>(load<usize>(to) + at, sumLanes(c0));
  store<f32>(load<usize>(to, 4) + at, sumLanes(c1));
  store<f32>(load<usize>(to, 8) + at, sumLanes(c2));
  store<f32>(load<usize>(to, 12) + at, sumLanes(c3));
  store<f32>(load<usize>(to, 16) + at, sumLanes(c4));
  store<f32>(load<usize>(to, 20) + at, sumLanes(c5));
}
