/** The samplers of a page: as many elements as like share one, and the last to leave frees its weights. */

import { type ModelCard, parseCard } from "../sampler/card.ts";
import {
  type BackendChoice,
  type EngineFiles,
  loadSampler,
  type ModelSource,
  type Sampler,
  urlSource,
} from "../sampler/mod.ts";
import { parseJson } from "../sampler/schema.ts";

/** One element's part in a sampler. */
export interface Lease {
  /** Of the element's own folder; the weights may have come from another that has the same. */
  readonly card: ModelCard;
  readonly sampler: Sampler;
  /** Gives it back. */
  release(): void;
  /** Has later elements start anew: the sampler's backend is gone. */
  giveUp(): void;
}

interface Held {
  readonly weights: string;
  readonly choice: BackendChoice;
  readonly folder: string;
  readonly sampler: Promise<Sampler>;
  readonly listeners: Set<(fraction: number) => void>;
  /** Once it is there. */
  backend?: Sampler["backend"];
  /** Whether it can compute no more: it is left to those who have it. */
  lost: boolean;
  users: number;
}

const held = new Set<Held>();

export interface LeaseOptions {
  /** The model's folder, an absolute URL. */
  folder: string;
  backend: BackendChoice;
  wasmFiles: EngineFiles;
  onProgress(fraction: number): void;
}

/**
 * A sampler of the folder's model. Folders whose cards name the same model.json and weights.bin share
 * one, wherever they lie. Throws a ModelError.
 */
export async function leaseSampler(options: LeaseOptions): Promise<Lease> {
  const { folder, backend, onProgress } = options;
  const source = urlSource(folder);
  const where = source.where("card.json");
  const bytes = await readOnce(source, where);
  const card = parseCard(parseJson(bytes, where, "card"), where);
  const weights = ["model.json", "weights.bin"].map((name) => card.files[name].sha256).join();

  const fits = (h: Held) =>
    h.weights === weights && !h.lost && (h.choice === backend || h.backend === backend);
  const mine = [...held].find(fits) ?? hold(options, weights, withCard(source, bytes));
  mine.users++;
  mine.listeners.add(onProgress);
  try {
    const sampler = await mine.sampler;
    let released = false;
    return {
      card,
      sampler,
      release() {
        if (released) return;
        released = true;
        leave(mine);
      },
      giveUp: () => mine.lost = true,
    };
  } catch (error) {
    leave(mine);
    // Another folder's files were damaged, which says nothing of this one's.
    if (mine.folder !== folder) return await leaseSampler(options);
    throw error;
  } finally {
    mine.listeners.delete(onProgress);
  }
}

/** Cards on their way: ten elements that come into view at once ask once. */
const reading = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

function readOnce(source: ModelSource, where: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = reading.get(where);
  if (!bytes) {
    bytes = source.read("card.json").finally(() => reading.delete(where));
    reading.set(where, bytes);
  }
  return bytes;
}

function hold(
  { folder, backend, wasmFiles }: LeaseOptions,
  weights: string,
  source: ModelSource,
): Held {
  const listeners: Held["listeners"] = new Set();
  const onProgress = (fraction: number) => listeners.forEach((listener) => listener(fraction));
  const sampler = loadSampler(source, { backend, wasmFiles, onProgress });
  const mine: Held = {
    ...{ weights, choice: backend, folder, sampler, listeners },
    lost: false,
    users: 0,
  };
  held.add(mine);
  sampler.then((loaded) => mine.backend = loaded.backend, () => held.delete(mine));
  return mine;
}

function leave(mine: Held): void {
  if (--mine.users > 0) return;
  held.delete(mine);
  mine.sampler.then((sampler) => sampler.dispose(), () => {});
}

/** `source`, of which card.json was read already. */
function withCard(source: ModelSource, card: Uint8Array<ArrayBuffer>): ModelSource {
  return {
    where: source.where,
    read: (path, onBytes) =>
      path === "card.json" ? Promise.resolve(card) : source.read(path, onBytes),
  };
}
