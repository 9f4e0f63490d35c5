/** What stock tfjs makes of a model folder: the sampler's oracle, which shares no code with it. */

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";

/** A model folder by `tf.loadLayersModel`, on the current backend. */
export async function loadStock(folder: string): Promise<tfl.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(
    await Deno.readTextFile(`${folder}/model.json`),
  );
  const weights = await Deno.readFile(`${folder}/weights.bin`);
  return await tfl.loadLayersModel({
    load: () =>
      Promise.resolve({
        modelTopology,
        weightSpecs: weightsManifest[0].weights,
        weightData: weights.buffer,
      }),
  });
}

/** Images [count, height, width, channels] of z, computed by the plain `cpu` backend, which becomes current. */
export async function stockImages(
  folder: string,
  z: Float32Array,
  count: number,
): Promise<Float32Array> {
  await tf.setBackend("cpu");
  const model = await loadStock(folder);
  const images = tf.tidy(() =>
    (model.predict(tf.tensor2d(z, [count, z.length / count])) as tf.Tensor).dataSync<"float32">()
  );
  model.dispose();
  return images;
}
