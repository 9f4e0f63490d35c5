import { type ModelCard, parseCard } from "./card.ts";
import { type Layer, parseTopology } from "./layers.ts";
import { ModelError } from "./model_error.ts";
import { type FoldedLayer, foldLayers, type Plan, planOf } from "./plan.ts";
import { parseJson } from "./schema.ts";
import type { ModelSource } from "./source.ts";
import { decodeWeights, type Weight } from "./weights.ts";

/** A generator that was read and found sound, before any backend has seen it. */
export interface Generator {
  readonly card: ModelCard;
  readonly plan: Plan;
}

/**
 * Reads card.json, model.json and weights.bin, and checks each against the card: length, SHA-256,
 * every number finite, shapes that fit. `onProgress` hears the fraction of the bytes that arrived.
 *
 * Throws a ModelError about the first thing that is wrong.
 */
export async function readGenerator(
  source: ModelSource,
  onProgress?: (fraction: number) => void,
): Promise<Generator> {
  const { card, layers, weights, where } = await readFiles(source, onProgress);
  return { card, plan: planOf(layers, weights, card, where) };
}

/** The same as layers instead of a plan: for those who need the generator's gradient. */
export async function readFoldedLayers(
  source: ModelSource,
): Promise<{ card: ModelCard; layers: FoldedLayer[] }> {
  const { card, layers, weights, where } = await readFiles(source);
  return { card, layers: foldLayers(layers, weights, card, where) };
}

/** What the files say, checked against the card. `where` names model.json. */
async function readFiles(
  source: ModelSource,
  onProgress: (fraction: number) => void = () => {},
): Promise<
  { card: ModelCard; layers: readonly Layer[]; weights: Map<string, Weight>; where: string }
> {
  const where = source.where("card.json");
  const card = parseCard(parseJson(await source.read("card.json"), where, "card"), where);

  const names = ["model.json", "weights.bin"];
  const total = names.reduce((sum, name) => sum + card.files[name].bytes, 0);
  const arrived = new Map<string, number>();
  // Settled, both of them: a caller who is told of the first failure has no reading left in the background.
  const read = await Promise.allSettled(names.map(async (name) => {
    const bytes = await source.read(name, (count) => {
      arrived.set(name, count);
      const sum = [...arrived.values()].reduce((a, b) => a + b, 0);
      onProgress(Math.min(1, sum / total));
    });
    await verify(bytes, card.files[name], source.where(name));
    return bytes;
  }));
  const [modelJson, weights] = read.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });

  const graph = source.where("model.json");
  const topology = parseTopology(parseJson(modelJson, graph, "graph"), graph);
  const decoded = decodeWeights(weights, topology.weights, source.where("weights.bin"));
  return { card, layers: topology.layers, weights: decoded, where: graph };
}

/** Checks `bytes` against what the card says of the file. Throws a ModelError: `length`, `hash`. */
export async function verify(
  bytes: Uint8Array<ArrayBuffer>,
  expected: { bytes: number; sha256: string },
  where: string,
): Promise<void> {
  if (bytes.length !== expected.bytes) {
    const what = bytes.length < expected.bytes ? "is truncated" : "is another file";
    throw new ModelError(
      "length",
      `${where} ${what}: card.json says ${expected.bytes} bytes, found ${bytes.length}`,
    );
  }
  // Browsers offer no hash on pages served over plain HTTP from another machine; the length must do.
  if (!globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (sha256 !== expected.sha256) {
    throw new ModelError(
      "hash",
      `${where} is damaged or another model's: card.json says sha256 ` +
        `${expected.sha256.slice(0, 12)}…, found ${sha256.slice(0, 12)}…`,
    );
  }
}
