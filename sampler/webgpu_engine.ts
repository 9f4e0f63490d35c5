/**
 * Runs a plan on a GPU by shaders of its own: one dispatch a layer, the last of which ends with tanh
 * and, for pictures, the pixels' bytes. Nothing is allocated for a sample.
 */
import type { LoadedPlan } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { BufferUsage, MapMode, TextureUsage } from "./webgpu_flags.ts";
import { describe, layersOf } from "./webgpu_layers.ts";
import type { Gpu } from "./webgpu.ts";
import { encode, makeRoom, type Output, type OutputKind, type Room } from "./webgpu_room.ts";
import { pitchOf } from "./webgpu_shaders.ts";

/** Images that are computed at once; more than the last in so many turns. */
const CAPACITIES = [1, 16, 64];

/** A plan whose weights lie on a GPU. */
export type GpuPlan = LoadedPlan & Required<Pick<LoadedPlan, "pixels">>;

/** Uploads the weights of `plan`; all else is made when it is first needed. */
export function loadGpuPlan(plan: Plan, gpu: Gpu): GpuPlan {
  const { device } = gpu;
  const [height, width, channels] = plan.imageShape;
  const upload = (values: ArrayBuffer) => {
    const buffer = device.createBuffer({
      size: values.byteLength,
      usage: BufferUsage.STORAGE | BufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  };
  const layers = layersOf(plan).map((layer) => ({
    ...layer,
    buffers: [upload(layer.weights.buffer), upload(describe(layer))] as const,
  }));
  const rooms = new Map<number, Promise<Room>>();
  const readers = new Map<Output, GPUBuffer[]>();
  const padded = new Float32Array(CAPACITIES.at(-1)! * layers[0].input.quads * 4);
  let screen: { canvas: OffscreenCanvas; context: GPUCanvasContext } | undefined;

  function roomFor(count: number): Promise<Room> {
    const capacity = CAPACITIES.find((capacity) => capacity >= count)!;
    let room = rooms.get(capacity);
    if (!room) {
      room = makeRoom(gpu, plan, layers, capacity);
      rooms.set(capacity, room);
    }
    return room;
  }

  /** Uploads latents, each filled up to whole vec4s. */
  function uploadLatents({ latents }: Room, z: Float32Array, count: number) {
    const length = layers[0].input.quads * 4;
    for (let i = 0; i < count; i++) {
      padded.set(z.subarray(i * plan.latentSize, (i + 1) * plan.latentSize), i * length);
    }
    device.queue.writeBuffer(latents, 0, padded, 0, count * length);
  }

  /** Computes `count` images, at most what one room holds, and calls `take` with their bytes. */
  async function compute(
    z: Float32Array,
    count: number,
    kind: OutputKind,
    take: (bytes: ArrayBuffer) => void,
  ) {
    const room = await roomFor(count);
    const output = await room.output(kind);
    const free = readers.get(output) ?? [];
    readers.set(output, free);
    const reader = free.pop() ?? device.createBuffer({
      size: output.buffer.size,
      usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ,
    });
    const bytes = count * output.bytesPerImage;
    uploadLatents(room, z, count);
    const encoder = device.createCommandEncoder();
    encode(encoder, room, output, count);
    encoder.copyBufferToBuffer(output.buffer, 0, reader, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await reader.mapAsync(MapMode.READ, 0, bytes);
    take(reader.getMappedRange(0, bytes));
    reader.unmap();
    free.push(reader);
  }

  async function inTurns(
    z: Float32Array,
    count: number,
    kind: OutputKind,
    take: (bytes: ArrayBuffer, first: number) => void,
  ) {
    const most = CAPACITIES.at(-1)!;
    for (let first = 0; first < count; first += most) {
      const n = Math.min(most, count - first);
      const part = z.subarray(first * plan.latentSize, (first + n) * plan.latentSize);
      await compute(part, n, kind, (bytes) => take(bytes, first));
    }
  }

  return {
    async run(z, count) {
      const size = height * width * channels;
      const images = new Float32Array(count * size);
      await inTurns(
        z,
        count,
        "images",
        (bytes, first) => images.set(new Float32Array(bytes), first * size),
      );
      return images;
    },
    async pixels(z, count) {
      const pitch = pitchOf(width);
      const pixels = new Uint8ClampedArray(count * height * width * 4);
      await inTurns(z, count, "pixels", (bytes, first) => {
        for (let row = 0; row * pitch * 4 < bytes.byteLength; row++) {
          const values = new Uint8ClampedArray(bytes, row * pitch * 4, width * 4);
          pixels.set(values, (first * height + row) * width * 4);
        }
      });
      return pixels;
    },
    draw: !gpu.canvases ? undefined : async (target, z) => {
      const room = await roomFor(1);
      const pixels = await room.output("pixels");
      screen ??= makeScreen(device, width, height);
      uploadLatents(room, z, 1);
      const encoder = device.createCommandEncoder();
      encode(encoder, room, pixels, 1);
      encoder.copyBufferToTexture(
        { buffer: pixels.buffer, bytesPerRow: pitchOf(width) * 4 },
        { texture: screen.context.getCurrentTexture() },
        [width, height],
      );
      device.queue.submit([encoder.finish()]);
      target()?.drawImage(screen.canvas, 0, 0); // in this task: after it, the canvas is empty again
      await device.queue.onSubmittedWorkDone();
    },
    dispose() {
      layers.forEach(({ buffers }) => buffers.forEach((buffer) => buffer.destroy()));
      for (const room of rooms.values()) room.then((room) => room.dispose(), () => {});
      for (const free of readers.values()) free.forEach((buffer) => buffer.destroy());
      screen?.context.unconfigure();
    },
  };
}

/**
 * A canvas of the GPU's own, off the page. The page's canvases have a 2d context, as pictures that WASM computed are put
 * there too, and a canvas has one context for ever.
 */
function makeScreen(device: GPUDevice, width: number, height: number) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("webgpu") as GPUCanvasContext | null;
  if (!context) throw new Error("the browser gives no WebGPU canvas");
  context.configure({
    device,
    format: "rgba8unorm",
    usage: TextureUsage.COPY_DST,
    alphaMode: "opaque",
  });
  return { canvas, context };
}
