import { createRef, type RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latent, truncate } from "../../sampler/latent.ts";
import type { Sampler } from "../../sampler/mod.ts";
import { Newest } from "../explorer/newest.ts";
import { GRID_SIZE, gridSeeds, type View, viewLatent } from "./view.ts";

/** Samples of the grid drawn in one go: few enough that a drag which begins meanwhile does not stutter. */
const BATCH = 5;

type Canvas = RefObject<HTMLCanvasElement | null>;

/** The canvases of one model. */
interface Canvases {
  sample: Canvas;
  cells: Canvas[];
}

interface Drawing {
  canvasesOf: (id: string) => Canvases;
  /** Models whose current sample was drawn. */
  drawn: ReadonlySet<string>;
  timing: Timing | null;
}

/** What drawing the current samples took, all of them together. */
interface Timing {
  milliseconds: number;
  count: number;
}

/** Keeps the canvases of the models in `samplers` showing `view`: the current samples first, then the grid. */
export function useDrawing(
  samplers: ReadonlyMap<string, Sampler>,
  view: View,
  latentSize: number,
  label: string,
  onError: (error: unknown) => void,
): Drawing {
  const canvases = useMemo(() => new Map<string, Canvases>(), []);
  const canvasesOf = (id: string) => {
    const known: Canvases = canvases.get(id) ?? {
      sample: createRef(),
      cells: Array.from({ length: GRID_SIZE }, () => createRef()),
    };
    canvases.set(id, known);
    return known;
  };
  const [drawn, setDrawn] = useState<ReadonlySet<string>>(new Set());
  const [timing, setTiming] = useState<Timing | null>(null);
  const present = useRef({ samplers, onError });
  present.current = { samplers, onError };
  const key = [...samplers.keys()].join();

  const newest = useMemo(
    () =>
      new Newest<{ z: Float32Array; label: string }>(async ({ z, label }) => {
        const start = performance.now();
        const { samplers } = present.current;
        let count = 0;
        const draw = async ([id, sampler]: [string, Sampler]) => {
          const canvas = canvases.get(id)?.sample.current;
          // What has only been out of sight is as it was.
          if (!canvas || canvas.dataset.drawn === label) return;
          try {
            await sampler.draw(canvas, z);
            count++;
            canvas.dataset.drawn = label;
            setDrawn((drawn) => drawn.has(id) ? drawn : new Set([...drawn, id]));
          } catch (error) {
            if (present.current.samplers.get(id) === sampler) present.current.onError(error);
          }
        };
        await Promise.all([...samplers].map(draw));
        // As models arrive they are drawn one by one, each with what a first run costs more.
        if (count > 1 && count === samplers.size) {
          setTiming({ milliseconds: performance.now() - start, count });
        }
      }),
    [],
  );

  useEffect(() => newest.push({ z: viewLatent(view, latentSize), label }), [
    key,
    view.seed,
    view.pins,
    view.truncation,
    view.backend,
  ]);

  // A model that is wanted no more starts from its poster when it comes back.
  useEffect(() => {
    setDrawn((drawn) => new Set([...drawn].filter((id) => canvases.get(id)?.sample.current)));
  }, [view.hidden]);

  useEffect(() => {
    let stopped = false;
    const drawGrid = async () => {
      const z = gridSeeds(view).map((seed) => truncate(latent(seed, latentSize), view.truncation));
      const mark = `${view.grid} ${view.truncation} ${view.backend}`;
      for (const [id, sampler] of samplers) {
        const cells = canvases.get(id)!.cells;
        if (cells.every(({ current }) => current?.dataset.drawn === mark)) continue;
        for (let start = 0; start < z.length; start += BATCH) {
          await newest.idle();
          if (stopped) return;
          const batch = z.slice(start, start + BATCH);
          const flat = new Float32Array(batch.flatMap((values) => [...values]));
          const pictures = await sampler.sample(flat, batch.length);
          if (stopped) return;
          pictures.forEach((picture, i) => {
            const cell = cells[start + i].current;
            if (!cell) return;
            // A Picture in a browser is an ImageData.
            cell.getContext("2d")?.putImageData(picture as ImageData, 0, 0);
            cell.dataset.drawn = mark;
          });
        }
      }
    };
    drawGrid().catch((error) => stopped || present.current.onError(error));
    return () => stopped = true;
  }, [key, view.grid, view.truncation, view.backend]);

  return { canvasesOf, drawn, timing };
}
