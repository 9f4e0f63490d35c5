import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { encodePng, gridPng } from "../../train/png.ts";

/** A reader written from the PNG specification (second edition): chunks, CRC, filters 0 and 2. */
function decodePng(bytes: Uint8Array) {
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    assert.equal(view.getUint32(at + 8 + length), crcOfAppendixD(body), "CRC");
    chunks.push({ type: new TextDecoder().decode(body.subarray(0, 4)), data: body.subarray(4) });
    at += 12 + length;
  }
  assert.deepEqual(chunks.map(({ type }) => type), ["IHDR", "IDAT", "IEND"]);
  const [header, data] = chunks.map((chunk) => chunk.data);
  const headerView = new DataView(header.buffer, header.byteOffset);
  const [width, height] = [headerView.getUint32(0), headerView.getUint32(4)];
  const [depth, colourType, ...rest] = header.subarray(8);
  assert.equal(depth, 8);
  assert.deepEqual(rest, [0, 0, 0]); // deflate, adaptive filters, no interlace
  const channels = { 0: 1, 2: 3 }[colourType]!;

  const stride = width * channels;
  const rows = inflateSync(data);
  assert.equal(rows.length, height * (1 + stride));
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (1 + stride)];
    assert.ok(filter === 0 || filter === 2, `filter ${filter}`);
    for (let x = 0; x < stride; x++) {
      const above = filter === 2 && y > 0 ? pixels[(y - 1) * stride + x] : 0;
      pixels[y * stride + x] = rows[y * (1 + stride) + 1 + x] + above; // modulo 256
    }
  }
  return { width, height, channels, pixels };
}

function crcOfAppendixD(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return ~crc >>> 0;
}

Deno.test("crcOfAppendixD() of the empty IEND chunk is ae426082, as in every PNG", () => {
  assert.equal(crcOfAppendixD(new TextEncoder().encode("IEND")), 0xae426082);
});

for (const channels of [1, 3] as const) {
  Deno.test(`encodePng() of ${channels} channels comes back from a decoder`, () => {
    const [width, height] = [7, 5];
    const length = width * height * channels;
    const pixels = Uint8Array.from({ length }, (_, i) => (i * i * 37) % 256);
    assert.deepEqual(decodePng(encodePng(width, height, pixels, channels)), {
      width,
      height,
      channels,
      pixels,
    });
  });
}

Deno.test("encodePng() refuses pixels that do not fit", () => {
  assert.throws(
    () => encodePng(4, 4, new Uint8Array(16), 3),
    /4×4 picture of 3 channels needs 48 bytes, not 16/,
  );
});

Deno.test("gridPng() maps -1, 0, 1 to 0, 128, 255 and clamps what lies outside", () => {
  const grid = { count: 1, height: 1, width: 5, channels: 1, columns: 1 } as const;
  const { pixels } = decodePng(gridPng(Float32Array.of(-1, 0, 1, -1.5, 2), grid));
  assert.deepEqual([...pixels], [0, 128, 255, 0, 255]);
});

Deno.test("gridPng() fills rows first and ends an unfinished one in white", () => {
  const grid = { count: 3, height: 1, width: 1, channels: 3, columns: 2 } as const;
  const red = [1, -1, -1];
  const green = [-1, 1, -1];
  const blue = [-1, -1, 1];
  const sheet = decodePng(gridPng(Float32Array.of(...red, ...green, ...blue), grid));
  assert.equal(sheet.width, 2);
  assert.equal(sheet.height, 2);
  assert.deepEqual([...sheet.pixels], [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
});

Deno.test("gridPng() repeats each pixel `scale` times and leaves `gap` white pixels", () => {
  const grid = {
    count: 2,
    height: 2,
    width: 1,
    channels: 1,
    columns: 2,
    gap: 1,
    scale: 2,
  } as const;
  const sheet = decodePng(gridPng(Float32Array.of(-1, 0, 0, -1), grid));
  assert.equal(sheet.width, 5);
  assert.equal(sheet.height, 4);
  const upper = [0, 0, 255, 128, 128];
  const lower = [128, 128, 255, 0, 0];
  assert.deepEqual([...sheet.pixels], [...upper, ...upper, ...lower, ...lower]);
});
