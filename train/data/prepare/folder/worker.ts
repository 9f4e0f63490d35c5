import { reasonOf } from "../../../system_error.ts";
import { decoderOf } from "./decode.ts";
import { readHeader, Unusable } from "./image_header.ts";
import { centredSquare } from "./square.ts";

export interface Job {
  readonly path: string;
  readonly size: number;
  /** Images of more pixels are sent back undecoded. */
  readonly mostPixels: number;
}

export type Answer =
  | { readonly square: Uint8Array }
  | { readonly tooManyPixels: number; readonly header: string }
  /** `isBroken`: a codec failed half-way, and this worker is not to be asked again. */
  | { readonly unusable: string; readonly isBroken: boolean };

const SHORTEST_EDGE = 16; // pixels; less is no picture to learn from

declare const self: {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(answer: Answer): void;
};

self.onmessage = async ({ data }) => self.postMessage(await answer(data));

async function answer({ path, size, mostPixels }: Job): Promise<Answer> {
  try {
    const bytes = await Deno.readFile(path);
    const header = readHeader(bytes);
    const { format, width, height } = header;
    const shape = `${width}×${height}`;
    if (Math.min(width, height) < SHORTEST_EDGE) {
      throw new Unusable(`${shape} pixels: at least ${SHORTEST_EDGE} each way are needed`);
    }
    if (width * height > mostPixels) return { tooManyPixels: width * height, header: shape };
    const decode = await decoderOf(format);
    const image = await decode(bytes.buffer).catch(() => undefined);
    if (image?.width !== width || image.height !== height) {
      return { unusable: `damaged ${format.toUpperCase()}`, isBroken: true };
    }
    return { square: centredSquare(image.data as Uint8ClampedArray, header, size) };
  } catch (error) {
    if (error instanceof Unusable) return { unusable: error.message, isBroken: false };
    return { unusable: reasonOf(error), isBroken: false };
  }
}
