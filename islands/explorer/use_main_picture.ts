import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { BackendName, Sampler } from "../../sampler/mod.ts";
import { formatView } from "./address.ts";
import { Newest } from "./newest.ts";
import type { View } from "./view.ts";
import { needsVectors, type Vectors, viewLatent } from "./view_latent.ts";

/** Times shown more often than this could not be read. */
const TELL_EVERY_MS = 250;

/** The view of this frame while something plays; null while nothing does. */
export type Playing = RefObject<(() => View) | null>;

/** What draws small pictures: a sampler, when the current sample leaves it time. */
export interface Painter {
  readonly sampler: Sampler;
  /** Resolves when the current sample is drawn. */
  idle(): Promise<void>;
  onError(error: unknown): void;
}

export type Times = Readonly<Partial<Record<BackendName, number>>>;

interface MainPicture {
  canvas: RefObject<HTMLCanvasElement | null>;
  /** What the last samples took on each backend of this visit, in milliseconds. */
  times: Times;
  painter: Painter | null;
}

/**
 * Keeps one canvas showing the current sample: that of `view`, or frame by frame those of `playing`.
 * A view that moves along directions, or lies between corners that do, waits for `vectors`.
 */
export function useMainPicture(
  sampler: Sampler | null,
  view: View,
  vectors: Vectors | null,
  playing: Playing,
  latentSize: number,
  onError: (error: unknown) => void,
): MainPicture {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [times, setTimes] = useState<Times>({});
  const present = useRef({ sampler, view, vectors });
  present.current = { sampler, view, vectors };

  const drawing = useMemo(() => {
    if (sampler === null) return null;
    const isReplaced = () => present.current.sampler !== sampler;
    const fail = (error: unknown) => isReplaced() || onError(error);
    let runs = 0;
    let told = 0;
    const newest = new Newest<View>(async (wanted) => {
      if (isReplaced()) return;
      const shown = playing.current?.() ?? wanted;
      try {
        const start = performance.now();
        await sampler.draw(
          canvas.current!,
          viewLatent(shown, latentSize, present.current.vectors ?? undefined),
        );
        const end = performance.now();
        if (isReplaced()) return; // what is on the canvas is not this
        canvas.current!.dataset.drawn = formatView(shown);
        runs += 1;
        // A backend compiles its programs on their first run: only the second tells how fast it is.
        if (runs <= 2 || end - told > TELL_EVERY_MS) {
          setTimes((times) => ({ ...times, [sampler.backend]: end - start }));
          told = end;
        }
        if (runs === 1 || playing.current) newest.push(present.current.view);
      } catch (error) {
        fail(error);
      }
    });
    return { newest, painter: { sampler, idle: () => newest.idle(), onError: fail } };
  }, [sampler]);

  const isWaiting = vectors === null && needsVectors(view);
  useEffect(() => {
    if (!isWaiting) drawing?.newest.push(view);
  }, [drawing, view, isWaiting]);

  return { canvas, times, painter: drawing?.painter ?? null };
}
