import { useEffect, useState } from "preact/hooks";
import type { EngineFiles, Sampler } from "../../sampler/mod.ts";
import type { BackendChoice } from "../explorer/view.ts";
import { type Outcome, Shelf } from "./shelf.ts";

export interface UsedSamplers {
  /** By id, those that are wanted. */
  outcomes: ReadonlyMap<string, Outcome<Sampler>>;
  /** Which backend runs, and why; "" while none does. */
  message: string;
  /** Tells what drawing failed with; a lost WebGPU device is replaced by WASM. */
  onDrawError: (error: unknown) => void;
}

/** The samplers of the models `wanted`, all on one backend, loaded again when the choice changes. */
export function useSamplers(
  wanted: readonly string[],
  wasmFiles: EngineFiles,
  chosen: BackendChoice,
): UsedSamplers {
  const [shelf, setShelf] = useState<Shelf<Sampler> | null>(null);
  const [, setVersion] = useState(0);
  /** The choice under which WebGPU was lost; choosing anew gives it another try. */
  const [lostUnder, setLostUnder] = useState<BackendChoice | null>(null);
  const [drawProblem, setDrawProblem] = useState("");
  const isLost = lostUnder === chosen;
  const backend = isLost ? "wasm" : chosen;

  useEffect(() => {
    const shelf = new Shelf<Sampler>(
      async (id) => {
        // The controls come first.
        const { loadSampler } = await import("../../sampler/mod.ts");
        return await loadSampler(`/models/${id}/`, { backend, wasmFiles });
      },
      () => setVersion((version) => version + 1),
    );
    setShelf(shelf);
    setDrawProblem("");
    return () => shelf.close();
  }, [backend]);

  useEffect(() => shelf?.want(wanted), [shelf, wanted.join()]);

  const outcomes = new Map(wanted.map((id) => [id, shelf?.get(id) ?? "loading"]));
  const samplers = [...outcomes.values()].flatMap((outcome) =>
    typeof outcome === "object" && "loaded" in outcome ? [outcome.loaded] : []
  );
  const running = samplers.at(0)?.message ?? "";
  return {
    outcomes,
    message: drawProblem || (isLost && running ? `WebGPU stopped. ${running}` : running),
    onDrawError(error) {
      if (samplers.some((sampler) => sampler.backend === "webgpu")) setLostUnder(chosen);
      else setDrawProblem(error instanceof Error ? error.message : String(error));
    },
  };
}
