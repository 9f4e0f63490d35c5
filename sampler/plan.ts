import type { ModelCard } from "./card.ts";
import type { Layer } from "./layers.ts";
import { ModelError } from "./model_error.ts";
import {
  type Convolution,
  phaseConvolutions,
  type TransposedKernel,
  transposeInto,
} from "./phases.ts";
import type { Weight } from "./weights.ts";

/** What to compute for a batch of latent vectors, in numbers that no backend has seen yet. */
export interface Plan {
  readonly latentSize: number;
  readonly steps: readonly Step[];
  /** [height, width, channels]; the images are tanh of the last step's outputs. */
  readonly imageShape: Shape;
}

export type Shape = readonly [height: number, width: number, channels: number];

/** A linear map with batch norm folded in, a bias and, unless `slope` is null, a leaky ReLU of that slope. */
export type Step = DenseStep | UpscaleStep;

/** A product with `matrix` [inputs, height · width · channels]: a transposed convolution of one pixel. */
export interface DenseStep {
  readonly kind: "dense";
  readonly inputs: number;
  readonly matrix: Float32Array;
  /** One number an output. */
  readonly bias: Float32Array;
  readonly slope: number | null;
  readonly output: Shape;
}

/** A transposed convolution by its phases (phases.ts). */
export interface UpscaleStep {
  readonly kind: "upscale";
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly rows: readonly (readonly Convolution[])[];
  /** One number a channel. */
  readonly bias: Float32Array;
  readonly slope: number | null;
  readonly output: Shape;
}

/** A transposed convolution with the layers behind it folded into it: what a plan's step is made of. */
export interface FoldedLayer {
  readonly layer: Extract<Layer, { class: "Conv2DTranspose" }>;
  readonly kernel: TransposedKernel;
  /** One number a channel. */
  readonly bias: Float32Array;
  readonly input: Shape;
  readonly output: Shape;
  readonly slope: number | null;
}

/** The same while layers are still being folded into it. */
type Block = { -readonly [Key in keyof FoldedLayer]: FoldedLayer[Key] };

/** The plan of a generator: its folded layers (`foldLayers`, whose errors it throws) as steps. */
export function planOf(
  layers: readonly Layer[],
  weights: ReadonlyMap<string, Weight>,
  card: Pick<ModelCard, "latentSize" | "imageShape">,
  where: string,
): Plan {
  return {
    latentSize: card.latentSize,
    steps: foldLayers(layers, weights, card, where).map(stepOf),
    imageShape: card.imageShape,
  };
}

/**
 * The layers of a generator with batch norm folded in: Conv2DTranspose blocks, each with at most one BatchNormalization and one
 * LeakyReLU behind it, and tanh at the end. `where` names model.json.
 *
 * Throws a ModelError: `graph` for layers in another order or sizes that do not fit the card,
 * `weights` for a weight that is missing or has another shape.
 */
export function foldLayers(
  layers: readonly Layer[],
  weights: ReadonlyMap<string, Weight>,
  card: Pick<ModelCard, "latentSize" | "imageShape">,
  where: string,
): FoldedLayer[] {
  const wrong = (message: string) => new ModelError("graph", `${where}: ${message}`);
  const blocks: Block[] = [];
  let shape: readonly number[] = [card.latentSize];
  let ended = false;

  for (const layer of layers) {
    const block = blocks.at(-1);
    const name = `layer "${layer.name}" (${layer.class})`;
    if (ended) throw wrong(`${name} follows tanh, which must be the last layer`);
    switch (layer.class) {
      case "InputLayer":
        break;
      case "Reshape":
        if (block || product(layer.target_shape) !== product(shape)) {
          throw wrong(`${name} gives [${layer.target_shape}] from [${shape}]`);
        }
        shape = layer.target_shape;
        break;
      case "Conv2DTranspose": {
        if (shape.length !== 3) {
          throw wrong(`${name} needs [height, width, channels], found [${shape}]`);
        }
        const next = blockOf(layer, shape as unknown as Shape, weights, where);
        blocks.push(next);
        shape = next.output;
        break;
      }
      case "BatchNormalization":
        if (!block || block.slope !== null) throw wrong(`${name} must follow a Conv2DTranspose`);
        foldBatchNorm(block, layer, weights, where);
        break;
      case "LeakyReLU":
        if (!block || block.slope !== null) throw wrong(`${name} follows no linear layer`);
        block.slope = layer.alpha;
        break;
      case "Activation":
        if (!block || block.slope !== null) throw wrong(`${name} follows no linear layer`);
        ended = true;
    }
  }
  if (!ended) throw wrong("the last layer must be an Activation of tanh");
  if (String(shape) !== String(card.imageShape)) {
    throw wrong(`the layers give images of [${shape}], card.json says [${card.imageShape}]`);
  }
  return blocks;
}

