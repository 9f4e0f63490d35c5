/** What a GPU holds for a plan: programs, buffers and their bindings, for a fixed number of images at most. */
import type { Plan } from "./plan.ts";
import { BufferUsage } from "./webgpu_flags.ts";
import type { Layer } from "./webgpu_layers.ts";
import type { Gpu } from "./webgpu.ts";
import { EDGE, hiddenShader, imageShader, pitchOf, PIXELS } from "./webgpu_shaders.ts";

/** What a dispatch needs beside its number of images. */
interface Stage {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  /** Input positions of an image; a workgroup takes `rows` of those of all images. */
  readonly positions: number;
  readonly rows: number;
  readonly columns: number;
  readonly phases: number;
}

/** What a last layer gives: `images` numbers in [-1, 1], [height, width, channels]; `pixels` RGBA bytes, [height, pitch]. */
export type OutputKind = "images" | "pixels";

/** A last layer and what it writes. */
export interface Output {
  readonly stage: Stage;
  readonly buffer: GPUBuffer;
  readonly bytesPerImage: number;
}

/** A place for up to `capacity` images, which every call of that many uses in turn. */
export interface Room {
  readonly latents: GPUBuffer;
  readonly hidden: readonly Stage[];
  /** Made when it is first asked for. */
  output(kind: OutputKind): Promise<Output>;
  dispose(): void;
}

/** A layer on the GPU: its weights, and its sizes as the shaders read them. */
export interface LoadedLayer extends Layer {
  readonly buffers: readonly [weights: GPUBuffer, description: GPUBuffer];
}

/**
 * Makes a room for the layers. Throws when the GPU has too
 * little memory or does not compile a program.
 */
export async function makeRoom(
  { device, compile }: Gpu,
  { imageShape: [height, width, channels] }: Plan,
  layers: readonly LoadedLayer[],
  capacity: number,
): Promise<Room> {
  const buffers: GPUBuffer[] = [];
  const buffer = (size: number, usage: number) => {
    const made = device.createBuffer({ size, usage: BufferUsage.STORAGE | usage });
    buffers.push(made);
    return made;
  };
  const inputBytes = layers.map(({ input: { height, width, quads } }) =>
    capacity * height * width * quads * 16
  );
  device.pushErrorScope("out-of-memory");
  const latents = buffer(inputBytes[0], BufferUsage.COPY_DST);
  // Layers read from one of two buffers and write to the other.
  const pair = [0, 1].map((odd) =>
    buffer(Math.max(16, ...inputBytes.filter((_, i) => i > 0 && i % 2 === odd)), 0)
  );
  const error = await device.popErrorScope();
  if (error) throw new Error(`the GPU has too little memory for ${capacity} images at once`);

  async function stage(
    i: number,
    code: string,
    { rows, columns, y }: { rows: number; columns: number; y: GPUBufferBinding },
  ): Promise<Stage> {
    const { input, phases, buffers: [weights, description] } = layers[i];
    const pipeline = await compile(code);
    // The shaders go by their buffers' lengths: each gets as much as its layer fills.
    const x = { buffer: i === 0 ? latents : pair[i % 2], size: inputBytes[i] };
    const entries = [x, { buffer: weights }, y, { buffer: description }].map((
      resource,
      binding,
    ) => (
      { binding, resource }
    ));
    const bindings = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    const positions = input.height * input.width;
    return { pipeline, bindings, positions, rows, columns, phases: phases.length };
  }

  const hidden = await Promise.all(
    layers.slice(0, -1).map((layer, i) => {
      const each = rowsOfThread(capacity * layer.input.height * layer.input.width);
      return stage(i, hiddenShader(each), {
        rows: EDGE * each,
        columns: Math.ceil(layer.output.quads / EDGE),
        y: { buffer: pair[(i + 1) % 2], size: inputBytes[i + 1] },
      });
    }),
  );

  async function makeOutput(kind: OutputKind): Promise<Output> {
    const last = layers.length - 1;
    const isPacked = kind === "pixels";
    const bytesPerImage = height * (isPacked ? pitchOf(width) : width * channels) * 4;
    const written = buffer(capacity * bytesPerImage, BufferUsage.COPY_SRC);
    const code = imageShader(channels, isPacked);
    return {
      stage: await stage(last, code, { rows: PIXELS, columns: 1, y: { buffer: written } }),
      buffer: written,
      bytesPerImage,
    };
  }
  const outputs = new Map<OutputKind, Promise<Output>>();
  return {
    latents,
    hidden,
    output(kind) {
      const output = outputs.get(kind) ?? makeOutput(kind);
      outputs.set(kind, output);
      return output;
    },
    dispose: () => buffers.forEach((buffer) => buffer.destroy()),
  };
}

/** Encodes the dispatches from `room.latents` to `output`: one a layer. */
export function encode(
  encoder: GPUCommandEncoder,
  room: Room,
  output: Output,
  count: number,
): void {
  const pass = encoder.beginComputePass();
  for (const stage of [...room.hidden, output.stage]) {
    pass.setPipeline(stage.pipeline);
    pass.setBindGroup(0, stage.bindings);
    const groups = Math.ceil(count * stage.positions / stage.rows);
    pass.dispatchWorkgroups(groups, stage.columns, stage.phases);
  }
  pass.end();
}

/** Rows that a thread computes: more reuse each weight more, but leave fewer threads for a small layer. */
function rowsOfThread(rows: number): number {
  return rows <= EDGE ? 1 : rows <= 8 * EDGE ? 2 : 4;
}
