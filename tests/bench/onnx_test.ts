import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { foldedLayers, generatorFile } from "../../bench/onnx/generator.ts";
import { onnxFile } from "../../bench/onnx/graph.ts";
import { bytes, float, integer } from "../../bench/onnx/protobuf.ts";
import { normal } from "../../sampler/random.ts";
import { writeFixtureModel } from "../sampler/fixture_model.ts";
import { loadStock } from "../sampler/stock_loader.ts";

Deno.test("protobuf fields are the encoding guide's examples", () => {
  // protobuf.dev/programming-guides/encoding
  assert.deepEqual([...integer(1, 150)], [0x08, 0x96, 0x01]);
  assert.deepEqual([...bytes(2, "testing")], [0x12, 0x07, ...new TextEncoder().encode("testing")]);
  assert.deepEqual([...bytes(3, [integer(1, 150)])], [0x1a, 0x03, 0x08, 0x96, 0x01]);
  assert.deepEqual([...float(2, 1)], [0x15, 0, 0, 0x80, 0x3f]);
});

Deno.test("onnxFile() of one node is the message of onnx.proto", () => {
  const file = onnxFile({
    nodes: [{ op: "Tanh", inputs: ["x"], output: "y" }],
    weights: [],
    input: { name: "x", shape: ["N", 2] },
    output: { name: "y", shape: ["N", 2] },
  });
  const text = (s: string) => [s.length, ...new TextEncoder().encode(s)];
  const node = [
    0x0a,
    ...text("x"),
    0x12,
    ...text("y"),
    0x1a,
    ...text("Tanh0"),
    0x22,
    ...text("Tanh"),
  ];
  // type { tensor_type { elem_type: FLOAT, shape { dim { dim_param: "N" } dim { dim_value: 2 } } } }
  const type = [0x0a, 0x0d, 0x08, 1, 0x12, 9, 0x0a, 3, 0x12, ...text("N"), 0x0a, 2, 0x08, 2];
  const value = (name: string) => [0x0a, ...text(name), 0x12, type.length, ...type];
  const graph = [
    ...[0x0a, node.length, ...node],
    ...[0x12, ...text("generator")],
    ...[0x5a, value("x").length, ...value("x")],
    ...[0x62, value("y").length, ...value("y")],
  ];
  assert.deepEqual([...file], [
    ...[0x08, 8],
    ...[0x12, ...text("ganlet")],
    ...[0x3a, graph.length, ...graph],
    ...[0x42, 4, 0x0a, 0, 0x10, 17],
  ]);
});

Deno.test("foldedLayers() are the stock model without its batch norms", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 16, channels: 3, width: 1 / 16, latentSize: 6 });
    await tf.setBackend("cpu");
    const model = await loadStock(folder);
    const layers = foldedLayers(model);
    const z = normal([3, 0, 0], 2 * 6);
    const found = tf.tidy(() => {
      let x: tf.Tensor = tf.tensor4d(z, [2, 1, 1, 6]);
      let size = 4;
      layers.forEach(({ kernel, shape, bias, slope }, i) => {
        if (i > 0) size *= 2;
        const filter = tf.tensor4d(kernel, [...shape]);
        const output: [number, number, number, number] = [2, size, size, shape[2]];
        const y = i === 0
          ? tf.conv2dTranspose(x as tf.Tensor4D, filter, output, 1, "valid")
          : tf.conv2dTranspose(x as tf.Tensor4D, filter, output, 2, "same");
        x = tf.add(y, tf.tensor1d(bias));
        if (slope !== null) x = tf.leakyRelu(x, slope);
      });
      return tf.tanh(x).dataSync();
    });
    const expected = tf.tidy(() => (model.predict(tf.tensor2d(z, [2, 6])) as tf.Tensor).dataSync());
    model.dispose();
    expected.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-5, `value ${i}`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("generatorFile() holds every weight once, whatever its form", () => {
  const layer = (shape: [number, number, number, number], from: number) => {
    const length = shape.reduce((a, b) => a * b);
    const kernel = Float32Array.from({ length }, (_, i) => from + i);
    return { kernel, shape, bias: new Float32Array(shape[2]), slope: 0.2 };
  };
  const layers = [layer([4, 4, 2, 3], 1000), layer([3, 3, 1, 2], 2000)];
  for (const form of ["transpose", "phases", "combined"] as const) {
    const file = generatorFile(layers, form);
    // Unaligned in the file: every four bytes may be one.
    const found = new Map<number, number>();
    const view = new DataView(file.buffer);
    for (let at = 0; at + 4 <= file.length; at++) {
      const value = view.getFloat32(at, true);
      found.set(value, (found.get(value) ?? 0) + 1);
    }
    for (const { kernel } of layers) {
      for (const value of kernel) assert.equal(found.get(value), 1, `${form}: ${value}`);
    }
  }
});
