/** An ONNX file from nodes and weights (github.com/onnx/onnx, onnx.proto, IR version 8, opset 17). */

import { bytes, type Field, float, integer, joined } from "./protobuf.ts";

const FLOAT = 1, INT64 = 7;
/** AttributeProto.type */
const TYPES = { float: 1, int: 2, string: 3, ints: 7 };

export interface Node {
  op: string;
  inputs: string[];
  output: string;
  attributes?: Record<string, Attribute>;
}
/** Whole numbers are ints: write the others as { float }. */
export type Attribute = number | number[] | string | { float: number };

export interface Tensor {
  name: string;
  shape: readonly number[];
  values: Float32Array | BigInt64Array;
}

export interface Graph {
  nodes: Node[];
  weights: Tensor[];
  /** The batch is "N", left open. */
  input: { name: string; shape: ("N" | number)[] };
  output: { name: string; shape: ("N" | number)[] };
}

export function onnxFile({ nodes, weights, input, output }: Graph): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.map((node, i) => bytes(1, nodeFields(node, `${node.op}${i}`))),
    bytes(2, "generator"),
    ...weights.map((weight) => bytes(5, tensorFields(weight))),
    bytes(11, valueFields(input)),
    bytes(12, valueFields(output)),
  ];
  const opset = bytes(8, [bytes(1, ""), integer(2, 17)]);
  return joined([integer(1, 8), bytes(2, "ganlet"), bytes(7, graph), opset]);
}

function nodeFields({ op, inputs, output, attributes = {} }: Node, name: string): Field[] {
  return [
    ...inputs.map((input) => bytes(1, input)),
    bytes(2, output),
    bytes(3, name),
    bytes(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeFields(name, value))),
  ];
}

function attributeFields(name: string, value: Attribute): Field[] {
  const label = bytes(1, name);
  if (typeof value === "number") return [label, integer(3, value), integer(20, TYPES.int)];
  if (typeof value === "string") return [label, bytes(4, value), integer(20, TYPES.string)];
  if (Array.isArray(value)) {
    return [label, ...value.map((v) => integer(8, v)), integer(20, TYPES.ints)];
  }
  return [label, float(2, value.float), integer(20, TYPES.float)];
}

function tensorFields({ name, shape, values }: Tensor): Field[] {
  return [
    ...shape.map((size) => integer(1, size)),
    integer(2, values instanceof Float32Array ? FLOAT : INT64),
    bytes(8, name),
    bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ];
}

function valueFields({ name, shape }: Graph["input"]): Field[] {
  const dimensions = shape.map((size) =>
    bytes(1, [typeof size === "number" ? integer(1, size) : bytes(2, size)])
  );
  const tensor = [integer(1, FLOAT), bytes(2, dimensions)];
  return [bytes(1, name), bytes(2, [bytes(1, tensor)])];
}
