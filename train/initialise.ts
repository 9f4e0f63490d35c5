import * as tf from "@tensorflow/tfjs-core";
import { normal, uniform } from "../sampler/random.ts";
import type { Initialisation } from "./objectives/objective.ts";

/** Where a network's weights start. */
export interface Start {
  readonly initialisation: Initialisation;
  readonly seed: number;
}

/**
 * First weights, a function of the seed alone.
 * `gaussian`: DCGAN's; filters N(0, 0.02), gains N(1, 0.02) (arXiv:1511.06434, section 4).
 * `glorot`: filters U(±√(6 / (fan in + fan out))), gains 1: what TF 1's tf.layers does when nothing is said, as in the
 * article. Fans of a transposed filter come out the same, since they are summed.
 */
export function initialiser({ initialisation, seed }: Start, stream: number) {
  const weights: tf.Variable[] = [];
  const names: string[] = [];
  const add = (name: string, shape: number[], values: Float32Array) => {
    weights.push(tf.tidy(() => tf.variable(tf.tensor(values, shape))));
    names.push(name);
  };
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  const key = () => [seed, stream, weights.length] as const; // each tensor has its own sequence
  const gaussian = (shape: number[], mean: number) =>
    normal(key(), size(shape)).map((v) => mean + 0.02 * v);
  const glorot = (shape: number[]) => {
    const [a, b] = shape.slice(-2);
    const limit = Math.sqrt(6 / (size(shape.slice(0, -2)) * (a + b)));
    return uniform(key(), size(shape)).map((v) => limit * (2 * v - 1));
  };
  const isGaussian = initialisation === "gaussian";
  const filter = (name: string, shape: number[]) =>
    add(name, shape, isGaussian ? gaussian(shape, 0) : glorot(shape));
  return {
    weights,
    names,
    filter,
    gain: (name: string, count: number) =>
      add(name, [count], isGaussian ? gaussian([count], 1) : new Float32Array(count).fill(1)),
    zeros: (name: string, count: number) => add(name, [count], new Float32Array(count)),
  };
}
