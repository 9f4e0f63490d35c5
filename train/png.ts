import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOUR_TYPE = { 1: 0, 3: 2 } as const; // grey, RGB (PNG specification, table 11.1)
const FILTER_UP = 2; // enlarged pixels repeat row by row: what Up leaves of them is zeros

/**
 * A PNG of 8 bits a channel. `pixels` is [height, width, channels], bytes, row after row.
 *
 * Throws a RangeError when its length does not fit.
 */
export function encodePng(
  width: number,
  height: number,
  pixels: Uint8Array,
  channels: 1 | 3,
): Uint8Array {
  const stride = width * channels;
  if (pixels.length !== height * stride) {
    throw new RangeError(
      `A ${width}×${height} picture of ${channels} channels needs ${height * stride} bytes, ` +
        `not ${pixels.length}`,
    );
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8; // bits a channel
  header[9] = COLOUR_TYPE[channels];

  const rows = new Uint8Array(height * (1 + stride));
  for (let y = 0; y < height; y++) {
    const to = y * (1 + stride);
    const from = y * stride;
    rows[to] = FILTER_UP;
    for (let x = 0; x < stride; x++) {
      rows[to + 1 + x] = pixels[from + x] - (y > 0 ? pixels[from - stride + x] : 0);
    }
  }
  return new Uint8Array(Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]));
}

export interface Grid {
  /** Images to show: the first ones. */
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly columns: number;
  /** White pixels between two images, after enlarging. */
  readonly gap?: number;
  /** How often each pixel is repeated in both directions: whole numbers, so that edges stay crisp. */
  readonly scale?: number;
}

/**
 * A sheet of images as a PNG, filled row by row; an unfinished last row ends in white.
 *
 * `images` is float32 [count, height, width, channels] in [-1, 1]; x becomes round((x + 1) · 127.5),
 * values outside are clamped.
 */
export function gridPng(images: Float32Array, grid: Grid): Uint8Array {
  const { count, height, width, channels, columns, gap = 0, scale = 1 } = grid;
  const rows = Math.ceil(count / columns);
  const sheetWidth = columns * width * scale + (columns - 1) * gap;
  const sheetHeight = rows * height * scale + (rows - 1) * gap;
  const sheet = new Uint8Array(sheetWidth * sheetHeight * channels).fill(255);

  for (let image = 0; image < count; image++) {
    const left = (image % columns) * (width * scale + gap);
    const top = Math.floor(image / columns) * (height * scale + gap);
    for (let y = 0; y < height * scale; y++) {
      const row = (image * height + Math.floor(y / scale)) * width;
      let to = ((top + y) * sheetWidth + left) * channels;
      for (let x = 0; x < width * scale; x++) {
        const from = (row + Math.floor(x / scale)) * channels;
        for (let c = 0; c < channels; c++) sheet[to++] = toByte(images[from + c]);
      }
    }
  }
  return encodePng(sheetWidth, sheetHeight, sheet, channels);
}

function toByte(value: number): number {
  return Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);
}

/** Length, type, data, CRC-32 of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
