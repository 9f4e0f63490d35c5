import { basename, dirname, join } from "node:path";
import { type CacheIndex, readBytes, readIndex } from "../data/pixel_cache.ts";
import { prepare } from "../data/prepare.ts";
import { readHeader, Unusable } from "../data/prepare/folder/image_header.ts";
import { Refusal } from "../refusal.ts";
import { reasonOf } from "../system_error.ts";

type Shape = readonly [height: number, width: number, channels: number];

/** How far a grey pixel's channels may lie apart in a JPEG, of 255. */
const GREY = 12;

/**
 * The PNG, JPEG or WebP image at `path` as a generator of `shape` would draw it, [height, width, channels] in [-1, 1].
 *
 * Throws a Refusal for a file that is no image, for one of another size (to scale it is for its owner: what should be cut
 * away is for them to say), and for a coloured one where the generator draws in grey.
 */
export async function readPicture(path: string, shape: Shape): Promise<Float32Array> {
  const [height, width, channels] = shape;
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new Refusal(`Cannot read ${path}: ${reasonOf(error)}`, 2, { cause: error });
  }
  try {
    const header = readHeader(bytes);
    if (header.width !== width || header.height !== height) {
      throw new Refusal(
        `${path} is ${header.width}×${header.height} pixels, the model draws ${width}×${height}: ` +
          "cut and scale it first",
      );
    }
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Refusal(`${path} cannot be read: ${error.message}`, 1, { cause: error });
  }
  const rgb = await decoded(path, width);
  const units = new Float32Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const colours = rgb.subarray(3 * pixel, 3 * pixel + 3);
    if (channels === 1 && Math.max(...colours) - Math.min(...colours) > GREY) {
      throw new Refusal(`${path} is in colour, the model draws in grey: turn it grey first`);
    }
    for (let c = 0; c < channels; c++) units[channels * pixel + c] = colours[c] / 127.5 - 1;
  }
  return units;
}

/** Its pixels, RGB, upright: decoded as a folder of images is, at its own size. */
async function decoded(path: string, size: number): Promise<Uint8Array> {
  const place = await Deno.makeTempDir();
  try {
    const cache = join(place, "picture");
    const request = { folder: dirname(path), files: [basename(path)], facts: {} };
    await prepare("folder", place, {
      args: [cache, String(size)],
      input: JSON.stringify(request),
      stream: { isTTY: false, write: () => true }, // one image needs no progress
    });
    const index = await readIndex<CacheIndex & { leftOut: { reason: string }[] }>(cache);
    const [leftOut] = index!.leftOut;
    if (leftOut) throw new Refusal(`${path} cannot be read: ${leftOut.reason}`);
    return await readBytes(cache, index!);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}
