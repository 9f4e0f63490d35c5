/** A loop's pictures, enlarged so that their pixels stay whole. Loaded when a visitor first exports one. */

import type { Sampler } from "../../../sampler/mod.ts";

/** What is shown of how far it is. */
export type OnProgress = (fraction: number) => void;

/** Few enough that the page stays alive between them. */
const BATCH = 8;

/** One canvas a latent, each pixel of the model `scale` pixels wide. */
export async function framesOf(
  sampler: Sampler,
  latents: readonly Float32Array[],
  scale: number,
  onProgress: OnProgress,
): Promise<HTMLCanvasElement[]> {
  const frames: HTMLCanvasElement[] = [];
  for (let start = 0; start < latents.length; start += BATCH) {
    const batch = latents.slice(start, start + BATCH);
    const z = new Float32Array(batch.flatMap((z) => [...z]));
    // A Picture in a browser is an ImageData.
    const pictures = await sampler.sample(z, batch.length) as ImageData[];
    for (const picture of pictures) frames.push(enlarged(await createImageBitmap(picture), scale));
    onProgress(frames.length / latents.length);
  }
  return frames;
}

function enlarged(picture: ImageBitmap, scale: number): HTMLCanvasElement {
  const canvas = canvasOf(picture.width * scale, picture.height * scale);
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

export function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser gives no canvas to draw on");
  return context;
}
