/** The models in models/: their cards, their histories and their files. */

import { type ModelCard, parseCard } from "../sampler/card.ts";
import { contentType, entityTag } from "./_files.ts";
import { type History, parseHistory } from "./_history.ts";

/** A model on show, or why it cannot be shown. */
export type Exhibit = { id: string; card: ModelCard } | { id: string; problem: string };

export interface ModelFile {
  bytes: Uint8Array<ArrayBuffer>;
  tag: string;
  type: string;
}

/** Where a model has its picture of sixteen samples. */
export const POSTER = "poster.png";
/** Folders of models/ that hold no generator. */
const NOT_EXHIBITED = new Set(["classifiers"]);
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** As the card's schema has it: no hidden files, no way out of the folder. */
const PATH_PART = /^[\w-][\w.-]*$/;

export class Zoo {
  #reported = new Set<string>();

  /** `folder` is models/ or another folder laid out like it. */
  constructor(readonly folder: string) {}

  /** Every model with a card, in the order of their ids. Damaged ones are among them, and logged. */
  async list(): Promise<Exhibit[]> {
    const ids: string[] = [];
    try {
      for await (const entry of Deno.readDir(this.folder)) {
        if (!entry.isFile && isModelId(entry.name)) ids.push(entry.name);
      }
    } catch (error) {
      // A clone that has not trained anything yet has nothing to show, which is no fault.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const exhibits = await Promise.all(ids.sort().map((id) => this.get(id)));
    return exhibits.filter((exhibit) => exhibit !== null);
  }

  /** The model `id`, or null where there is none: no such folder, or one without a card. */
  async get(id: string): Promise<Exhibit | null> {
    if (!isModelId(id)) return null;
    const where = `models/${id}/card.json`;
    try {
      const text = await readTextIfAny(`${this.folder}/${id}/card.json`);
      if (text === null) return null;
      const card = parseCard(parseJson(text, where), where);
      if (card.id !== id) {
        throw new Error(`${where}: id is "${card.id}", but its folder is called "${id}"`);
      }
      return { id, card };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (!this.#reported.has(problem)) console.error(`Damaged card: ${problem}`);
      this.#reported.add(problem);
      return { id, problem };
    }
  }

  /** How a model was trained, null where nothing is recorded, or why that cannot be read. */
  async history(id: string): Promise<History | { problem: string } | null> {
    const where = `models/${id}/history.json`;
    try {
      const text = await readTextIfAny(`${this.folder}/${id}/history.json`);
      return text === null ? null : parseHistory(parseJson(text, where), where);
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The file at `path` of the model `id`, or null where there is none. */
  async file(id: string, path: string): Promise<ModelFile | null> {
    if (!isModelId(id) || !path.split("/").every((part) => PATH_PART.test(part))) return null;
    const where = `${this.folder}/${id}/${path}`;
    try {
      const { isFile } = await Deno.stat(where);
      if (!isFile) return null;
      const bytes = await Deno.readFile(where);
      // Hashed anew each time, 2 ms for a model's weights: times of change miss quick changes.
      return { bytes, tag: await entityTag(bytes), type: contentType(path) };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

/** The model to show first: of those with a poster the one that covers its data best, beside real images. */
export function showpiece(cards: readonly ModelCard[]): ModelCard | undefined {
  const coverage = ({ metrics }: ModelCard) =>
    metrics?.coverage ? metrics.coverage.value / metrics.coverage.floor : -1;
  return cards.filter(({ files }) => POSTER in files)
    .toSorted((a, b) => coverage(b) - coverage(a)).at(0);
}

export function isModelId(id: string): boolean {
  return ID.test(id) && id.length <= 100 && !NOT_EXHIBITED.has(id);
}

async function readTextIfAny(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${where} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
