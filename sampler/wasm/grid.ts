/** Where pixels lie in the engine's memory. Distances are in bytes. */

/** What a layer reads of one image: [height + border, width + border, depth] numbers. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  /** Numbers of one pixel: the channels, filled up. */
  readonly depth: number;
  /** Zeros around the image. */
  readonly border: Border;
}

export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const NO_BORDER: Border = { top: 0, bottom: 0, left: 0, right: 0 };

export function pixelBytes({ depth }: Grid): number {
  return depth * 4;
}

export function rowBytes(grid: Grid): number {
  const { left, right } = grid.border;
  return (left + grid.width + right) * pixelBytes(grid);
}

export function imageBytes(grid: Grid): number {
  const { top, bottom } = grid.border;
  return (top + grid.height + bottom) * rowBytes(grid);
}

/** From the image's start. */
export function pixelAt(grid: Grid, y: number, x: number): number {
  return (grid.border.top + y) * rowBytes(grid) + (grid.border.left + x) * pixelBytes(grid);
}
