import { useState } from "preact/hooks";
import type { BackendName } from "../../sampler/mod.ts";
import type { BackendChoice } from "./view.ts";

/** A worker that dies so often will go on dying. */
const MOST_RESTARTS = 2;

export interface UsedBackend {
  /** What to load samplers on now. */
  backend: BackendChoice;
  /** Counts the losses: a new one wants new samplers, also on the same backend. */
  attempt: number;
  /** What stopped, to be said before the sampler's own message; "" while nothing has. */
  notice: string;
  /** Tells what a sampler on `lost` failed with; whether another attempt follows. */
  lose: (lost: BackendName, error: unknown) => boolean;
}

/**
 * The backend to use: the chosen one; WASM once WebGPU was lost; WASM anew when its worker has died.
 * Choosing anew gives all of them another try.
 */
export function useBackend(chosen: BackendChoice): UsedBackend {
  const [losses, setLosses] = useState({ under: chosen, webgpu: 0, wasm: 0 });
  const now = losses.under === chosen ? losses : { under: chosen, webgpu: 0, wasm: 0 };
  const { webgpu, wasm } = now;
  return {
    backend: webgpu > 0 ? "wasm" : chosen,
    attempt: webgpu + wasm,
    notice: wasm > 0
      ? "WASM stopped and was started again. "
      : webgpu > 0
      ? "WebGPU stopped. "
      : "",
    lose(lost, error) {
      // Any failure of a GPU is reason enough to leave it; of WASM, that it is gone.
      const isGone = lost === "webgpu" || (error as { type?: unknown } | null)?.type === "backend";
      if (!isGone || wasm >= MOST_RESTARTS) return false;
      // Several pictures may fail of one loss: they count from the same render.
      setLosses({ ...now, [lost]: now[lost] + 1 });
      return true;
    },
  };
}
