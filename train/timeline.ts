/** A sample grid of a run's timeline, and its size. */
export interface Frame {
  readonly step: number;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * The frames that a model ships with: all, if they have at most `most` bytes together, else as many as fit if each were the
 * largest. The first and the last are among these, and the steps between grow by about the same factor, since a generator
 * changes most at the start. Frames are in the order of their steps; at least two are kept.
 */
export function shippedFrames(frames: readonly Frame[], most: number): readonly Frame[] {
  const sizes = frames.map(({ bytes }) => bytes.length);
  if (sizes.reduce((a, b) => a + b, 0) <= most) return frames;
  const count = Math.max(2, Math.floor(most / Math.max(...sizes)));
  const [first, last] = [frames[0].step, frames.at(-1)!.step];
  const kept = new Set<Frame>();
  for (let k = 0; k < count; k++) {
    const step = first * (last / first) ** (k / (count - 1));
    const distance = (frame: Frame) => Math.abs(frame.step - step);
    kept.add(frames.reduce((best, frame) => distance(frame) < distance(best) ? frame : best));
  }
  return frames.filter((frame) => kept.has(frame));
}
