/** Packing into the panels that gemm.ts multiplies. Strides in bytes. */

/**
 * Packs `rows` rows of a matrix into panels of 6, [depth][6], padded with zeros: element (row, k)
 * is at `from + row * rowStride + k * depthStride`. One of the strides should be 4.
 */
export function packRows(
  to: usize,
  from: usize,
  rows: i32,
  depth: i32,
  rowStride: usize,
  depthStride: usize,
): void {
  for (let row = 0; row < rows; row += 6) {
    const left = rows - row;
    if (left < 6) packSome(to, from, left, 6, depth, rowStride, depthStride);
    else if (depthStride === 4) packSixRows(to, from, depth, rowStride);
    else packSixColumns(to, from, depth, rowStride, depthStride);
    from += 6 * rowStride;
    to += <usize> depth * 24;
  }
}

/**
 * As `packRows`, into panels of 8, [depth][8], that lie `panelBytes` apart: element (column, k) is
 * at `from + column * columnStride + k * depthStride`.
 */
export function packColumns(
  to: usize,
  panelBytes: usize,
  from: usize,
  columns: i32,
  depth: i32,
  columnStride: usize,
  depthStride: usize,
): void {
  for (let column = 0; column < columns; column += 8) {
    const left = columns - column;
    if (left < 8) packSome(to, from, left, 8, depth, columnStride, depthStride);
    else if (columnStride === 4) packEightColumns(to, from, depth, depthStride);
    else if (depthStride === 4) packEightRows(to, from, depth, columnStride);
    else packSome(to, from, 8, 8, depth, columnStride, depthStride);
    from += 8 * columnStride;
    to += panelBytes;
  }
}

/** A panel of `width` of which `count` exist, element by element. */
function packSome(
  to: usize,
  from: usize,
  count: i32,
  width: i32,
  depth: i32,
  stride: usize,
  depthStride: usize,
): void {
  for (let k = 0; k < depth; k++) {
    let at = from;
    for (let i = 0; i < width; i++) {
      store<f32>(to, i < count ? load<f32>(at) : 0);
      at += stride;
      to += 4;
    }
    from += depthStride;
  }
}

/** Six rows of neighbouring elements, four deep at a time. */
function packSixRows(to: usize, from: usize, depth: i32, stride: usize): void {
  let r0 = from, r1 = r0 + stride, r2 = r1 + stride;
  let r3 = r2 + stride, r4 = r3 + stride, r5 = r4 + stride;
  for (let k = depth >> 2; k > 0; k--) {
    const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
    const x4 = v128.load(r4), x5 = v128.load(r5);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    const low45 = v128.shuffle<f32>(x4, x5, 0, 4, 1, 5);
    const high45 = v128.shuffle<f32>(x4, x5, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(low45, low01, 0, 1, 6, 7), 16);
    v128.store(to, v128.shuffle<f32>(low23, low45, 2, 3, 6, 7), 32);
    v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 48);
    v128.store(to, v128.shuffle<f32>(high45, high01, 0, 1, 6, 7), 64);
    v128.store(to, v128.shuffle<f32>(high23, high45, 2, 3, 6, 7), 80);
    r0 += 16, r1 += 16, r2 += 16, r3 += 16, r4 += 16, r5 += 16;
    to += 96;
  }
  if (depth & 3) packSome(to, r0, 6, 6, depth & 3, stride, 4);
}

/** Six neighbours at every depth. */
function packSixColumns(
  to: usize,
  from: usize,
  depth: i32,
  columnStride: usize,
  depthStride: usize,
): void {
  if (columnStride !== 4) return packSome(to, from, 6, 6, depth, columnStride, depthStride);
  for (let k = 0; k < depth; k++) {
    v128.store(to, v128.load(from));
    store<f64>(to, load<f64>(from, 16), 16);
    from += depthStride;
    to += 24;
  }
}

/** Eight neighbours at every depth. */
function packEightColumns(to: usize, from: usize, depth: i32, depthStride: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += depthStride;
    to += 32;
  }
}

/** Eight rows of neighbouring elements, four deep at a time. */
function packEightRows(to: usize, from: usize, depth: i32, stride: usize): void {
  const whole = depth >> 2;
  for (let half: usize = 0; half < 2; half++) {
    let r0 = from + (half << 2) * stride, r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
    let at = to + (half << 4);
    for (let k = whole; k > 0; k--) {
      const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(at, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
      v128.store(at, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
      v128.store(at, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
      r0 += 16, r1 += 16, r2 += 16, r3 += 16;
      at += 128;
    }
  }
  const rest = depth & 3;
  const done = <usize> (depth - rest);
  if (rest) packSome(to + (done << 5), from + (done << 2), 8, 8, rest, stride, 4);
}
