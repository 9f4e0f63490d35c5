/** The two compute shaders of a layer (webgpu_layers.ts). Sizes are constants of the source, so that loops over them unroll. */
import type { Layer, Phase } from "./webgpu_layers.ts";

/** Threads of `hiddenShader`'s workgroups: so many output vec4s across, as many rows down. */
export const EDGE = 8;
/** Threads of `imageShader`'s workgroups. */
export const PIXELS = 64;
/** The length of a row of packed pixels, for a row may only be copied to a texture from a multiple of 256 bytes. */
export const pitchOf = (width: number) => Math.ceil(width / 64) * 64;

/**
 * A hidden layer as one product a phase: a row is an input position of an image, a column an output
 * channel, and what is summed over are the taps and input channels. A workgroup computes 8 · rows by
 * 8 vec4s of it, from tiles that its threads share; `rows` is how many a thread computes.
 *
 * Workgroups: [rows / (8 · rows), output vec4s / 8, phases].
 */
export function hiddenShader({ input, output, stride, phases, bias, slope }: Layer, rows: number) {
  const tile = EDGE * rows;
  const sum = (i: number) => `sum${i}`;
  const each = (line: (i: number) => string) => Array.from({ length: rows }, (_, i) => line(i));
  return `${COMMON}${phaseTable(phases)}
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
var<workgroup> left: array<array<vec4f, 4>, ${tile}>;
var<workgroup> right: array<array<vec4f, ${EDGE}>, 16>;

@compute @workgroup_size(${EDGE}, ${EDGE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let phase = phaseOf(group.z);
  let column = group.y * ${EDGE}u + local.x;
${each((i) => `  var ${sum(i)} = vec4f();`).join("\n")}
  for (var tap = 0; tap < phase.taps.y * phase.taps.x; tap++) {
    let shift = vec2i(tap % phase.taps.x, tap / phase.taps.x) - phase.pad;
    for (var first = 0u; first < ${input.quads}u; first += 4u) {
      for (var i = thread; i < ${tile * 4}u; i += ${EDGE * EDGE}u) {
        let at = positionOf(group.x * ${tile}u + i / 4u, shift);
        let quad = first + i % 4u;
        left[i / 4u][i % 4u] = vec4f();
        if (at >= 0 && quad < ${input.quads}u) {
          left[i / 4u][i % 4u] = x[u32(at) * ${input.quads}u + quad];
        }
      }
      for (var i = thread; i < ${16 * EDGE}u; i += ${EDGE * EDGE}u) {
        let row = first * 4u + i / ${EDGE}u;
        let quad = group.y * ${EDGE}u + i % ${EDGE}u;
        right[i / ${EDGE}u][i % ${EDGE}u] = vec4f();
        if (row < ${input.quads * 4}u && quad < ${output.quads}u) {
          right[i / ${EDGE}u][i % ${EDGE}u] =
            weights[phase.start + (u32(tap) * ${input.quads * 4}u + row) * ${output.quads}u + quad];
        }
      }
      workgroupBarrier();
      for (var k = 0u; k < 4u; k++) {
        let b = mat4x4f(
          right[4u * k][local.x], right[4u * k + 1u][local.x],
          right[4u * k + 2u][local.x], right[4u * k + 3u][local.x],
        );
${each((i) => `        ${sum(i)} += b * left[local.y + ${i * EDGE}u][k];`).join("\n")}
      }
      workgroupBarrier();
    }
  }
${
    each((i) => `  put(group.x * ${tile}u + local.y + ${i * EDGE}u, column, phase, ${sum(i)});`)
      .join("\n")
  }
}

fn put(row: u32, column: u32, phase: Phase, sum: vec4f) {
  let at = pixelOf(row, phase) * ${output.quads}u + column;
  if (column >= ${output.quads}u || at >= arrayLength(&y)) { return; }
  let value = sum + weights[${bias}u + column];
  y[at] = ${slope === null ? "value" : `select(${slope} * value, value, value > vec4f())`};
}
${positions({ input, output, stride })}`;
}

