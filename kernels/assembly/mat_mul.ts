/** Blocks of a matrix product. Strides in bytes. */
import { multiplyPanels, TILE_BYTES } from "./gemm.ts";
import { packRows } from "./pack.ts";

/** Depth of a block: a panel of B of this depth fills a third of a first-level cache of 32 KB. */
const BLOCK_DEPTH: i32 = 384;

/**
 * The block of C of `blockRows` x `blockColumns` (multiples of 6 and 8) that `chunk` counts, row
 * after row; B is packed whole (`packTaps`). `scratch + thread · scratchBytes` holds a tile and the
 * packed rows of one block.
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
  const edge = scratch + <usize> thread * scratchBytes, panels = edge + TILE_BYTES;
  const cStride = <usize> columns << 2, bPanel = <usize> depth << 5;
  const to = c + <usize> row * cStride + (<usize> column << 2);
  a += <usize> row * rowStride;
  packed += <usize> (column >> 3) * bPanel;
  for (let k = 0; k < depth; k += BLOCK_DEPTH) {
    const some = min(BLOCK_DEPTH, depth - k);
    packRows(panels, a + <usize> k * depthStride, height, some, rowStride, depthStride);
    const b = packed + (<usize> k << 5);
    multiplyPanels(panels, b, bPanel, height, width, some, to, cStride, k > 0, edge);
  }
}
