import { createRef, type RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latent, truncate } from "../../sampler/latent.ts";
import type { Sampler } from "../../sampler/mod.ts";
import { Newest } from "./newest.ts";
import { gridSeeds } from "./SampleGrid.tsx";
import { formatView, pointLatent, type View, viewLatent } from "./view.ts";

type Canvas = RefObject<HTMLCanvasElement | null>;

export interface Pictures {
  main: Canvas;
  a: Canvas;
  b: Canvas;
  grid: Canvas[];
}

/** Samples drawn in one go: few enough that a drag which begins meanwhile does not stutter. */
const BATCH = 4;

/**
 * Keeps the canvases showing what `view` says: the current sample at once, the small ones when nothing
 * else is to do. Returns the canvases, and what the current sample took.
 */
export function usePictures(
  sampler: Sampler | null,
  view: View,
  latentSize: number,
  gridSize: number,
  onError: (error: unknown) => void,
): { pictures: Pictures; milliseconds: number | null } {
  const pictures = useMemo<Pictures>(() => ({
    main: createRef(),
    a: createRef(),
    b: createRef(),
    grid: Array.from({ length: gridSize }, () => createRef()),
  }), []);
  const [milliseconds, setMilliseconds] = useState<number | null>(null);

  const present = useRef({ sampler, view });
  present.current = { sampler, view };

  const newest = useMemo(() => {
    if (sampler === null) return null;
    const isReplaced = () => present.current.sampler !== sampler;
    let isFirst = true;
    const newest = new Newest<View>(async (wanted) => {
      if (isReplaced()) return;
      const canvas = pictures.main.current!;
      try {
        const start = performance.now();
        await sampler.draw(canvas, viewLatent(wanted, latentSize));
        setMilliseconds(performance.now() - start);
        canvas.dataset.drawn = formatView(wanted);
        // A backend compiles its programs on their first run: only the second tells how fast it is.
        if (isFirst) newest.push(present.current.view);
        isFirst = false;
      } catch (error) {
        if (!isReplaced()) onError(error);
      }
    });
    return newest;
  }, [sampler]);

  useEffect(() => newest?.push(view), [newest, view]);

  useEffect(() => {
    if (!sampler || !newest) return;
    return drawSmall(sampler, newest, [
      [pictures.a, pointLatent(view.a, latentSize)],
      [pictures.b, pointLatent(view.b, latentSize)],
    ], onError);
  }, [newest, view.a, view.b]);

  useEffect(() => {
    if (!sampler || !newest) return;
    const seeds = gridSeeds(view.grid, gridSize);
    return drawSmall(
      sampler,
      newest,
      seeds.map((seed, i) => [
        pictures.grid[i],
        truncate(latent(seed, latentSize), view.truncation),
      ]),
      onError,
    );
  }, [newest, view.grid, view.truncation]);

  return { pictures, milliseconds };
}

/** Draws the samples in batches, giving way to the current sample; returns how to stop. */
function drawSmall(
  sampler: Sampler,
  first: Newest<View>,
  wanted: [Canvas, Float32Array][],
  onError: (error: unknown) => void,
): () => void {
  let stopped = false;
  const draw = async () => {
    for (let start = 0; start < wanted.length; start += BATCH) {
      await first.idle();
      if (stopped) return;
      const batch = wanted.slice(start, start + BATCH);
      const z = new Float32Array(batch.flatMap(([_, z]) => [...z]));
      const pictures = await sampler.sample(z, batch.length);
      if (stopped) return;
      batch.forEach(([canvas], i) => {
        // A Picture in a browser is an ImageData.
        canvas.current?.getContext("2d")?.putImageData(pictures[i] as ImageData, 0, 0);
      });
    }
  };
  draw().catch((error) => stopped || onError(error));
  return () => stopped = true;
}
