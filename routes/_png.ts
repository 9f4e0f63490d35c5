/** PNGs as the zoo writes them (train/png.ts): 8 bits, grey or RGB, one pass. PNG specification, third edition. */

import { crc32, deflateSync, inflateSync } from "node:zlib";

export interface Picture {
  width: number;
  height: number;
  channels: 1 | 3;
  /** Row after row. */
  pixels: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOUR_TYPE = { 1: 0, 3: 2 } as const;
const PAETH = 4;

/** Width and height, from the first chunk (11.2.1); null where the bytes are no PNG. */
export function pngSize(bytes: Uint8Array<ArrayBuffer>): { width: number; height: number } | null {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = bytes.length >= 33 && header.getUint32(0) === 0x89504e47 &&
    header.getUint32(12) === 0x49484452; // "IHDR"
  return isPng ? { width: header.getUint32(16), height: header.getUint32(20) } : null;
}

/** The first `height` rows of pixels; null for what is no such PNG, or not so high. */
export function decodePng(bytes: Uint8Array<ArrayBuffer>, height: number): Picture | null {
  const size = pngSize(bytes);
  const [depth, colour, _compression, _filter, interlace] = bytes.subarray(24, 29);
  if (!size || depth !== 8 || interlace !== 0 || (colour !== 0 && colour !== 2)) return null;
  const channels = colour === 0 ? 1 : 3;
  const stride = size.width * channels;
  try {
    const rows = inflateSync(imageData(bytes));
    if (height > size.height || rows.length !== size.height * (1 + stride)) return null;
    const pixels = unfiltered(rows.subarray(0, height * (1 + stride)), stride, channels);
    return { width: size.width, height, channels, pixels };
  } catch {
    return null;
  }
}

/** Every row is filtered by Paeth, which suits pictures of many tones. */
export function encodePng({ width, height, channels, pixels }: Picture): Uint8Array<ArrayBuffer> {
  const stride = width * channels;
  const rows = new Uint8Array(height * (1 + stride));
  for (let y = 0, i = 0; y < height; y++) {
    const row = rows.subarray(y * (1 + stride), (y + 1) * (1 + stride));
    row[0] = PAETH;
    for (let x = 0; x < stride; x++, i++) {
      row[1 + x] = pixels[i] - guess(PAETH, pixels, i, x, y, stride, channels);
    }
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, COLOUR_TYPE[channels]);
  return join([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** What all IDAT chunks hold, in a row. */
function imageData(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49444154) parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return join(parts);
}

/** `rows` each begin with the number of their filter. */
function unfiltered(rows: Uint8Array, stride: number, channels: number): Uint8Array {
  const height = rows.length / (1 + stride);
  const pixels = new Uint8Array(height * stride);
  for (let y = 0, i = 0; y < height; y++) {
    const row = rows.subarray(y * (1 + stride), (y + 1) * (1 + stride));
    for (let x = 0; x < stride; x++, i++) {
      pixels[i] = row[1 + x] + guess(row[0], pixels, i, x, y, stride, channels);
    }
  }
  return pixels;
}

/** What a filter expects at byte `i`, `x` bytes into row `y`, of what comes before it (9.2); 0 outside. */
function guess(
  filter: number,
  pixels: Uint8Array,
  i: number,
  x: number,
  y: number,
  stride: number,
  channels: number,
): number {
  const left = x >= channels ? pixels[i - channels] : 0;
  const up = y > 0 ? pixels[i - stride] : 0;
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const corner = x >= channels && y > 0 ? pixels[i - stride - channels] : 0;
  const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + up - 2 * corner);
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
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

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
