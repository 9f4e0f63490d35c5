/** A program's buffers as those see them who run it, from any thread that has the memory. */

/** Addresses in the engine's memory. */
export interface Buffers {
  /** Latents: one every `latentBytes` bytes. */
  readonly latents: number;
  readonly latentBytes: number;
  readonly latentSize: number;
  /** Two words: where floats go and where bytes do, 0 for not at all. */
  readonly outputs: number;
  readonly images: number;
  readonly pixels: number;
  readonly imageShape: readonly [height: number, width: number, channels: number];
}

export type Output = "images" | "pixels";

/** Puts `count` latents of `z` there, from number `first` on, and says what the next run gives. */
export function prepare(
  memory: WebAssembly.Memory,
  { latents, latentBytes, latentSize, outputs, images, pixels }: Buffers,
  { z, first, count, output }: { z: Float32Array; first: number; count: number; output: Output },
): void {
  const numbers = new Float32Array(memory.buffer);
  for (let i = 0; i < count; i++) {
    const from = (first + i) * latentSize;
    const at = (latents + i * latentBytes) / 4;
    for (let k = 0; k < latentSize; k++) numbers[at + k] = z[from + k];
  }
  const words = new Int32Array(memory.buffer, outputs, 2);
  words[0] = output === "images" ? images : 0;
  words[1] = output === "pixels" ? pixels : 0;
}

/** The first `count` results of the last run, where they lie. */
export function resultOf(
  memory: WebAssembly.Memory,
  { images, pixels, imageShape: [height, width, channels] }: Buffers,
  count: number,
  output: Output,
): Float32Array | Uint8ClampedArray {
  const size = count * height * width;
  return output === "images"
    ? new Float32Array(memory.buffer, images, size * channels)
    : new Uint8ClampedArray(memory.buffer, pixels, size * 4);
}

/** Room for `count` results. */
export function emptyResult(
  { imageShape: [height, width, channels] }: Buffers,
  count: number,
  output: Output,
): Float32Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer> {
  const size = count * height * width;
  return output === "images" ? new Float32Array(size * channels) : new Uint8ClampedArray(size * 4);
}
