import { useEffect, useState } from "preact/hooks";
import type { Directions } from "../../sampler/directions.ts";
import type { Sampler } from "../../sampler/mod.ts";
import { NO_VECTORS, type Vectors } from "./view_latent.ts";

/** What is known of a model's directions. */
export type KnownDirections =
  | { kind: "none" }
  | { kind: "loading" }
  | { kind: "failed"; message: string }
  | { kind: "known"; directions: Directions };

interface UsedDirections {
  directions: KnownDirections;
  /** Null as long as they may still come. */
  vectors: Vectors | null;
}

/** The directions of the model at `modelUrl`, once its sampler is there; `exist` is what the server knows. */
export function useDirections(
  modelUrl: string,
  exist: boolean,
  sampler: Sampler | null,
): UsedDirections {
  const [directions, setDirections] = useState<KnownDirections>({
    kind: exist ? "loading" : "none",
  });
  const [vectors, setVectors] = useState<Vectors | null>(exist ? null : NO_VECTORS);
  const isAsked = exist && sampler !== null && vectors === null;

  useEffect(() => {
    if (!isAsked) return;
    const load = async () => {
      try {
        const [{ readDirections }, { urlSource }] = await Promise.all([
          import("../../sampler/directions.ts"),
          import("../../sampler/mod.ts"),
        ]);
        const directions = await readDirections(urlSource(modelUrl), sampler!.card);
        setDirections(directions === null ? { kind: "none" } : { kind: "known", directions });
        setVectors(directions === null ? NO_VECTORS : vectorsOf(directions));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        setDirections({ kind: "failed", message: `The directions cannot be used. ${reason}` });
        setVectors(NO_VECTORS);
      }
    };
    load();
  }, [isAsked]);
  return { directions, vectors };
}

/** All directions by the ids that views know them by: an attribute's own, `sefa-1`, `ganspace-1` and so on. */
function vectorsOf({ attributes, sefa, ganspace }: Directions): Vectors {
  return new Map([
    ...sefa.map(({ vector }, i) => [`sefa-${i + 1}`, vector] as const),
    ...ganspace.map(({ vector }, i) => [`ganspace-${i + 1}`, vector] as const),
    ...attributes.map(({ id, vector }) => [id, vector] as const),
  ]);
}
