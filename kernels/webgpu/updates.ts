/** Updates of variables in place on WebGPU (ops/updates.ts has the equations): one program for as many tensors as it can bind. */
import * as tf from "@tensorflow/tfjs-core";
import type { AdamStep, RmsPropStep } from "../ops/updates.ts";
import {
  declare,
  dispatch,
  f32,
  type GpuKernel,
  type Inputs,
  uniformOf,
  type WebGpuBackend,
} from "./backend.ts";
import { ownBuffer } from "./constants.ts";

const THREADS = 256;
const PER_WORKGROUP = 4 * THREADS;

/** What is done to each element: `w`, `g`, … are the lists' letters, `changing` a number that changes from step to step. */
interface Update {
  /** A letter for each list, with a `*` if it is written to. */
  readonly lists: readonly string[];
  /** Statements on elements `w[at]`. */
  readonly body: string;
  readonly changing?: number;
}

export const adamUpdate: GpuKernel = (inputs, attrs, backend) => {
  const { count, rate, beta1, beta2, epsilon } = attrs as unknown as AdamStep & { count: number };
  const hasMoment = beta1 !== 0;
  return update(backend, inputs, count, {
    lists: hasMoment ? ["*w", "g", "*v", "*m"] : ["*w", "g", "*v"],
    body: `
      let gradient = g[at];
      let square = ${f32(beta2)} * v[at] + ${f32(1 - beta2)} * gradient * gradient;
      v[at] = square;
      ${
      hasMoment
        ? `let moment = ${f32(beta1)} * m[at] + ${f32(1 - beta1)} * gradient;
      m[at] = moment;`
        : "let moment = gradient;"
    }
      w[at] -= changing * moment / (sqrt(square) + ${f32(epsilon)});`,
    changing: rate,
  });
};

export const rmsPropUpdate: GpuKernel = (inputs, attrs, backend) => {
  const { count, rate, decay, epsilon } = attrs as unknown as RmsPropStep & { count: number };
  return update(backend, inputs, count, {
    lists: ["*w", "g", "*s"],
    body: `
      let gradient = g[at];
      let square = ${f32(decay)} * s[at] + ${f32(1 - decay)} * gradient * gradient;
      s[at] = square;
      w[at] -= ${f32(rate)} * gradient / sqrt(square + ${f32(epsilon)});`,
  });
};

export const movingAverageUpdate: GpuKernel = (inputs, attrs, backend) => {
  const { count, decay } = attrs as { count: number; decay: number };
  const body = "a[at] = changing * a[at] + (1f - changing) * w[at];";
  return update(backend, inputs, count, { lists: ["*a", "w"], body, changing: decay });
};

export const clipUpdate: GpuKernel = (inputs, attrs, backend) => {
  const { count, bound } = attrs as { count: number; bound: number };
  const body = `w[at] = clamp(w[at], ${f32(-bound)}, ${f32(bound)});`;
  return update(backend, inputs, count, { lists: ["*w"], body });
};

function update(
  backend: WebGpuBackend,
  inputs: Inputs,
  count: number,
  { lists, body, changing }: Update,
): tf.TensorInfo[] {
  const isWritten = lists.map((list) => list.startsWith("*"));
  const uniform = changing === undefined ? undefined : uniformOf(backend, inputs[0], changing);
  const most = Math.floor(backend.device.limits.maxStorageBuffersPerShaderStage / lists.length);
  for (let first = 0; first < count; first += most) {
    const indices = Array.from({ length: Math.min(most, count - first) }, (_, i) => first + i);
    const tensors = indices.flatMap((i) => lists.map((_, list) => inputs[list * count + i]));
    const sizes = indices.map((i) => tf.util.sizeFromShape(inputs[i].shape));
    const { code, workgroups } = program(lists, body, sizes, changing !== undefined);
    const written = tensors.filter((_, i) => isWritten[i % lists.length]);
    written.forEach(({ dataId }) => ownBuffer(backend, dataId));
    dispatch(backend, { code, tensors, workgroups: [workgroups], uniform });
    // What the CPU may have read of them is out of date.
    written.forEach(({ dataId }) => backend.tensorMap.get(dataId).values = null);
  }
  return [];
}

/** Workgroups take a part of one tensor each. */
function program(lists: readonly string[], body: string, sizes: number[], isChanging: boolean) {
  const names = sizes.flatMap((_, i) => lists.map((list) => `${list}${i}`));
  const letters = lists.map((list) => list.replace("*", "")).join("");
  const element = new RegExp(`\\b([${letters}])\\[at\\]`, "g");
  let workgroups = 0;
  const branches = sizes.map((size, i) => {
    const start = workgroups;
    workgroups += Math.ceil(size / PER_WORKGROUP);
    return `if (group.x < ${workgroups}u) {
    let first = (group.x - ${start}u) * ${PER_WORKGROUP}u;
    let end = min(${size}u, first + ${PER_WORKGROUP}u);
    for (var at = first + index; at < end; at += ${THREADS}u) {${
      body.replace(element, `$1${i}[at]`)
    }
    }
  }`;
  });
  const code = `${declare(names)}${
    isChanging ? `@group(0) @binding(${names.length}) var<uniform> changing: f32;` : ""
  }
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  ${branches.join(" else ")}
}
`;
  return { code, workgroups };
}
