import { useEffect, useRef, useState } from "preact/hooks";
import type { EngineFiles, Sampler } from "../../sampler/mod.ts";
import type { BackendChoice } from "./view.ts";

export type Status =
  | { kind: "loading"; message: string; fraction: number }
  | { kind: "ready"; message: string }
  | { kind: "failed"; message: string };

export interface ModelSource {
  /** The model's folder, with a slash at the end. */
  modelUrl: string;
  /** URLs of the WASM engine's files. */
  wasmFiles: EngineFiles;
}

interface UsedSampler {
  sampler: Sampler | null;
  status: Status;
  /** Tells what drawing failed with; a lost WebGPU device is replaced by WASM. */
  onDrawError: (error: unknown) => void;
}

/** The model's sampler on the chosen backend, loaded again when the choice changes. */
export function useSampler(
  { modelUrl, wasmFiles }: ModelSource,
  chosen: BackendChoice,
): UsedSampler {
  const [sampler, setSampler] = useState<Sampler | null>(null);
  const [status, setStatus] = useState<Status>(loading(0));
  /** The choice under which WebGPU was lost; choosing anew gives it another try. */
  const [lostUnder, setLostUnder] = useState<BackendChoice | null>(null);
  const isLost = lostUnder === chosen;
  /** What has not been disposed: the failures of what has are no news. */
  const live = useRef<Sampler | null>(null);
  const backend = isLost ? "wasm" : chosen;

  useEffect(() => {
    let abandoned = false;
    let failed = false;
    let mine: Sampler | null = null;
    const start = async () => {
      setStatus(loading(0));
      try {
        // The controls come first.
        const { loadSampler } = await import("../../sampler/mod.ts");
        mine = await loadSampler(modelUrl, {
          backend,
          wasmFiles,
          // What fails while files still arrive must stay in sight.
          onProgress: (fraction) => abandoned || failed || setStatus(loading(fraction)),
        });
        if (abandoned) return mine.dispose();
        live.current = mine;
        setSampler(mine);
        const message = isLost ? `WebGPU stopped. ${mine.message}` : mine.message;
        setStatus({ kind: "ready", message });
      } catch (error) {
        failed = true;
        if (!abandoned) setStatus({ kind: "failed", message: messageOf(error) });
      }
    };
    start();
    return () => {
      abandoned = true;
      live.current = null;
      setSampler(null);
      mine?.dispose();
    };
  }, [modelUrl, backend]);

  const onDrawError = (error: unknown) => {
    if (live.current !== sampler) return;
    if (sampler?.backend === "webgpu") setLostUnder(chosen);
    else setStatus({ kind: "failed", message: messageOf(error) });
  };
  return { sampler, status, onDrawError };
}

function loading(fraction: number): Status {
  return { kind: "loading", message: "Loading the model", fraction };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
