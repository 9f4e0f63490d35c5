/**
 * A model that somebody brings along: whatever stock TensorFlow.js saves as a LayersModel, with our
 * card or without, its weights in one file or in shards.
 */
import { CARD_SCHEMA, type ModelCard } from "./card.ts";
import { type Layer, parseTopology, type Topology } from "./layers.ts";
import { ModelError } from "./model_error.ts";
import { readGenerator } from "./read_model.ts";
import { parseJson } from "./schema.ts";
import { memorySource, type ModelSource } from "./source.ts";

export interface OwnModel {
  readonly card: ModelCard;
  /** Whether the card is only what the layers say. */
  readonly isInferred: boolean;
  /** The checked files, in memory. */
  readonly source: ModelSource;
}

/** Files beside the model that samplers' pages know what to do with. */
const EXTRAS = ["directions.json"];

/**
 * Reads and checks a model: with a card as `readGenerator` does; without one, what a card would say
 * is taken from the layers. `name` is the model's for want of a better one. `onBytes` hears how many
 * bytes have arrived.
 *
 * Throws a ModelError about the first thing that is wrong.
 */
export async function openOwnModel(
  source: ModelSource,
  name: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<OwnModel> {
  const arrived = new Map<string, number>();
  const read = (path: string) =>
    source.read(path, (count) => {
      arrived.set(path, count);
      onBytes([...arrived.values()].reduce((a, b) => a + b, 0));
    });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const cardFile = await readIfAny(read, "card.json");
  files.set("model.json", await read("model.json"));
  const graph = source.where("model.json");
  if (looksLikeHtml(files.get("model.json")!)) {
    throw new ModelError(
      "graph",
      `${graph}: expected a model, found a web page: give the address of the folder that holds model.json`,
    );
  }
  if (cardFile) {
    files.set("card.json", cardFile);
    files.set("weights.bin", await read("weights.bin"));
    const listed = (parseJson(cardFile, source.where("card.json"), "card") as Partial<ModelCard>)
      ?.files;
    for (const path of EXTRAS) if (listed?.[path]) files.set(path, await read(path));
  } else {
    const model = parseJson(files.get("model.json")!, graph, "graph");
    const { weights, ...plain } = await withOneWeightsFile(model, graph, read);
    files.set("weights.bin", weights);
    files.set("model.json", encode(plain));
    const topology = parseTopology(plain, graph);
    files.set("card.json", encode(await inferCard(topology, plain, files, name, graph)));
  }
  const own = memorySource(files, source.where);
  const { card } = await readGenerator(own);
  return { card, isInferred: cardFile === null, source: own };
}

/** Null where there is no such file, or a site's page in its place. */
async function readIfAny(
  read: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
  path: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const bytes = await read(path);
    return looksLikeHtml(bytes) ? null : bytes;
  } catch (error) {
    if (error instanceof ModelError && error.type === "missing") return null;
    throw error;
  }
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  return /^\s*</.test(new TextDecoder().decode(bytes.subarray(0, 100)));
}

interface PlainModel {
  modelTopology: unknown;
  weightsManifest: unknown;
}

interface Group {
  paths: string[];
  weights: unknown[];
}

