/** A loop as a file. This and what it imports is a chunk of its own, loaded when a visitor first exports one. */

import { encode } from "modern-gif";
import type { Sampler } from "../../../sampler/mod.ts";
import { canvasOf, contextOf, framesOf, type OnProgress } from "./frames.ts";
import { recordWebm } from "./webm.ts";

export type LoopFormat = "png" | "gif" | "webm";

export interface LoopOptions {
  format: LoopFormat;
  /** Pixels a model's pixel. */
  scale: number;
  framesPerSecond: number;
  /** Of drawing the frames, then of writing the file. */
  onProgress: OnProgress;
}

/** Canvases are limited to this in every browser. */
const WIDEST = 16_384;

/** The file of a loop through `latents`. Throws an Error in one line where this browser cannot make it. */
export async function exportLoop(
  sampler: Sampler,
  latents: readonly Float32Array[],
  { format, scale, framesPerSecond, onProgress }: LoopOptions,
): Promise<Blob> {
  const frames = await framesOf(sampler, latents, scale, (f) => onProgress(f / 2));
  const onWritten: OnProgress = (fraction) => onProgress(0.5 + fraction / 2);
  if (format === "png") return await strip(frames);
  if (format === "gif") return await gif(frames, framesPerSecond);
  return await recordWebm(frames, framesPerSecond, onWritten);
}

/** All frames side by side, in as many rows as it takes. */
async function strip(frames: readonly HTMLCanvasElement[]): Promise<Blob> {
  const [{ width, height }] = frames;
  const columns = Math.min(frames.length, Math.floor(WIDEST / width));
  const rows = Math.ceil(frames.length / columns);
  const canvas = canvasOf(columns * width, rows * height);
  const context = contextOf(canvas);
  frames.forEach((frame, i) =>
    context.drawImage(frame, (i % columns) * width, Math.floor(i / columns) * height)
  );
  return await new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => blob ? resolve(blob) : reject(new Error("this browser wrote no PNG of this size")),
      "image/png",
    )
  );
}

async function gif(frames: readonly HTMLCanvasElement[], framesPerSecond: number): Promise<Blob> {
  const [{ width, height }] = frames;
  // A GIF counts in hundredths of a second.
  const delay = Math.round(100 / framesPerSecond) * 10;
  const bytes = await encode({
    width,
    height,
    looped: true,
    frames: frames.map((frame) => ({
      data: contextOf(frame).getImageData(0, 0, width, height).data,
      delay,
    })),
  });
  return new Blob([bytes], { type: "image/gif" });
}
