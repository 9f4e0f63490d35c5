/** Transposition of matrices. */

/** Rows of the result that one chunk writes. */
const CHUNK_COLUMNS: i32 = 64;

/**
 * Writes columns [64 i, 64 i + 64) of matrix m as rows of its transpose, for chunk
 * m · ⌈columns / 64⌉ + i of matrices [rows, columns] that lie one after the other.
 */
export function transpose(
  chunk: i32,
  _thread: i32,
  from: usize,
  to: usize,
  rows: i32,
  columns: i32,
): void {
  const chunks = (columns + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS;
  const first = chunk % chunks * CHUNK_COLUMNS;
  const size = <usize> (chunk / chunks) * <usize> rows * <usize> columns << 2;
  const fromStride = <usize> columns << 2, toStride = <usize> rows << 2;
  from += size + (<usize> first << 2);
  to += size + <usize> first * toStride;
  const count = min(CHUNK_COLUMNS, columns - first);
  let column = 0;
  for (; column + 4 <= count; column += 4) {
    let r0 = from + (<usize> column << 2);
    let at = to + <usize> column * toStride;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      const r1 = r0 + fromStride, r2 = r1 + fromStride, r3 = r2 + fromStride;
      const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      const t1 = at + toStride, t2 = t1 + toStride;
      v128.store(at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(t1, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(t2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(t2 + toStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      r0 = r3 + fromStride;
      at += 16;
    }
    transposeEach(r0, at, rows - row, 4, fromStride, toStride);
  }
  transposeEach(
    from + (<usize> column << 2),
    to + <usize> column * toStride,
    rows,
    count - column,
    fromStride,
    toStride,
  );
}

function transposeEach(
  from: usize,
  to: usize,
  rows: i32,
  columns: i32,
  fromStride: usize,
  toStride: usize,
): void {
  for (let column = 0; column < columns; column++) {
    let r = from + (<usize> column << 2), at = to + <usize> column * toStride;
    for (let row = 0; row < rows; row++) {
      store<f32>(at, load<f32>(r));
      r += fromStride;
      at += 4;
    }
  }
}
