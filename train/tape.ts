import * as tf from "@tensorflow/tfjs-core";

/**
 * Runs `f` as if no gradient were being taken around it: nothing that it computes goes onto the outer tape, gradients that
 * it takes itself have a tape of their own, which they release. tfjs would record an inner gradient's operations, and keep
 * all their tensors, until the outer one ends.
 */
export function apartFromTape<T>(f: () => T): T {
  const { state } = tf.engine();
  const { activeTape, gradientDepth } = state;
  state.gradientDepth = 0;
  try {
    return f();
  } finally {
    state.activeTape = activeTape;
    state.gradientDepth = gradientDepth;
  }
}
