/** The matrix product's two passes: pack B, then multiply blocks of C. Strides in bytes. */
import { multiplyPanels, TILE_BYTES, TILE_COLUMNS } from "./gemm.ts";
import { packColumns, packRows } from "./pack.ts";

/** Depth of a block: a panel of B of this depth fills half of a first-level cache of 32 KB. */
const BLOCK_DEPTH: i32 = 384;

/**
 * Packs columns [chunk · width, (chunk + 1) · width) of B, `width` being a multiple of 8, in blocks
 * of depth: the panels of the first `BLOCK_DEPTH` rows, then those of the next.
 */
export function packRight(
  chunk: i32,
  _thread: i32,
  to: usize,
  from: usize,
  columns: i32,
  depth: i32,
  columnStride: usize,
  depthStride: usize,
  width: i32,
): void {
  const first = chunk * width, count = min(width, columns - first);
  const padded = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
  from += <usize> first * columnStride;
  for (let k = 0; k < depth; k += BLOCK_DEPTH) {
    const some = min(BLOCK_DEPTH, depth - k);
    const block = to + (<usize> padded * k << 2);
    packColumns(
      block + (<usize> first * some << 2),
      from + <usize> k * depthStride,
      count,
      some,
      columnStride,
      depthStride,
    );
  }
}

/**
 * The block of C of `blockRows` x `blockColumns` (multiples of 6 and 8) that `chunk` counts, row
 * after row. `scratch + thread · scratchBytes` holds a tile and the packed rows of one block.
 */
export function multiplyBlock(
  chunk: i32,
  thread: i32,
  a: usize,
  rowStride: usize,
  depthStride: usize,
  packed: usize,
  c: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  blockRows: i32,
  blockColumns: i32,
  scratch: usize,
  scratchBytes: usize,
): void {
  const across = (columns + blockColumns - 1) / blockColumns;
  const row = chunk / across * blockRows, column = chunk % across * blockColumns;
  const height = min(blockRows, rows - row), width = min(blockColumns, columns - column);
  const padded = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
  const edge = scratch + <usize> thread * scratchBytes, panels = edge + TILE_BYTES;
  const cStride = <usize> columns << 2;
  const to = c + <usize> row * cStride + (<usize> column << 2);
  a += <usize> row * rowStride;
  for (let k = 0; k < depth; k += BLOCK_DEPTH) {
    const some = min(BLOCK_DEPTH, depth - k);
    const block = packed + ((<usize> padded * k + <usize> column * some) << 2);
    packRows(panels, a + <usize> k * depthStride, height, some, rowStride, depthStride);
    multiplyPanels(panels, block, height, width, some, to, cStride, k > 0, edge);
  }
}
