/**
 * A generator with random weights, made by stock tfjs-layers alone: what a model's reader is tested
 * with where the trained one would be too large, or must not be the oracle of its own exporter.
 *
 *   deno run -A tests/sampler/fixture_model.ts <folder> [--id …] [--size 32] [--channels 1] [--width 0.5] [--latentSize 100]
 */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { CARD_SCHEMA, parseCard } from "../../sampler/card.ts";
import { normal } from "../../sampler/random.ts";
import { encodePng } from "../../train/png.ts";

export interface FixtureOptions {
  /** Height and width of the images, 4·2ⁿ. */
  size: number;
  channels: 1 | 3;
  /** Multiplier of the article's 512, 256, … channels. */
  width: number;
  latentSize: number;
  id: string;
  seed: number;
}

const DEFAULTS: FixtureOptions = {
  size: 32,
  channels: 1,
  width: 0.5,
  latentSize: 100,
  id: "fixture",
  seed: 1,
};

/** Writes the whole model folder: card, float16 weights, poster, history. Makes `cpu` the current backend. */
export async function writeFixtureModel(
  folder: string,
  options: Partial<FixtureOptions> = {},
): Promise<void> {
  const chosen = { ...DEFAULTS, ...options };
  const files: Record<string, Uint8Array> = {
    ...await layersModelFiles(chosen),
    "poster.png": poster(chosen),
    "history.json": new TextEncoder().encode(JSON.stringify(history())),
  };
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  const card = fixtureCard(chosen, files);
  await Deno.writeTextFile(`${folder}/card.json`, JSON.stringify(card, null, 2));
}

/** model.json and weights.bin as tfjs saves them, every weight quantised to float16 by the stock format. */
export async function layersModelFiles(
  options: FixtureOptions,
): Promise<Record<"model.json" | "weights.bin", Uint8Array>> {
  await tf.setBackend("cpu");
  const model = stockGenerator(options);
  let saved!: tf.io.ModelArtifacts;
  await model.save({
    save: (artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) });
    },
  });
  model.dispose();
  const data = tf.io.CompositeArrayBuffer.join(saved.weightData);
  const modelJson = {
    format: "layers-model",
    modelTopology: saved.modelTopology,
    weightsManifest: [{
      paths: ["weights.bin"],
      weights: saved.weightSpecs!.map((spec) => ({
        ...spec,
        quantization: { dtype: "float16", original_dtype: "float32" },
      })),
    }],
  };
  return {
    "model.json": new TextEncoder().encode(JSON.stringify(modelJson)),
    "weights.bin": new Uint8Array(new Float16Array(new Float32Array(data)).buffer),
  };
}

/** The article's generator with random filters and batch-norm statistics far from 0 and 1. */
function stockGenerator(options: FixtureOptions): tfl.Sequential {
  const { size, channels, width, latentSize, seed } = options;
  const blocks = Math.log2(size / 4);
  const filters = [...Array(blocks).keys()].map((i) => Math.round(512 * width / 2 ** i));
  const model = tfl.sequential();
  model.add(tfl.layers.reshape({ inputShape: [latentSize], targetShape: [1, 1, latentSize] }));
  const upscale = (filters: number, first: boolean, useBias: boolean) =>
    model.add(tfl.layers.conv2dTranspose({
      filters,
      useBias,
      kernelInitializer: "zeros", // replaced below
      ...(first
        ? { kernelSize: 4, strides: 1, padding: "valid" }
        : { kernelSize: 3, strides: 2, padding: "same" }),
    }));
  filters.forEach((count, i) => {
    upscale(count, i === 0, false);
    model.add(tfl.layers.batchNormalization({ epsilon: 1e-5 }));
    model.add(tfl.layers.leakyReLU({ alpha: 0.2 }));
  });
  upscale(channels, false, true);
  model.add(tfl.layers.activation({ activation: "tanh" }));

  tf.tidy(() =>
    model.setWeights(model.weights.map((weight, i) => {
      const shape = weight.shape as number[];
      return tf.tensor(randomWeight(weight.name, shape, [seed, 0, i]), shape);
    }))
  );
  return model;
}

function randomWeight(
  name: string,
  shape: number[],
  key: readonly [number, number, number],
): Float32Array {
  const values = normal(key, shape.reduce((a, b) => a * b, 1));
  if (name.includes("kernel")) {
    const [height, width, , inputs] = shape;
    // He's deviation, for the inputs that meet in one output: a stride of 2 keeps a quarter of the taps.
    const taps = height === 4 ? 1 : height * width / 4;
    const deviation = Math.sqrt(2 / (inputs * taps));
    return values.map((x) => x * deviation);
  }
  if (name.includes("gamma")) return values.map((x) => 1 + 0.2 * x);
  if (name.includes("variance")) return values.map((x) => 0.8 + 0.5 * Math.abs(x));
  return values.map((x) => 0.2 * x); // beta, moving mean, bias
}

function fixtureCard(options: FixtureOptions, files: Record<string, Uint8Array>) {
  const { id, size, channels, latentSize, seed } = options;
  return parseCard({
    schema: CARD_SCHEMA,
    id,
    title: `Random weights, ${size}×${size}×${channels}`,
    objective: "wgan-gp",
    paper: { title: "Improved Training of Wasserstein GANs", arxiv: "1704.00028" },
    dataset: {
      id: "none",
      title: "No data",
      licence: "CC0 1.0",
      url: "https://example.org/none",
      images: 1,
    },
    imageShape: [size, size, channels],
    latentSize,
    training: {
      recipe: "default",
      command: "deno run -A tests/sampler/fixture_model.ts",
      generatorSteps: 200,
      savedStep: 200,
      criticSteps: 5,
      batchSize: 64,
      optimizer: "none",
      seed,
      backend: "cpu",
      device: "none",
      seconds: 1,
      versions: { deno: Deno.version.deno, tfjs: tf.version_core },
    },
    metrics: null,
    files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, {
        bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      }]),
    ),
  }, "card.json");
}

function poster({ channels }: FixtureOptions): Uint8Array {
  const size = 64;
  const pixels = new Uint8Array(size * size * channels);
  return encodePng(size, size, pixels.map((_, i) => i % 251), channels);
}

function history() {
  const steps = [50, 100, 150, 200].map((step) => ({
    step,
    criticLoss: -400 / step,
    generatorLoss: 100 / step,
    penalty: 10 / step,
    seconds: step / 2,
    imagesPerSecond: 128,
  }));
  return { schema: 1, steps, timeline: [] };
}

if (import.meta.main) {
  const { values, positionals: [folder] } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      id: { type: "string", default: DEFAULTS.id },
      size: { type: "string", default: String(DEFAULTS.size) },
      channels: { type: "string", default: String(DEFAULTS.channels) },
      width: { type: "string", default: String(DEFAULTS.width) },
      latentSize: { type: "string", default: String(DEFAULTS.latentSize) },
    },
  });
  if (folder === undefined) throw new Error("Give the folder to write: fixture_model.ts <folder>");
  await writeFixtureModel(folder, {
    id: values.id,
    size: Number(values.size),
    channels: values.channels === "3" ? 3 : 1,
    width: Number(values.width),
    latentSize: Number(values.latentSize),
  });
}