/**
 * The last layer, tanh included: a thread computes every channel of a pixel, in [-1, 1] or, `packed`,
 * as the bytes red, green, blue and 255.
 *
 * Workgroups: [rows / 64, 1, phases], a row being an input position of an image.
 */
export function imageShader(
  { input, output, stride, phases, bias }: Layer,
  channels: number,
  packed: boolean,
) {
  const { quads } = input;
  const sums = Array.from(
    { length: channels },
    (_, o) =>
      `      sum[${o}] += dot(value, weights[phase.start + ` +
      `(u32(tap) * ${channels}u + ${o}u) * ${quads}u + quad]);`,
  );
  return `${COMMON}${phaseTable(phases)}
@group(0) @binding(2) var<storage, read_write> y: array<${packed ? "u32" : "f32"}>;

@compute @workgroup_size(${PIXELS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let phase = phaseOf(group.z);
  let row = group.x * ${PIXELS}u + local.x;
  var sum = weights[${bias}u];
  for (var tap = 0; tap < phase.taps.y * phase.taps.x; tap++) {
    let shift = vec2i(tap % phase.taps.x, tap / phase.taps.x) - phase.pad;
    let at = positionOf(row, shift);
    if (at < 0) { continue; }
    for (var quad = 0u; quad < ${quads}u; quad++) {
      let value = x[u32(at) * ${quads}u + quad];
${sums.join("\n")}
    }
  }
  // By exp, as some drivers' tanh overflows; at 10 a float32's tanh is 1.
  let value = 1 - 2 / (exp(2 * clamp(sum, vec4f(-10), vec4f(10))) + 1);
  let pixel = pixelOf(row, phase);
${packed ? packedPixel(output.width, channels) : floatPixel(channels)}
}
${positions({ input, output, stride })}`;
}

function floatPixel(channels: number): string {
  return `  if (pixel * ${channels}u + ${channels - 1}u >= arrayLength(&y)) { return; }
${
    Array.from({ length: channels }, (_, o) => `  y[pixel * ${channels}u + ${o}u] = value[${o}];`)
      .join("\n")
  }`;
}

function packedPixel(width: number, channels: number): string {
  return `  let at = pixel / ${width}u * ${pitchOf(width)}u + pixel % ${width}u;
  if (at >= arrayLength(&y)) { return; }
  y[at] = pack4x8unorm(vec4f(0.5 * value.${channels === 1 ? "xxx" : "xyz"} + 0.5, 1));`;
}

const COMMON = `
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;

struct Phase { offset: vec2u, pad: vec2i, taps: vec2i, start: u32 }
`;

function phaseTable(phases: readonly Phase[]): string {
  const [first, ...others] = phases.map(({ offset, pad, taps, filter }) =>
    `return Phase(vec2u(${offset}).yx, vec2i(${pad}).yx, vec2i(${taps}).yx, ${filter}u);`
  );
  const cases = others.map((value, i) => `    case ${i + 1}u: { ${value} }`);
  return `
fn phaseOf(index: u32) -> Phase {
  switch index {
${cases.join("\n")}
    default: { ${first} }
  }
}
`;
}

/** Where a row reads and writes. Vectors are (x, y) here. */
function positions({ input, output, stride }: Pick<Layer, "input" | "output" | "stride">): string {
  const positions = input.height * input.width;
  return `
/** The input position of a row's tap among those of all images, -1 outside of the row's own. */
fn positionOf(row: u32, shift: vec2i) -> i32 {
  let position = row % ${positions}u;
  let at = vec2i(vec2u(position % ${input.width}u, position / ${input.width}u)) + shift;
  if (any(at < vec2i()) || any(at >= vec2i(${input.width}, ${input.height}))) { return -1; }
  return i32(row / ${positions}u * ${positions}u) + at.y * ${input.width} + at.x;
}

/** The output pixel of a row among those of all images. */
fn pixelOf(row: u32, phase: Phase) -> u32 {
  let position = row % ${positions}u;
  let at = vec2u(position % ${input.width}u, position / ${input.width}u) * vec2u(${stride[1]}, ${
    stride[0]
  })
    + phase.offset;
  return (row / ${positions}u * ${output.height}u + at.y) * ${output.width}u + at.x;
}
`;
}
