/** Packing of right-hand operands into panels, for products and convolutions. */
import type { KernelModule } from "./kernel_module.ts";

/** The numbers of a tap: that of (k, column) at its address + k · depth + column · column. */
export interface FilterStrides {
  column: number;
  depth: number;
}

const UNIT_FLOATS = 4096;
const CHUNK_FLOATS = 32_768; // ten microseconds or more: less is not worth another thread

/**
 * Packs `taps` taps of `columns` x `depth` numbers. The memory at `list` holds three words of each:
 * where its panels go, how far they lie apart, and where its numbers are, all in bytes.
 */
export function packTaps(
  kernels: KernelModule,
  list: number,
  taps: number,
  columns: number,
  depth: number,
  strides: FilterStrides,
): void {
  const width = 8 * Math.ceil(UNIT_FLOATS / depth / 8);
  const units = taps * Math.ceil(columns / width);
  const each = Math.ceil(CHUNK_FLOATS / (Math.min(width, columns) * depth));
  kernels.parallel(
    "packTaps",
    Math.ceil(units / each),
    list,
    taps,
    columns,
    depth,
    strides.column,
    strides.depth,
    width,
    each,
  );
}
