import { useEffect, useRef, useState } from "preact/hooks";
import type { ModelCard, ModelSource } from "../../sampler/mod.ts";

export interface OpenModel {
  card: ModelCard;
  /** Whether the card is only what the layers say. */
  isInferred: boolean;
  /** By which samplers on this page find it. */
  url: string;
}

interface UsedOwnModel {
  /** The last model that could be opened; one that cannot does not close it. */
  model: OpenModel | null;
  /** Bytes read of the one that is being opened, null when none is. */
  bytes: number | null;
  problem: string;
  /** Opens what `source` gives; resolves with whether it could. */
  open: (source: SourceMaker, name: string) => Promise<boolean>;
  fail: (problem: unknown) => void;
  stop: () => void;
}

type Sampling = typeof import("../../sampler/mod.ts");
/** Makes the source once the sampler's script is there. */
export type SourceMaker = (sampling: Sampling, signal: AbortSignal) => ModelSource;

/** One model of the visitor's own at a time. */
export function useOwnModel(): UsedOwnModel {
  const [model, setModel] = useState<OpenModel | null>(null);
  const [bytes, setBytes] = useState<number | null>(null);
  const [problem, setProblem] = useState("");
  const reading = useRef<AbortController | null>(null);
  const release = useRef(() => {});

  const stop = () => {
    reading.current?.abort();
    reading.current = null;
    setBytes(null);
  };
  const fail = (error: unknown) => {
    stop();
    setProblem(readable(error));
  };
  const open = async (makeSource: SourceMaker, name: string) => {
    stop();
    const mine = new AbortController();
    reading.current = mine;
    setProblem("");
    setBytes(0);
    try {
      const [sampling, { openOwnModel }] = await Promise.all([
        import("../../sampler/mod.ts"),
        import("../../sampler/own_model.ts"),
      ]);
      const { card, isInferred, source } = await openOwnModel(
        makeSource(sampling, mine.signal),
        name,
        (bytes) => mine.signal.aborted || setBytes(bytes),
      );
      if (mine.signal.aborted) return false;
      const held = sampling.holdSource(source, card.id);
      release.current();
      release.current = held.release;
      setModel({ card, isInferred, url: held.url });
      stop();
      return true;
    } catch (error) {
      if (!mine.signal.aborted) fail(error);
      return false;
    }
  };

  useEffect(() => () => {
    stop();
    release.current();
  }, []);
  return { model, bytes, problem, open, fail, stop };
}

function readable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error.cause instanceof TypeError)) return error.message;
  // Browsers hide from a page why they got no answer; from another site it is mostly one of these.
  return `${error.message}: the address may be wrong, or its server does not let other sites read ` +
    "it (Access-Control-Allow-Origin)";
}