/** The model with all of its weights as one file: saved by others they may lie in several, under other names. */
async function withOneWeightsFile(
  value: unknown,
  graph: string,
  read: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<PlainModel & { weights: Uint8Array<ArrayBuffer> }> {
  const { modelTopology, weightsManifest } = (value ?? {}) as Partial<PlainModel>;
  if (!Array.isArray(weightsManifest) || !weightsManifest.every(isGroup)) {
    throw new ModelError("graph", `${graph}: expected a LayersModel with a weightsManifest`);
  }
  const paths = weightsManifest.flatMap(({ paths }) => paths);
  const strange = paths.find((path) => !/^[\w-][\w.-]*$/.test(path));
  if (strange !== undefined) {
    throw new ModelError(
      "graph",
      `${graph}: expected the weights' files beside it, found ${JSON.stringify(strange)}`,
    );
  }
  const shards = await Promise.all(paths.map(read));
  return {
    // What Keras wrote and the converter took over lies one level deeper.
    modelTopology: (modelTopology as { model_config?: unknown })?.model_config ?? modelTopology,
    weightsManifest: [{
      paths: ["weights.bin"],
      weights: weightsManifest.flatMap(({ weights }) => weights),
    }],
    weights: new Uint8Array(await new Blob(shards).arrayBuffer()),
  };
}

function isGroup(value: unknown): value is Group {
  const { paths, weights } = (value ?? {}) as Partial<Group>;
  return Array.isArray(paths) && paths.every((path) => typeof path === "string") &&
    Array.isArray(weights);
}

/** What the layers say, in the form of a card; the rest of it says that nothing is known. */
async function inferCard(
  { layers }: Topology,
  model: PlainModel,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  name: string,
  graph: string,
): Promise<ModelCard> {
  const { latentSize, imageShape } = shapesOf(layers, model, graph);
  const unknown = "unknown";
  return {
    schema: CARD_SCHEMA,
    id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "") || "own",
    title: name,
    objective: unknown,
    paper: { title: unknown, arxiv: unknown },
    dataset: { id: unknown, title: unknown, licence: unknown, url: null, images: 1 },
    imageShape,
    latentSize,
    training: {
      ...{ recipe: unknown, command: unknown, optimizer: unknown, backend: unknown },
      ...{ device: unknown, generatorSteps: 0, savedStep: 0, criticSteps: 0, batchSize: 1 },
      ...{ seed: 0, seconds: 0, versions: {} },
    },
    metrics: null,
    files: Object.fromEntries(
      await Promise.all([...files].map(async ([path, bytes]) => [path, await fileFact(bytes)])),
    ),
  };
}

/** Latents by the input's declared shape, or by what the first layer makes of them; images by following the layers. */
export function shapesOf(
  layers: readonly Layer[],
  model: PlainModel,
  graph: string,
): Pick<ModelCard, "latentSize" | "imageShape"> {
  const first = (model.modelTopology as {
    config?: { layers?: { config?: Record<string, unknown> }[] };
  }).config?.layers?.at(0)?.config;
  const declared = first?.batch_input_shape ?? first?.batchInputShape ?? first?.batch_shape;
  let shape: number[] | null = Array.isArray(declared) ? declared.slice(1).map(Number) : null;
  const start = layers.find((layer) => layer.class === "Reshape");
  shape ??= start ? [start.target_shape.reduce((a, b) => a * b, 1)] : null;
  if (shape?.length !== 1 || !(shape[0] > 0)) {
    throw new ModelError(
      "graph",
      `${graph}: expected a generator of latent vectors [size], found an input of [${shape}]`,
    );
  }
  const [latentSize] = shape;
  for (const layer of layers) {
    if (layer.class === "Reshape") shape = layer.target_shape;
    if (layer.class !== "Conv2DTranspose") continue;
    const [vertical, horizontal] = layer.strides;
    shape = layer.padding === "valid"
      ? [...layer.kernel_size, layer.filters]
      : [shape[0] * vertical, shape[1] * horizontal, layer.filters];
  }
  const [height, width, channels] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3)) {
    throw new ModelError(
      "graph",
      `${graph}: expected images of 1 or 3 channels at the end, found [${shape}]`,
    );
  }
  return { latentSize, imageShape: [height, width, channels] };
}

async function fileFact(bytes: Uint8Array<ArrayBuffer>) {
  // Browsers offer no hash on pages served over plain HTTP from another machine; nor do they check it there.
  const digest = await globalThis.crypto?.subtle?.digest("SHA-256", bytes);
  const sha256 = Array.from(
    new Uint8Array(digest ?? 32),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  return { bytes: bytes.length, sha256 };
}

function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
