/** Bias + activation on WebGPU: one program forward, two backward (ops/ has the equations). */
import * as tf from "@tensorflow/tfjs-core";
import { declare, dispatch, f32, type GpuKernel } from "./backend.ts";
import { columnsOf, columnsProgram } from "./columns.ts";

const [THREADS, MOST_WORKGROUPS] = [256, 65_535];

/** A program that computes y[at] for every element `at`. */
export function elements(size: number, names: readonly string[], y: string) {
  const workgroups = Math.min(MOST_WORKGROUPS, Math.ceil(size / THREADS));
  const code = `${declare(names)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var at = id.x; at < ${size}u; at += ${workgroups * THREADS}u) { ${y} }
}
`;
  return { code, workgroups: [workgroups] as const };
}

function forward(activate: (attrs: Record<string, unknown>) => string): GpuKernel {
  return ({ x, bias }, attrs, backend) => {
    const y = backend.makeTensorInfo(x.shape, "float32");
    const size = tf.util.sizeFromShape(x.shape);
    const line = `let z = x[at] + bias[at % ${x.shape.at(-1)}u]; y[at] = ${activate(attrs)};`;
    dispatch(backend, { ...elements(size, ["x", "bias", "*y"], line), tensors: [x, bias, y] });
    return y;
  };
}

/** `slope` is the activation's, in terms of its output `value`. */
function backward(slope: (attrs: Record<string, unknown>) => string): GpuKernel {
  return ({ dy, y }, attrs, backend) => {
    const columns = columnsOf(y.shape);
    const { channels, chunks } = columns;
    const dx = backend.makeTensorInfo(y.shape, "float32");
    const dbias = backend.makeTensorInfo([channels], "float32");
    const sums = backend.makeTensorInfo([chunks * channels], "float32");
    const body = `
  var sum = 0f;
  for (var row = first; row < end; row += DOWN) {
    let at = row * CHANNELS + channel;
    let value = y[at];
    let gradient = dy[at] * ${slope(attrs)};
    dx[at] = gradient;
    sum += gradient;
  }
  let all = total(sum);
  if (inside && index < LANES) { sums[place(0u, group.y)] = all; }`;
    dispatch(backend, {
      code: columnsProgram(columns, declare(["dy", "y", "*dx", "*sums"]), body),
      tensors: [dy, y, dx, sums],
      workgroups: columns.workgroups,
    });
    const line = `var sum = 0f;
    for (var chunk = 0u; chunk < ${chunks}u; chunk++) { sum += sums[chunk * ${channels}u + at]; }
    dbias[at] = sum;`;
    dispatch(backend, {
      ...elements(channels, ["sums", "*dbias"], line),
      tensors: [sums, dbias],
    });
    backend.disposeData(sums.dataId);
    return [dx, dbias];
  };
}

export const biasLeakyRelu = forward(({ alpha }) => `select(${f32(alpha)} * z, z, z > 0)`);
export const biasLeakyReluGradient = backward(({ alpha }) =>
  `select(${f32(alpha)}, 1f, value > 0)`
);

// By exp, as some drivers' tanh overflows; at 10 a float32's tanh is 1.
export const biasTanh = forward(() => "1 - 2 / (exp(2 * clamp(z, -10, 10)) + 1)");
export const biasTanhGradient = backward(() => "(1 - value * value)");

export const timesLeakyReluSlope: GpuKernel = ({ dy, z }, { alpha }, backend) => {
  const dx = backend.makeTensorInfo(dy.shape, "float32");
  const line = `dx[at] = dy[at] * select(${f32(alpha)}, 1f, z[at] > 0);`;
  const size = tf.util.sizeFromShape(dy.shape);
  dispatch(backend, { ...elements(size, ["dy", "z", "*dx"], line), tensors: [dy, z, dx] });
  return dx;
};
