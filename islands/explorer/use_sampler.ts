import { useEffect, useRef, useState } from "preact/hooks";
import type { EngineFiles, Sampler } from "../../sampler/mod.ts";
import { useBackend } from "./use_backend.ts";
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
  /** Tells what drawing failed with; a backend that is gone is replaced (use_backend.ts). */
  onDrawError: (error: unknown) => void;
}

/** The model's sampler on the chosen backend, loaded again when the choice changes. */
export function useSampler(
  { modelUrl, wasmFiles }: ModelSource,
  chosen: BackendChoice,
): UsedSampler {
  const [sampler, setSampler] = useState<Sampler | null>(null);
  const [status, setStatus] = useState<Status>(loading(0));
  const { backend, attempt, notice, lose } = useBackend(chosen);
  /** What has not been disposed: the failures of what has are no news. */
  const live = useRef<Sampler | null>(null);

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
        setStatus({ kind: "ready", message: notice + mine.message });
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
  }, [modelUrl, backend, attempt]);

  const onDrawError = (error: unknown) => {
    if (sampler === null || live.current !== sampler || lose(sampler.backend, error)) return;
    setStatus({ kind: "failed", message: messageOf(error) });
  };
  return { sampler, status, onDrawError };
}

function loading(fraction: number): Status {
  return { kind: "loading", message: "Loading the model", fraction };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
