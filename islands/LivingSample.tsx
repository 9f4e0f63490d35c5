import { useEffect, useRef, useState } from "preact/hooks";
import type { EngineFiles, Sampler } from "../sampler/mod.ts";
import { placeAt } from "./living/walk.ts";

export interface LivingSampleProps {
  /** The model's id. */
  id: string;
  title: string;
  latentSize: number;
  imageShape: [height: number, width: number, channels: number];
  /** Seed 1's sample. */
  poster: string;
  wasmFiles: EngineFiles;
}

const FIRST_SEED = 1;

/** One model at once: its first sample, which begins to move when everything else is there. */
export default function LivingSample(props: LivingSampleProps) {
  const { id, title, latentSize, imageShape: [height, width], poster, wasmFiles } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const sampler = useRef<Sampler | null>(null);
  const elapsed = useRef(0);
  const [status, setStatus] = useState<"poster" | "loading" | "drawn">("poster");
  const [problem, setProblem] = useState("");
  const [isMoving, setMoving] = useState(false);
  const [seed, setSeed] = useState(FIRST_SEED);

  const fail = (error: unknown) => {
    setProblem(error instanceof Error ? error.message : String(error));
    setStatus("poster");
    setMoving(false);
  };
  const draw = async () => {
    const place = placeAt(FIRST_SEED, elapsed.current, latentSize);
    await sampler.current!.draw(canvas.current!, place.z);
    setSeed(place.seed);
    setStatus("drawn");
  };
  const start = async (moves: boolean) => {
    setStatus("loading");
    setProblem("");
    try {
      const { loadSampler } = await import("../sampler/mod.ts");
      sampler.current = await loadSampler(`/models/${id}/`, { wasmFiles });
      await draw();
      setMoving(moves);
    } catch (error) {
      fail(error);
    }
  };

  useEffect(() => {
    if (savesData()) return;
    const begin = () => start(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    // What the visitor came for is there by then; the network and the processor are free.
    const waiting = afterLoad(begin);
    return () => {
      waiting.abort();
      sampler.current?.dispose();
    };
  }, []);

  useEffect(() => {
    if (!isMoving) return;
    let frame = 0;
    let stopped = false;
    let before: number | undefined;
    const step = async (now: number) => {
      // A tab in the background gets no frames: the walk goes on from where it was.
      elapsed.current += Math.min(100, now - (before ?? now));
      before = now;
      try {
        if (isInSight(canvas.current!)) await draw();
      } catch (error) {
        return stopped || fail(error);
      }
      if (!stopped) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => {
      stopped = true;
      cancelAnimationFrame(frame);
    };
  }, [isMoving]);

  const toggle = () => status === "poster" ? start(true) : setMoving(!isMoving);

  return (
    <figure class="living">
      <div class="living-frame">
        {status !== "drawn" && (
          <img src={poster} alt={`A sample of ${title}`} width="512" height="512" />
        )}
        <canvas
          ref={canvas}
          width={width}
          height={height}
          role="img"
          aria-label={`A sample of ${title}`}
          hidden={status !== "drawn"}
        />
      </div>
      <figcaption>
        <a href={seed === FIRST_SEED ? `/m/${id}` : `/m/${id}?seed=${seed}`}>{title}</a>
        <button type="button" disabled={status === "loading"} onClick={toggle}>
          {isMoving ? "Pause" : "Move"}
        </button>
      </figcaption>
      <p class="living-problem" role="status">{problem}</p>
    </figure>
  );
}

/** Whether the visitor asked for few bytes: then a model's weights wait for a click. */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

/** Calls `begin` when the page has loaded and is at rest, unless aborted before. */
function afterLoad(begin: () => void): AbortController {
  const waiting = new AbortController();
  const { signal } = waiting;
  const rest = () => setTimeout(() => signal.aborted || begin(), 300);
  if (document.readyState === "complete") rest();
  else addEventListener("load", rest, { signal });
  return waiting;
}

function isInSight(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
