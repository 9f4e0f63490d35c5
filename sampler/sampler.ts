import type { Backend, BackendName } from "./backend.ts";
import type { ModelCard } from "./card.ts";
import { ModelError } from "./model_error.ts";
import type { Generator } from "./read_model.ts";

/** A picture as ImageData has it: RGBA bytes, row by row. Browsers give real ImageData; Deno has none. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** A generator that is ready to draw. Calls may overlap. */
export interface Sampler {
  readonly card: ModelCard;
  readonly backend: BackendName;
  readonly threads: number;
  /** One line for the visitor: the backend, and why not another. */
  readonly message: string;
  /**
   * Draws the image of one latent vector at its own size, which `canvas` takes. Of overlapping draws
   * on one canvas, by whichever samplers, the last one called stays.
   */
  draw(canvas: HTMLCanvasElement | OffscreenCanvas, z: Float32Array): Promise<void>;
  /** The pictures of `count` latent vectors, one after the other in `z`. */
  sample(z: Float32Array, count?: number): Promise<Picture[]>;
  /** The same before they become bytes: [count, height, width, channels] in [-1, 1]. */
  images(z: Float32Array, count?: number): Promise<Float32Array>;
  /** Frees the weights. Calls under way end well, later ones throw a ModelError. */
  dispose(): void;
}

const latestDraws = new WeakMap<HTMLCanvasElement | OffscreenCanvas, symbol>();

/** Puts `generator` on a backend that has started. `release` is called once, when it is disposed and at rest. */
export function createSampler(
  { card, plan }: Generator,
  backend: Backend,
  release: () => void = () => {},
): Sampler {
  const loaded = backend.load(plan);
  const [height, width] = card.imageShape;
  let underWay = 0;
  let disposed = false;
  let lost: string | undefined;
  backend.lost?.then((reason) => lost = reason);

  const free = () => {
    loaded.dispose();
    release();
  };

  /** What `compute` gives for latents that fit, while the backend lasts. */
  async function use<T>(z: Float32Array, count: number, compute: () => Promise<T>): Promise<T> {
    if (disposed) throw new ModelError("backend", `Cannot sample "${card.id}": it was disposed`);
    if (lost !== undefined) throw stopped(backend, lost);
    checkLatent(z, count, card);
    underWay++;
    try {
      return await outlive(backend, compute());
    } finally {
      underWay--;
      if (disposed && underWay === 0) free();
    }
  }

  const images = (z: Float32Array, count = 1) => use(z, count, () => loaded.run(z, count));

  async function sample(z: Float32Array, count = 1): Promise<Picture[]> {
    const bytes = await use(z, count, () => loaded.pixels(z, count));
    const size = height * width * 4;
    return Array.from({ length: count }, (_, i) => {
      const data = bytes.slice(i * size, (i + 1) * size);
      return typeof ImageData === "undefined"
        ? { width, height, data }
        : new ImageData(data, width, height);
    });
  }

  /** The canvas's context, the canvas having the image's size. */
  function contextOf(canvas: HTMLCanvasElement | OffscreenCanvas): CanvasRenderingContext2D {
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D | null;
    if (!context) throw new ModelError("backend", "The canvas gives no 2d context to draw with");
    return context;
  }

  return {
    card,
    backend: backend.name,
    threads: backend.threads,
    message: backend.message,
    images,
    sample,
    async draw(canvas, z) {
      const thisDraw = Symbol();
      latestDraws.set(canvas, thisDraw);
      const target = () => latestDraws.get(canvas) === thisDraw ? contextOf(canvas) : null;
      if (loaded.draw) return await use(z, 1, () => loaded.draw!(target, z));
      const [picture] = await sample(z);
      target()?.putImageData(picture as ImageData, 0, 0);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      if (underWay === 0) free();
    },
  };
}

function checkLatent(z: Float32Array, count: number, { id, latentSize }: ModelCard): void {
  const wrong = (message: string) => new ModelError("latent", `Cannot sample "${id}": ${message}`);
  if (!Number.isInteger(count) || count < 1) {
    throw wrong(`count must be a whole number from 1, it is ${count}`);
  }
  if (z.length !== count * latentSize) {
    const times = count === 1 ? "" : `${count} times `;
    throw wrong(`z must hold ${times}${latentSize} numbers, it holds ${z.length}`);
  }
  const bad = z.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) throw wrong(`z must hold finite numbers, z[${bad}] is ${z[bad]}`);
}

/** `result`, unless the backend is lost before: a lost device may leave its promises open for ever. */
async function outlive<T>(backend: Backend, result: Promise<T>): Promise<T> {
  const loss = backend.lost?.then((reason) => {
    throw stopped(backend, reason);
  });
  return await (loss ? Promise.race([result, loss]) : result);
}

function stopped({ name }: Backend, reason: string): ModelError {
  return new ModelError("backend", `${name === "webgpu" ? "WebGPU" : "WASM"} stopped: ${reason}`);
}