function blockOf(
  layer: FoldedLayer["layer"],
  input: Shape,
  weights: ReadonlyMap<string, Weight>,
  where: string,
): Block {
  const { name, filters, kernel_size: size, strides, padding } = layer;
  const onePixel = input[0] === 1 && input[1] === 1 && padding === "valid";
  if ((!onePixel && padding === "valid") || strides.some((stride, axis) => stride > size[axis])) {
    throw new ModelError(
      "graph",
      `${where}: layer "${name}" is a ${size.join("x")} Conv2DTranspose of stride ${
        strides[0]
      }, "${padding}", on ` +
        `[${input}]: this sampler runs "valid" on one pixel, "same" elsewhere, and strides up to the kernel's size`,
    );
  }
  const shape = [...size, filters, input[2]] as const;
  const kernel = find(weights, `${name}/kernel`, shape, where);
  return {
    layer,
    kernel: { values: kernel.slice(), shape: [shape[0], shape[1], shape[2], shape[3]] },
    bias: layer.use_bias
      ? find(weights, `${name}/bias`, [filters], where).slice()
      : new Float32Array(filters),
    input,
    output: onePixel
      ? [size[0], size[1], filters]
      : [input[0] * strides[0], input[1] * strides[1], filters],
    slope: null,
  };
}

/** Batch norm at rest is an affine map of each channel, so it can move into the filter and the bias. */
function foldBatchNorm(
  { kernel, bias }: Block,
  layer: Extract<Layer, { class: "BatchNormalization" }>,
  weights: ReadonlyMap<string, Weight>,
  where: string,
): void {
  const channels = bias.length;
  const vector = (weight: string) => find(weights, `${layer.name}/${weight}`, [channels], where);
  const mean = vector("moving_mean");
  const variance = vector("moving_variance");
  const gamma = layer.scale ? vector("gamma") : new Float32Array(channels).fill(1);
  const beta = layer.center ? vector("beta") : new Float32Array(channels);
  const negative = variance.findIndex((value) => !(value + layer.epsilon > 0));
  if (negative !== -1) {
    throw new ModelError(
      "weights",
      `${where}: layer "${layer.name}" expected positive variances, found ${variance[negative]}`,
    );
  }
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c] + layer.epsilon));
  const inputs = kernel.shape[3];
  for (let at = 0, row = 0; at < kernel.values.length; row++) {
    const factor = scale[row % channels];
    for (const end = at + inputs; at < end; at++) kernel.values[at] *= factor;
  }
  bias.forEach((value, c) => bias[c] = beta[c] + (value - mean[c]) * scale[c]);
}

function stepOf({ layer, kernel, bias, slope, output }: FoldedLayer): Step {
  if (layer.padding === "same") {
    const rows = phaseConvolutions(kernel, layer.strides);
    return { kind: "upscale", stride: layer.strides, rows, bias, slope, output };
  }
  const [height, width, channels, inputs] = kernel.shape;
  const outputs = height * width * channels;
  const matrix = new Float32Array(inputs * outputs);
  transposeInto(matrix, outputs, 0, kernel.values, inputs, 0, outputs);
  const biases = new Float32Array(outputs).map((_, o) => bias[o % channels]);
  return { kind: "dense", inputs, matrix, bias: biases, slope, output };
}

function find(
  weights: ReadonlyMap<string, Weight>,
  name: string,
  shape: readonly number[],
  where: string,
): Float32Array {
  const weight = weights.get(name);
  if (!weight || String(weight.shape) !== String(shape)) {
    const found = weight ? `[${weight.shape}]` : "none";
    throw new ModelError(
      "weights",
      `${where}: expected a weight "${name}" of shape [${shape}], found ${found}`,
    );
  }
  return weight.values;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
