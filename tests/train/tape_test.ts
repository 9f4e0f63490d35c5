import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers core's gradients
import assert from "node:assert/strict";
import { apartFromTape } from "../../train/tape.ts";

await tf.setBackend("cpu");

Deno.test("apartFromTape() lets an inner gradient keep no tensor and leaves the outer gradient alone", () => {
  const w = tf.variable(tf.scalar(3));
  const left: number[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const y = tf.square(w); // 9
    const before = tf.memory().numTensors;
    const slope = apartFromTape(() => tf.grad((x) => tf.mul(x, tf.square(x)))(y)); // 3 y² = 243
    assert.equal(slope.dataSync()[0], 243);
    left.push(tf.memory().numTensors - before);
    return tf.mul(y, slope) as tf.Scalar; // the slope counts as a constant: 243 w²
  }, [w]);
  assert.equal(value.dataSync()[0], 9 * 243);
  assert.equal(grads[w.name].dataSync()[0], 2 * 3 * 243);
  assert.deepEqual(left, [1]);
  tf.dispose([w, value, ...Object.values(grads)]);
});

Deno.test("apartFromTape() gives the outer tape back when it throws", () => {
  const w = tf.variable(tf.scalar(3));
  const { grads } = tf.variableGrads(() => {
    assert.throws(() => apartFromTape(() => assert.fail("inside")), /inside/);
    return tf.square(w);
  }, [w]);
  assert.equal(grads[w.name].dataSync()[0], 6);
  tf.dispose([w, ...Object.values(grads)]);
});
