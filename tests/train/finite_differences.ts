import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";

/**
 * Asserts that tfjs's gradient of `loss` by each of `weights` equals central differences, at a dozen places a tensor,
 * within 2 % of the tensor's largest gradient, or of a tenth of the loss: in float32 a step moves that by few of its units.
 * Where a leaky unit crosses its kink the two one-sided slopes differ and no derivative exists; such places are left out,
 * and at most one in six may be one. Leaves the weights as they were.
 */
export function assertGradientsMatch(loss: () => tf.Scalar, weights: readonly tf.Variable[]): void {
  const step = 1e-4;
  const value = () => tf.tidy(() => loss().dataSync()[0]);
  const { grads, value: start } = tf.variableGrads(loss, weights as tf.Variable[]);
  const least = 0.1 * Math.max(1, Math.abs(start.dataSync()[0]));
  let [compared, kinks] = [0, 0];
  for (const w of weights) {
    const values = w.dataSync<"float32">().slice();
    const gradient = grads[w.name].dataSync<"float32">();
    const tolerance = 0.02 * gradient.reduce((most, g) => Math.max(most, Math.abs(g)), least);
    for (let i = 0; i < values.length; i += Math.ceil(values.length / 12)) {
      const at = (delta: number) => {
        const moved = values.slice();
        moved[i] += delta;
        tf.tidy(() => w.assign(tf.tensor(moved, w.shape)));
        return value();
      };
      const [left, middle, right] = [at(-step), at(0), at(step)];
      if (Math.abs(right - 2 * middle + left) / step > tolerance) {
        kinks++;
        continue;
      }
      compared++;
      const slope = (right - left) / (2 * step);
      assert.ok(
        Math.abs(gradient[i] - slope) <= tolerance,
        `[${w.shape}] at ${i}: expected ${slope}, found ${gradient[i]}`,
      );
    }
    tf.tidy(() => w.assign(tf.tensor(values, w.shape)));
  }
  tf.dispose([...Object.values(grads), start]);
  assert.ok(compared >= 5 * kinks, `${kinks} kinks for ${compared} comparisons`);
}
