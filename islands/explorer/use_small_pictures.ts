import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { Painter } from "./use_main_picture.ts";

/** A sample and its place on a canvas. */
export interface Cell {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly z: Float32Array;
  /** Of the top left corner, in samples. */
  readonly column?: number;
  readonly row?: number;
}

/** Samples drawn in one go: few enough that a drag which begins meanwhile does not stutter. */
const BATCH = 4;

/**
 * Draws `cells()` when `key`, which names what they show, is another, and the current sample leaves
 * time for it. Canvases that are complete carry the key. A null key draws nothing.
 */
export function useSmallPictures(
  painter: Painter | null,
  key: string | null,
  cells: () => readonly Cell[],
): void {
  useEffect(() => {
    if (!painter || key === null) return;
    let stopped = false;
    const draw = async () => {
      const wanted = cells();
      for (let start = 0; start < wanted.length; start += BATCH) {
        await painter.idle();
        if (stopped) return;
        const batch = wanted.slice(start, start + BATCH);
        const z = new Float32Array(batch.flatMap(({ z }) => [...z]));
        const pictures = await painter.sampler.sample(z, batch.length);
        if (stopped) return;
        batch.forEach(({ canvas, column = 0, row = 0 }, i) => {
          const { width, height } = pictures[i];
          // A Picture in a browser is an ImageData.
          canvas.current?.getContext("2d")
            ?.putImageData(pictures[i] as ImageData, column * width, row * height);
        });
      }
      for (const { canvas } of wanted) {
        if (canvas.current) canvas.current.dataset.drawn = key;
      }
    };
    draw().catch((error) => stopped || painter.onError(error));
    return () => stopped = true;
  }, [painter, key]);
}
