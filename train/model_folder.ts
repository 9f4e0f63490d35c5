import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { version_core } from "@tensorflow/tfjs-core";
import { CARD_SCHEMA, type ModelCard, parseCard } from "../sampler/card.ts";
import { replaceFolder } from "./atomic.ts";
import type { FrozenGenerator } from "./average.ts";
import { toLayersModel } from "./export.ts";
import type { History } from "./history.ts";
import type { NetworkShape } from "./networks.ts";
import { sampleGrid } from "./preview.ts";
import { shippedFrames } from "./timeline.ts";

/** The card's fields that only the run knows. */
export type RunFacts = Pick<
  ModelCard,
  "id" | "title" | "objective" | "paper" | "dataset" | "training"
>;

/** The files of a model that are the generator's own: model.json, weights.bin and poster.png. */
export type GeneratorFiles = ReadonlyMap<string, Uint8Array>;

export async function generatorFiles(
  generator: FrozenGenerator,
  shape: NetworkShape,
): Promise<GeneratorFiles> {
  const { modelJson, weightsBin } = await toLayersModel(generator, shape);
  return new Map([
    ["model.json", text(modelJson)],
    ["weights.bin", weightsBin],
    ["poster.png", await sampleGrid(generator, shape, posterOf(shape))],
  ]);
}

/** The card of a model with these files. `where` is its path, for messages. */
export function cardOf(
  facts: RunFacts,
  shape: NetworkShape,
  files: ReadonlyMap<string, Uint8Array>,
  where: string,
): ModelCard {
  return parseCard({
    schema: CARD_SCHEMA,
    ...facts,
    imageShape: [shape.size, shape.size, shape.channels],
    latentSize: shape.latentSize,
    metrics: null,
    files: Object.fromEntries(
      [...files].map(([path, bytes]) => [path, { bytes: bytes.length, sha256: sha256(bytes) }]),
    ),
  }, where);
}

/**
 * Writes models/<id>: card.json, the generator's files, history.json and the timeline's pictures, which are taken from
 * `timelineFolder`. The folder appears complete or not at all.
 */
export async function writeModel(
  folder: string,
  generator: GeneratorFiles,
  shape: NetworkShape,
  facts: RunFacts,
  history: History,
  timelineFolder: string,
  { force }: { force: boolean },
): Promise<void> {
  const frames = await Promise.all(history.timeline.map(async (point) => ({
    ...point,
    bytes: await Deno.readFile(join(timelineFolder, point.file)),
  })));
  const shipped = shippedFrames(frames, TIMELINE_BYTES);
  const timeline = shipped.map(({ step, file }) => ({ step, file }));
  const files = new Map<string, Uint8Array>([
    ...generator,
    ["history.json", text(JSON.stringify({ ...history, timeline }))],
    ...shipped.map(({ file, bytes }) => [file, bytes] as const),
  ]);
  const card = cardOf(facts, shape, files, join(folder, "card.json"));

  await replaceFolder(folder, async (temporary) => {
    for (const [path, bytes] of files) {
      await Deno.mkdir(dirname(join(temporary, path)), { recursive: true });
      await Deno.writeFile(join(temporary, path), bytes);
    }
    await Deno.writeTextFile(join(temporary, "card.json"), JSON.stringify(card, null, 2) + "\n");
  }, { force });
}

/** What made the model, for its card. */
export function versions(): Record<string, string> {
  return { deno: Deno.version.deno, tfjs: version_core };
}

/** Most bytes of a model's timeline: grids of 64 colour pictures take 0.6 MB each, and a site's models are to stay small. */
const TIMELINE_BYTES = 3.9e6;

// 4x4 samples, at least 512 pixels wide, each sample's pixel a whole number of the picture's.
const posterOf = ({ size }: NetworkShape) => ({
  columns: 4,
  scale: Math.max(1, Math.ceil(128 / size)),
});
const text = (content: string) => new TextEncoder().encode(content);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
