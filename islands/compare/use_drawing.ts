import { createRef, type RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latent, truncate } from "../../sampler/latent.ts";
import type { BackendName, Sampler } from "../../sampler/mod.ts";
import { Newest } from "../explorer/newest.ts";
import type { Times } from "../explorer/use_main_picture.ts";
import { GRID_SIZE, gridSeeds, type View, viewLatent } from "./view.ts";

/** Samples of the grid drawn in one go: few enough that a drag which begins meanwhile does not stutter. */
const BATCH = 5;
/** How often the models are drawn one after the other, to see what each takes; in between all at once. */
const TIME_EVERY_MS = 500;

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
  /** What one sample of each model took last, alone on `backend`. */
  timing: Timing | null;
  /** What a sample took on each backend of this visit: the mean of the models that were timed together. */
  times: Times;
}

interface Timing {
  backend: BackendName;
  milliseconds: ReadonlyMap<string, number>;
}

/** Keeps the canvases of the models in `samplers` showing `view`: the current samples first, then the grid. */
export function useDrawing(
  samplers: ReadonlyMap<string, Sampler>,
  view: View,
  latentSize: number,
  label: string,
  onError: (sampler: Sampler, error: unknown) => void,
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
  const [times, setTimes] = useState<Times>({});
  const present = useRef({ samplers, onError });
  present.current = { samplers, onError };
  const key = [...samplers.keys()].join();

  const newest = useMemo(
    () => {
      /** Samplers that have compiled their programs: a first run does not tell how fast they are. */
      const warm = new WeakSet<Sampler>();
      let timed = -Infinity;
      return new Newest<{ z: Float32Array; label: string }>(async ({ z, label }) => {
        const { samplers } = present.current;
        const all = [...samplers.values()];
        /** What it took; null where nothing was drawn. */
        const draw = async ([id, sampler]: [string, Sampler], isForced: boolean) => {
          const canvas = canvases.get(id)?.sample.current;
          // What has only been out of sight is as it was.
          const isThere = canvas?.dataset.drawn === label && warm.has(sampler);
          if (!canvas || (isThere && !isForced)) return null;
          try {
            const start = performance.now();
            await sampler.draw(canvas, z);
            const took = performance.now() - start;
            warm.add(sampler);
            canvas.dataset.drawn = label;
            setDrawn((drawn) => drawn.has(id) ? drawn : new Set([...drawn, id]));
            return took;
          } catch (error) {
            if (present.current.samplers.get(id) === sampler) {
              present.current.onError(sampler, error);
            }
            return null;
          }
        };
        const wasWarm = all.every((sampler) => warm.has(sampler));
        const isDue = performance.now() - timed > TIME_EVERY_MS;
        if (!wasWarm || !isDue) await Promise.all([...samplers].map((one) => draw(one, false)));
        if (all.length === 0 || (wasWarm && !isDue)) return;
        const milliseconds = new Map<string, number>();
        for (const one of samplers) {
          const took = await draw(one, true);
          if (took === null) return;
          milliseconds.set(one[0], took);
        }
        timed = performance.now();
        const { backend } = all[0];
        const mean = [...milliseconds.values()].reduce((a, b) => a + b) / all.length;
        setTiming({ backend, milliseconds });
        setTimes((times) => ({ ...times, [backend]: mean }));
      });
    },
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
    let drawing: Sampler | undefined;
    const drawGrid = async () => {
      const z = gridSeeds(view).map((seed) => truncate(latent(seed, latentSize), view.truncation));
      const mark = `${view.grid} ${view.truncation} ${view.backend}`;
      for (const [id, sampler] of samplers) {
        drawing = sampler;
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
    drawGrid().catch((error) => stopped || present.current.onError(drawing!, error));
    return () => stopped = true;
  }, [key, view.grid, view.truncation, view.backend]);

  return { canvasesOf, drawn, timing, times };
}
