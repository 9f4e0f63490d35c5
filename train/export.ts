import { Buffer } from "node:buffer";
import * as tfl from "@tensorflow/tfjs-layers";
import type * as tf from "@tensorflow/tfjs-core";
import type { FrozenGenerator } from "./average.ts";
import { generatorChannels, type NetworkShape, SLOPE } from "./networks.ts";
import { EPSILON } from "./normalise.ts";

/**
 * A frozen generator as the two files of a stock tfjs LayersModel, which anybody's `tf.loadLayersModel` opens: input
 * [latentSize], output [size, size, channels] in [-1, 1].
 *
 * Filters are float16, in the stock format's quantisation. Batch norm's vectors stay float32: they are under 1 % of the
 * bytes, and a variance near 0 is where float16 is coarse.
 */
export async function toLayersModel(
  generator: FrozenGenerator,
  shape: NetworkShape,
): Promise<{ modelJson: string; weightsBin: Uint8Array }> {
  const model = layersOf(shape);
  const modelTopology = model.toJSON(null, false);
  model.dispose();

  const channels = generatorChannels(shape);
  const last = channels.length - 1;
  const tensors: [name: string, tensor: tf.Tensor][] = channels.flatMap((_, i) => {
    const [filter, ...rest] = generator.weights.slice(3 * i, 3 * i + 3);
    if (i === last) return [[`conv${i}/kernel`, filter], [`conv${i}/bias`, rest[0]]];
    return [
      [`conv${i}/kernel`, filter],
      [`norm${i}/gamma`, rest[0]],
      [`norm${i}/beta`, rest[1]],
      [`norm${i}/moving_mean`, generator.moments[i].mean],
      [`norm${i}/moving_variance`, generator.moments[i].variance],
    ];
  });
  const weights = tensors.map(([name, t]) => ({
    name,
    shape: t.shape,
    dtype: "float32",
    ...(t.rank === 4 && { quantization: { dtype: "float16", original_dtype: "float32" } }),
  }));
  const modelJson = JSON.stringify({
    format: "layers-model",
    generatedBy: "ganlet",
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: ["weights.bin"], weights }],
  });
  return {
    modelJson,
    weightsBin: new Uint8Array(
      Buffer.concat(await Promise.all(tensors.map(([, t]) => bytesOf(t)))),
    ),
  };
}

/** The generator as stock layers, for its topology alone; its weights stay what the constructors give. */
function layersOf(shape: NetworkShape): tfl.Sequential {
  const channels = generatorChannels(shape);
  const model = tfl.sequential({ name: "generator" });
  const { latentSize } = shape;
  model.add(
    tfl.layers.reshape({
      name: "latent",
      inputShape: [latentSize],
      targetShape: [1, 1, latentSize],
    }),
  );
  channels.forEach((filters, i) => {
    const last = i === channels.length - 1;
    model.add(tfl.layers.conv2dTranspose({
      name: `conv${i}`,
      filters,
      kernelSize: i === 0 ? 4 : 3,
      strides: i === 0 ? 1 : 2,
      padding: i === 0 ? "valid" : "same",
      useBias: last,
      kernelInitializer: "zeros", // never used: cheaper than the default
    }));
    if (last) {
      model.add(tfl.layers.activation({ name: "image", activation: "tanh" }));
    } else {
      model.add(tfl.layers.batchNormalization({ name: `norm${i}`, epsilon: EPSILON }));
      model.add(tfl.layers.leakyReLU({ name: `relu${i}`, alpha: SLOPE }));
    }
  });
  return model;
}

/** Filters as float16, which `freeze` has rounded them to, all else as float32; little-endian both. */
async function bytesOf(tensor: tf.Tensor): Promise<Uint8Array> {
  const values = await tensor.data<"float32">();
  const array = tensor.rank === 4 ? new Float16Array(values) : values;
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
