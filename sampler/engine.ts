import * as tf from "@tensorflow/tfjs-core";
import type { Convolution } from "./phases.ts";
import type { DenseStep, Plan, Step, UpscaleStep } from "./plan.ts";
import { tanhInPlace } from "./tanh.ts";

/** A plan whose weights lie on a backend. */
export interface LoadedPlan {
  /** Images [count, height, width, channels] in [-1, 1] of z [count, latentSize]. */
  run(z: Float32Array, count: number): Promise<Float32Array>;
  /** RGBA bytes of the same images, where the backend makes them faster than `toRgba()`. */
  pixels?(z: Float32Array, count: number): Promise<Uint8ClampedArray<ArrayBuffer>>;
  /** Draws the image of one z at the canvas's top left, where the backend can without reading it back. */
  draw?(canvas: CanvasRenderingContext2D, z: Float32Array): Promise<void>;
  /** Frees the weights, which no run may need any more. */
  dispose(): void;
}

/** Images computed at once: more make a call no faster, and the memory of 64 x 64 ones stays under 300 MB. */
const BATCH = 64;

type Layer = (x: tf.Tensor) => tf.Tensor;

/** Uploads the weights of `plan` to the backend called `name`, which must have started. */
export function loadPlan(plan: Plan, name: string): LoadedPlan {
  const weights: tf.Tensor[] = [];
  const upload = <T extends tf.Tensor>(values: Float32Array, shape: readonly number[]): T => {
    const tensor = tf.tensor(values, [...shape], "float32");
    weights.push(tensor);
    return tensor as T;
  };
  const layers = onBackend(name, () => plan.steps.map((step) => layerOf(step, upload)));

  return {
    async run(z, count) {
      const size = plan.imageShape.reduce((a, b) => a * b, 1);
      const images = new Float32Array(count * size);
      for (let first = 0; first < count; first += BATCH) {
        const n = Math.min(BATCH, count - first);
        const part = z.subarray(first * plan.latentSize, (first + n) * plan.latentSize);
        const y = onBackend(name, () =>
          tf.tidy(() => {
            const x: tf.Tensor = tf.tensor2d(part, [n, plan.latentSize], "float32");
            return layers.reduce((x, layer) => layer(x), x);
          }));
        try {
          images.set(await y.data<"float32">(), first * size);
        } finally {
          y.dispose();
        }
      }
      tanhInPlace(images);
      return images;
    },
    dispose: () => weights.forEach((tensor) => tensor.dispose()),
  };
}

/**
 * Runs `compute` on the backend called `name`. tfjs has one current backend, and a page may hold
 * samplers on two: each computes in one synchronous stretch, after which the former one is back.
 */
function onBackend<T>(name: string, compute: () => T): T {
  const former = tf.getBackend();
  if (former === name) return compute();
  if (!runningBackend(name)) throw new Error(`tfjs's ${name} backend is not running`);
  tf.setBackend(name); // synchronous for a backend that has started
  try {
    return compute();
  } finally {
    if (former) tf.setBackend(former);
  }
}

/** The backend called `name` if it has started. (tf.findBackend() would start it.) */
export function runningBackend(name: string): tf.KernelBackend | undefined {
  return tf.engine().registry[name];
}

type Upload = <T extends tf.Tensor>(values: Float32Array, shape: readonly number[]) => T;

function layerOf(step: Step, upload: Upload): Layer {
  return step.kind === "dense" ? denseLayer(step, upload) : upscaleLayer(step, upload);
}

function denseLayer(step: DenseStep, upload: Upload): Layer {
  const outputs = step.bias.length;
  const b = upload<tf.Tensor2D>(step.matrix, [step.inputs, outputs]);
  const bias = upload<tf.Tensor1D>(step.bias, [outputs]);
  const activation = activationOf(step.slope, outputs, upload);
  return (x) => {
    const a = tf.reshape(x, [x.shape[0], step.inputs]) as tf.Tensor2D;
    const y = tf.fused.matMul({ a, b, bias, ...activation });
    return tf.reshape(y, [x.shape[0], ...step.output]);
  };
}

function upscaleLayer(step: UpscaleStep, upload: Upload): Layer {
  const [strideY] = step.stride;
  const [height, width, channels] = step.output;
  const rows = step.rows.map((row) => row.map((c) => convolutionLayer(c, step, upload)));
  return (x) => {
    const n = x.shape[0];
    const rowOf = (columns: Layer[]) => {
      const y = columns.map((column) => column(x));
      // [batch, height, width, stride · channels] is [batch, height, 1, stride · width · channels]
      return tf.reshape(y.length === 1 ? y[0] : tf.concat(y, 3), [
        n * height / strideY,
        width * channels,
      ]);
    };
    return tf.reshape(tf.concat(rows.map(rowOf), 1), [n, height, width, channels]);
  };
}

function convolutionLayer(
  { filter: values, shape, pad: [vertical, horizontal] }: Convolution,
  step: UpscaleStep,
  upload: Upload,
): Layer {
  const filter = upload<tf.Tensor4D>(values, shape);
  const outputs = shape[3];
  const repeated = Float32Array.from(
    { length: outputs },
    (_, o) => step.bias[o % step.bias.length],
  );
  const bias = upload<tf.Tensor1D>(repeated, [outputs]);
  const activation = activationOf(step.slope, outputs, upload);
  const pad: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [...vertical],
    [...horizontal],
    [0, 0],
  ];
  return (x) =>
    tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter,
      strides: 1,
      pad,
      bias,
      ...activation,
    });
}

/**
 * A leaky ReLU as tfjs's fused kernels take it: a PReLU of one slope. Their own "leakyrelu" is a
 * scalar pass over the finished output on WASM, where "prelu" is XNNPACK's.
 */
function activationOf(slope: number | null, outputs: number, upload: Upload) {
  if (slope === null) return {};
  const slopes = upload(new Float32Array(outputs).fill(slope), [outputs]);
  return { activation: "prelu" as const, preluActivationWeights: slopes };
}
