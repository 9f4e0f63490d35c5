/**
 * What an element does with a model: loaded when it is first needed, so that a page pays for it when
 * its visitor comes near.
 */

import { latent, slerp, truncate } from "../sampler/latent.ts";
import { ModelError } from "../sampler/mod.ts";
import type { GanletLatent } from "./api.ts";
import { type LeaseOptions, leaseSampler } from "./shared_samplers.ts";

export { readable } from "./readable.ts";

/** What is to be seen: seeds from the top left on, row by row. */
export interface Scene {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  /** Of seeds; a latent vector set by hand stays as it is. */
  readonly truncation: number;
  /** In place of the first seed's. */
  readonly latent: Float32Array | null;
}

export type Painter = Awaited<ReturnType<typeof openPainter>>;

/** Pictures computed in one go: between two, another element of the page gets its turn. */
const BATCH = 16;

/** A painter on `canvas`. Throws a ModelError. */
export async function openPainter(canvas: HTMLCanvasElement, options: LeaseOptions) {
  const { card, sampler, release, giveUp } = await leaseSampler(options);
  const { latentSize, imageShape: [height, width] } = sampler.card;
  let newest = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const ofSeed = (seed: number, truncation: number) =>
    truncate(latent(seed, latentSize), truncation);
  const first = ({ latent, seed, truncation }: Scene) => latent ?? ofSeed(seed, truncation);
  const vector = (z: GanletLatent, truncation: number) =>
    typeof z === "number" ? ofSeed(z, truncation) : Float32Array.from(z);

  async function paint(scene: Scene, isCurrent: () => boolean): Promise<boolean> {
    const count = scene.rows * scene.columns;
    if (count === 1) {
      await sampler.draw(canvas, first(scene));
      return isCurrent();
    }
    const pictures: ImageData[] = [];
    while (pictures.length < count) {
      const seeds = Array.from(
        { length: Math.min(BATCH, count - pictures.length) },
        (_, i) => pictures.length + i,
      );
      const z = seeds.flatMap((i) => [
        ...i === 0 ? first(scene) : ofSeed(following(scene.seed, i), scene.truncation),
      ]);
      pictures.push(...await sampler.sample(Float32Array.from(z), seeds.length) as ImageData[]);
      if (!isCurrent()) return false;
    }
    // At once, as a canvas that gets its size is empty.
    resize(scene);
    pictures.forEach((picture, i) => place(picture, i, scene.columns));
    return true;
  }

  function resize({ rows, columns }: Scene): void {
    if (canvas.width !== width * columns) canvas.width = width * columns;
    if (canvas.height !== height * rows) canvas.height = height * rows;
  }

  function place(picture: ImageData, i: number, columns: number): void {
    const context = canvas.getContext("2d");
    if (!context) throw new ModelError("backend", "The canvas gives no 2d context to draw with");
    context.putImageData(picture, i % columns * width, Math.floor(i / columns) * height);
  }

  return {
    card,
    backend: sampler.backend,
    message: sampler.message,
    first,
    /** Draws `scene`, unless a newer one is asked for meanwhile, or it is closed: then false. */
    async show(scene: Scene): Promise<boolean> {
      const ticket = ++newest;
      const isCurrent = () => ticket === newest && !closed;
      const mine = last.then(() => ticket === newest && paint(scene, isCurrent));
      last = mine.catch(() => {});
      return await mine;
    },
    /** The picture of one latent vector, which is drawn in the first place of `scene`, too. */
    async sample(z: Float32Array, scene: Scene): Promise<ImageData> {
      const ticket = ++newest;
      const [picture] = await sampler.sample(z) as ImageData[];
      if (ticket === newest && !closed) {
        resize(scene);
        place(picture, 0, scene.columns);
      }
      return picture;
    },
    /** Throws a RangeError for latents of two lengths. */
    between: (a: GanletLatent, b: GanletLatent, t: number, truncation: number) =>
      slerp(vector(a, truncation), vector(b, truncation), t),
    vector,
    close() {
      closed = true;
      release();
    },
    isClosed: () => closed,
    giveUp,
  };
}

/** Seeds are 32-bit numbers: the one behind the last is 0. */
function following(seed: number, by: number): number {
  return (seed + by) % 2 ** 32;
}
