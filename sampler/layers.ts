/** model.json: the part of tfjs's LayersModel format that a generator needs. */

import * as v from "valibot";
import { ModelError } from "./model_error.ts";
import { matching, numberIn, parse, whole } from "./schema.ts";
import type { WeightSpec } from "./weights.ts";

/** What model.json says: the layers in their order and the weights in theirs. */
export interface Topology {
  readonly layers: readonly Layer[];
  readonly weights: WeightSpec[];
}

const name = matching(/./, "a layer's name");
const size = whole(1);
const pair = v.strictTuple([size, size], "two whole numbers");
const linear = v.literal("linear", '"linear" (an activation is a layer of its own)');

/** The layers that this sampler runs. Fields that change nothing here (initialisers, …) are left out. */
const LAYERS = {
  InputLayer: v.object({ name }),
  Reshape: v.object({ name, target_shape: v.array(size, "an array of sizes") }),
  Conv2DTranspose: v.object({
    name,
    filters: size,
    kernel_size: pair,
    strides: pair,
    padding: v.picklist(["valid", "same"], '"valid" or "same"'),
    data_format: v.optional(v.picklist(["channelsLast", "channels_last"], '"channelsLast"')),
    activation: v.optional(linear),
    use_bias: v.boolean("true or false"),
  }, "an object"),
  BatchNormalization: v.object({
    name,
    axis: v.picklist([-1, 3], "-1 or 3, the channels' axis"),
    epsilon: numberIn("a number of at least 0", 0),
    center: v.boolean("true or false"),
    scale: v.boolean("true or false"),
  }, "an object"),
  LeakyReLU: v.object({
    name,
    // Then the unit is max(x, alpha·x), which is how the backends compute it.
    alpha: numberIn("a number of at most 1", undefined, 1),
  }, "an object"),
  Activation: v.object({ name, activation: v.literal("tanh", '"tanh"') }, "an object"),
};

type ClassName = keyof typeof LAYERS;
/** One layer: its class in tfjs-layers and its configuration. */
export type Layer = {
  [Class in ClassName]: { class: Class } & v.InferOutput<(typeof LAYERS)[Class]>;
}[ClassName];

const Sequential = v.object({
  class_name: v.literal("Sequential", '"Sequential"'),
  config: v.object({
    layers: v.array(
      v.object({ class_name: v.string("a text"), config: v.unknown() }, "an object"),
      "an array of layers",
    ),
  }, "an object"),
}, "an object");

const Weight = v.object({
  name: v.string("a text"),
  shape: v.array(size, "an array of sizes"),
  dtype: v.literal("float32", '"float32"'),
  quantization: v.optional(
    v.object({ dtype: v.literal("float16", '"float16"') }, "an object"),
  ),
}, "an object");

const Model = v.object({
  modelTopology: Sequential,
  weightsManifest: v.strictTuple([
    v.object({
      paths: v.strictTuple([v.literal("weights.bin", '"weights.bin"')], '["weights.bin"]'),
      weights: v.array(Weight, "an array of weights"),
    }, "an object"),
  ], "an array of one group"),
}, "an object");

/**
 * Reads parsed model.json. `where` names the file.
 *
 * Throws a ModelError `graph` when it is no Sequential model, or holds a layer or an option of one
 * that this sampler does not run.
 */
export function parseTopology(value: unknown, where: string): Topology {
  const { modelTopology, weightsManifest } = parse(Model, value, where, "graph");
  const layers = modelTopology.config.layers.map((layer, i): Layer => {
    const className = layer.class_name;
    if (!isSupported(className)) {
      throw new ModelError(
        "graph",
        `${where}: layer ${i + 1} is a ${className}, which this sampler does not run: ` +
          `it runs ${Object.keys(LAYERS).join(", ")}`,
      );
    }
    const config = parse(LAYERS[className], layer.config, `${where}, layer ${i + 1}`, "graph");
    return { class: className, ...config } as Layer;
  });
  return { layers, weights: weightsManifest[0].weights };
}

function isSupported(className: string): className is ClassName {
  return Object.hasOwn(LAYERS, className);
}
