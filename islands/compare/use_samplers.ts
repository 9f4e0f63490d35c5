import { useEffect, useRef, useState } from "preact/hooks";
import type { EngineFiles, Sampler } from "../../sampler/mod.ts";
import { useBackend } from "../explorer/use_backend.ts";
import type { BackendChoice } from "../explorer/view.ts";
import { type Outcome, Shelf } from "./shelf.ts";

export interface UsedSamplers {
  /** By id, those that are wanted. */
  outcomes: ReadonlyMap<string, Outcome<Sampler>>;
  /** Which backend runs, and why; "" while none does. */
  message: string;
  /** Tells what drawing with a sampler failed with; a backend that is gone is replaced (use_backend.ts). */
  onDrawError: (sampler: Sampler, error: unknown) => void;
}

/** The samplers of the models `wanted`, all on one backend, loaded again when the choice changes. */
export function useSamplers(
  wanted: readonly string[],
  wasmFiles: EngineFiles,
  chosen: BackendChoice,
): UsedSamplers {
  const [shelf, setShelf] = useState<Shelf<Sampler> | null>(null);
  const [, setVersion] = useState(0);
  const { backend, attempt, notice, lose } = useBackend(chosen);
  /** The attempt that the shelf is of: what else fails of an earlier one is no news. */
  const attempted = useRef(attempt);
  const [drawProblem, setDrawProblem] = useState("");

  useEffect(() => {
    const shelf = new Shelf<Sampler>(
      async (id) => {
        // The controls come first.
        const { loadSampler } = await import("../../sampler/mod.ts");
        return await loadSampler(`/models/${id}/`, { backend, wasmFiles });
      },
      () => setVersion((version) => version + 1),
    );
    attempted.current = attempt;
    setShelf(shelf);
    setDrawProblem("");
    return () => shelf.close();
  }, [backend, attempt]);

  useEffect(() => shelf?.want(wanted), [shelf, wanted.join()]);

  const outcomes = new Map(wanted.map((id) => [id, shelf?.get(id) ?? "loading"]));
  const samplers = [...outcomes.values()].flatMap((outcome) =>
    typeof outcome === "object" && "loaded" in outcome ? [outcome.loaded] : []
  );
  const running = samplers.at(0)?.message ?? "";
  return {
    outcomes,
    message: drawProblem || (running && notice + running),
    onDrawError(sampler, error) {
      if (attempted.current !== attempt || !samplers.includes(sampler)) return;
      if (lose(sampler.backend, error)) return;
      setDrawProblem(error instanceof Error ? error.message : String(error));
    },
  };
}
