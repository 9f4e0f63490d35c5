/** Updates of variables in place on WebGPU (ops/updates.ts has the equations): one program for as many tensors as it can bind. */
import * as tf from "@tensorflow/tfjs-core";
import type { AdamStep, AverageStep, RmsPropStep } from "../ops/updates.ts";
import {
  declare,
  dispatch,
  f32,
  type GpuKernel,
  type Inputs,
  type WebGpuBackend,
} from "./backend.ts";
import { tick } from "./clock.ts";
import { ownBuffer } from "./constants.ts";

const THREADS = 256;
const PER_WORKGROUP = 4 * THREADS;

interface Update {
  /** A letter for each list of tensors, with a `*` if it is written to. */
  readonly lists: readonly string[];
  /** What is done to each element: statements on `w[at]`, `g[at]`, … */
  readonly body: string;
  /** A number that `body` uses as `rate`, from the number `t` of the step. */
  readonly rate?: { readonly t: number; readonly ofT: string };
}

export const adamUpdate: GpuKernel = (inputs, attrs, backend) => {
  const { count, ...step } = attrs as unknown as AdamStep & { count: number };
  const { learningRate, halvedAfter, beta1, beta2, epsilon, t } = step;
  const hasMoment = beta1 !== 0;
  const slowing = halvedAfter === Infinity ? "" : ` / (1f + (t - 1f) / ${f32(halvedAfter)})`;
  const correction = (beta: number) => `oneWithoutPower(${f32(Math.log(beta))} * t)`;
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
      w[at] -= rate * moment / (sqrt(square) + ${f32(epsilon)});`,
    rate: {
      t,
      ofT: `${f32(learningRate)}${slowing} * sqrt(${correction(beta2)})${
        hasMoment ? ` / ${correction(beta1)}` : ""
      }`,
    },
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
  const { count, most, t } = attrs as unknown as AverageStep & { count: number };
  return update(backend, inputs, count, {
    lists: ["*a", "w"],
    body: "a[at] = rate * a[at] + (1f - rate) * w[at];",
    rate: { t, ofT: `min(${f32(most)}, (1f + t) / (10f + t))` },
  });
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
  { lists, body, rate }: Update,
): tf.TensorInfo[] {
  const clock = rate ? tick(backend, inputs[0], rate.t) : [];
  const { maxStorageBuffersPerShaderStage: bound } = backend.device.limits;
  const most = Math.floor((bound - clock.length) / lists.length);
  for (let first = 0; first < count; first += most) {
    const indices = Array.from({ length: Math.min(most, count - first) }, (_, i) => first + i);
    const tensors = indices.flatMap((i) => lists.map((_, list) => inputs[list * count + i]));
    const sizes = indices.map((i) => tf.util.sizeFromShape(inputs[i].shape));
    const { code, workgroups } = program(lists, body, sizes, rate?.ofT);
    const written = tensors.filter((_, i) => lists[i % lists.length].startsWith("*"));
    written.forEach(({ dataId }) => ownBuffer(backend, dataId));
    dispatch(backend, { code, tensors: [...tensors, ...clock], workgroups: [workgroups] });
    // What the CPU may have read of them is out of date.
    written.forEach(({ dataId }) => backend.tensorMap.get(dataId).values = null);
  }
  return [];
}

/** Workgroups take a part of one tensor each. */
function program(lists: readonly string[], body: string, sizes: number[], rate?: string) {
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
  const code = `${declare(rate ? [...names, "before", "*after"] : names)}${POWER}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  ${rate ? rateFrom(rate) : ""}${branches.join(" else ")}
}
`;
  return { code, workgroups };
}

const rateFrom = (ofT: string) =>
  `let t = before[0] + 1;
  if (group.x == 0u && index == 0u) { after[0] = t; }
  let rate = ${ofT};
  `;

/** 1 − eˣ for x < 0, by its series near 0, where the difference would lose its digits. */
const POWER = `
fn oneWithoutPower(x: f32) -> f32 {
  let series = -x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))));
  return select(1 - exp(x), series, x > -0.1);
}
`;
