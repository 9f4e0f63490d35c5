/**
 * The compute shaders of a layer (webgpu_layers.ts), in WGSL. Sizes come from a buffer, so that all layers and models share
 * a few programs: compiling is most of what a first sample waits for.
 */

/** Threads of `hiddenShader`'s workgroups: so many output vec4s across, as many rows down. */
export const EDGE = 8;
/** Threads of `imageShader`'s workgroups. */
export const PIXELS = 64;
/** The length of a row of packed pixels, for a row may only be copied to a texture from a multiple of 256 bytes. */
export const pitchOf = (width: number) => Math.ceil(width / 64) * 64;

/** Bindings 0 to 3 of every shader: what it reads, the layer's weights, what it writes, the layer itself. */
const COMMON = `
struct Phase { offset: vec2u, pad: vec2i, taps: vec2i, start: u32 }
/** Sizes are [width, height, vec4s]; vectors of two are (x, y). */
struct Layer {
  input: vec3u, bias: u32, output: vec3u, slope: f32, stride: vec2u, phases: array<Phase>
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read> layer: Layer;

/** A row is an input position of an image; this one's place, shifted, among those of all images, or -1 outside of its own. */
fn positionOf(row: u32, shift: vec2i) -> i32 {
  let size = layer.input;
  let position = row % (size.x * size.y);
  let at = vec2i(vec2u(position % size.x, position / size.x)) + shift;
  if (any(at < vec2i()) || any(at >= vec2i(size.xy))) { return -1; }
  return i32(row - position) + at.y * i32(size.x) + at.x;
}

/** The output pixel of a row among those of all images. */
fn pixelOf(row: u32, offset: vec2u) -> u32 {
  let size = layer.input;
  let position = row % (size.x * size.y);
  let at = vec2u(position % size.x, position / size.x) * layer.stride + offset;
  return (row / (size.x * size.y) * layer.output.y + at.y) * layer.output.x + at.x;
}
`;

/**
 * A hidden layer as one product a phase: rows by output channels, summed over taps and input channels.
 * A workgroup computes 8 · rows by 8 vec4s of it, from tiles that its threads share; `rows` is how many
 * a thread computes.
 *
 * Workgroups: [rows / (8 · rows), output vec4s / 8, phases].
 */
export function hiddenShader(rows: number): string {
  const tile = EDGE * rows;
  const each = (line: (i: number) => string) => Array.from({ length: rows }, (_, i) => line(i));
  return `${COMMON}
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
var<workgroup> left: array<array<vec4f, 4>, ${tile}>;
var<workgroup> right: array<array<vec4f, ${EDGE}>, 16>;

@compute @workgroup_size(${EDGE}, ${EDGE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let phase = layer.phases[group.z];
  let inputs = layer.input.z;
  let outputs = layer.output.z;
${each((i) => `  var sum${i} = vec4f();`).join("\n")}
  for (var tap = 0; tap < phase.taps.y * phase.taps.x; tap++) {
    let shift = vec2i(tap % phase.taps.x, tap / phase.taps.x) - phase.pad;
    for (var first = 0u; first < inputs; first += 4u) {
      for (var i = thread; i < ${tile * 4}u; i += ${EDGE * EDGE}u) {
        let at = positionOf(group.x * ${tile}u + i / 4u, shift);
        let quad = first + i % 4u;
        var value = vec4f();
        if (at >= 0 && quad < inputs) { value = x[u32(at) * inputs + quad]; }
        left[i / 4u][i % 4u] = value;
      }
      for (var i = thread; i < ${16 * EDGE}u; i += ${EDGE * EDGE}u) {
        let row = first * 4u + i / ${EDGE}u;
        let quad = group.y * ${EDGE}u + i % ${EDGE}u;
        var value = vec4f();
        if (row < inputs * 4u && quad < outputs) {
          value = weights[phase.start + (u32(tap) * inputs * 4u + row) * outputs + quad];
        }
        right[i / ${EDGE}u][i % ${EDGE}u] = value;
      }
      workgroupBarrier();
      for (var k = 0u; k < 4u; k++) {
        let b = mat4x4f(
          right[4u * k][local.x], right[4u * k + 1u][local.x],
          right[4u * k + 2u][local.x], right[4u * k + 3u][local.x],
        );
${each((i) => `        sum${i} += b * left[local.y + ${i * EDGE}u][k];`).join("\n")}
      }
      workgroupBarrier();
    }
  }
  let row = group.x * ${tile}u + local.y;
  let column = group.y * ${EDGE}u + local.x;
${each((i) => `  put(row + ${i * EDGE}u, column, phase.offset, sum${i});`).join("\n")}
}

fn put(row: u32, column: u32, offset: vec2u, sum: vec4f) {
  let at = pixelOf(row, offset) * layer.output.z + column;
  if (column >= layer.output.z || at >= arrayLength(&y)) { return; }
  let value = sum + weights[layer.bias + column];
  y[at] = select(layer.slope * value, value, value > vec4f());
}
`;
}

/**
 * The last layer, tanh included: a thread computes every channel of a pixel, in [-1, 1] or, `packed`,
 * as the bytes red, green, blue and 255, in rows of `pitchOf(width)` pixels.
 *
 * Workgroups: [rows / 64, 1, phases].
 */
export function imageShader(channels: number, packed: boolean): string {
  const each = (line: (o: number) => string) =>
    Array.from({ length: channels }, (_, o) => line(o)).join("\n");
  const start = (o: number) => `phase.start + (u32(tap) * ${channels}u + ${o}u) * inputs`;
  return `${COMMON}
@group(0) @binding(2) var<storage, read_write> y: array<${packed ? "u32" : "f32"}>;

@compute @workgroup_size(${PIXELS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let phase = layer.phases[group.z];
  let inputs = layer.input.z;
  let row = group.x * ${PIXELS}u + local.x;
  var sum = weights[layer.bias];
  for (var tap = 0; tap < phase.taps.y * phase.taps.x; tap++) {
    let at = positionOf(row, vec2i(tap % phase.taps.x, tap / phase.taps.x) - phase.pad);
    if (at < 0) { continue; }
    for (var quad = 0u; quad < inputs; quad++) {
      let value = x[u32(at) * inputs + quad];
${each((o) => `      sum[${o}] += dot(value, weights[${start(o)} + quad]);`)}
    }
  }
  // By exp, as some drivers' tanh overflows; at 10 a float32's tanh is 1.
  let value = 1 - 2 / (exp(2 * clamp(sum, vec4f(-10), vec4f(10))) + 1);
  let pixel = pixelOf(row, phase.offset);
${packed ? putPacked(channels) : putFloats(channels)}
}
`;
}

function putFloats(channels: number): string {
  const lines = Array.from(
    { length: channels },
    (_, o) => `  y[pixel * ${channels}u + ${o}u] = value[${o}];`,
  );
  return `  if (pixel * ${channels}u + ${channels - 1}u >= arrayLength(&y)) { return; }
${lines.join("\n")}`;
}

function putPacked(channels: number): string {
  const colour = channels === 1 ? "value.xxx" : "value.xyz";
  return `  let width = layer.output.x;
  let at = pixel / width * ((width + 63u) / 64u * 64u) + pixel % width;
  if (at >= arrayLength(&y)) { return; }
  y[at] = pack4x8unorm(vec4f(0.5 * ${colour} + 0.5, 1));`;
}
