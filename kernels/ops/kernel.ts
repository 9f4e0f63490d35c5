/**
 * What the fused operations of this folder share. Each is a tfjs kernel by name with a gradient: a
 * backend that registers the kernels runs them; on any other the same function is made of core
 * operations, which is also what the kernels are tested against.
 */
import * as tf from "@tensorflow/tfjs-core";

/** Whether the current backend has this kernel. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel of the current backend. */
export function runKernel(
  name: string,
  inputs: tf.NamedTensorMap,
  attrs: tf.NamedAttrMap,
): tf.Tensor[] {
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, attrs);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/**
 * Whether the gradient that is being computed will be differentiated itself, as a gradient penalty
 * is: the tape then records the operations of the gradient, and a fused one would end it.
 */
export function isDifferentiatedAgain(): boolean {
  return tf.engine().isTapeOn();
}

/** Registers a gradient in the place of the one there is, if any. Again: changes nothing. */
export function replaceGradient(config: tf.GradConfig): void {
  const registered = tf.getGradient(config.kernelName);
  if (registered === config) return;
  if (registered) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}
