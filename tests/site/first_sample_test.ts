import assert from "node:assert/strict";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { decodePng } from "../../routes/_png.ts";
import { gridPng } from "../../train/png.ts";
import { TemporarySite } from "./fixtures.ts";

const ADDRESS = "/models/some/poster.png?v=0123456789abcdef&samples=1";

/** A PNG of two IDAT chunks, each row with the filter of its number (PNG specification, 9.2). */
function filteredPng(pixels: number[][], channels: 1 | 3): Uint8Array<ArrayBuffer> {
  const rows = pixels.flatMap((row, y) => {
    const at = (x: number, y: number) => x < 0 || y < 0 ? 0 : pixels[y][x];
    const filter = y % 5;
    return [
      filter,
      ...row.map((value, x) => {
        const [a, b, c] = [at(x - channels, y), at(x, y - 1), at(x - channels, y - 1)];
        const p = a + b - c;
        const [nearest] = [a, b, c].toSorted((m, n) => Math.abs(p - m) - Math.abs(p - n));
        return value - [0, a, b, Math.floor((a + b) / 2), nearest][filter] & 255;
      }),
    ];
  });
  const data = deflateSync(Uint8Array.from(rows));
  const chunk = (type: string, content: Uint8Array) => {
    const body = [...new TextEncoder().encode(type), ...content];
    const number = (n: number) => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255];
    return [...number(content.length), ...body, ...number(crc32(Uint8Array.from(body)))];
  };
  const header = [0, 0, 0, pixels[0].length / channels, 0, 0, 0, pixels.length, 8];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", Uint8Array.from([...header, channels === 3 ? 2 : 0, 0, 0, 0])),
    ...chunk("IDAT", data.subarray(0, 20)),
    ...chunk("IDAT", data.subarray(20)),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

for (const channels of [1, 3] as const) {
  Deno.test(`decodePng() of ${channels} channels undoes every filter, for as many rows as are asked for`, () => {
    const pixels = Array.from(
      { length: 10 },
      (_, y) => Array.from({ length: 7 * channels }, (_, x) => (x * x * 37 + y * y * 91 + x) % 256),
    );
    const png = filteredPng(pixels, channels);
    for (const height of [10, 6]) {
      const decoded = decodePng(png, height)!;
      assert.deepEqual([decoded.width, decoded.height, decoded.channels], [7, height, channels]);
      assert.deepEqual([...decoded.pixels], pixels.slice(0, height).flat());
    }
    assert.equal(decodePng(png, 11), null);
    assert.equal(decodePng(png.subarray(0, -40), 10), null, "truncated");
    assert.equal(decodePng(new TextEncoder().encode("no picture, but bytes"), 1), null);
  });
}

/** A 4 x 4 poster of pictures of 2 x 2 pixels, enlarged three times. */
function poster(channels: 1 | 3): Uint8Array {
  const length = 16 * 2 * 2 * channels;
  const images = Float32Array.from({ length }, (_, i) => i / length * 2 - 1);
  return gridPng(images, { count: 16, height: 2, width: 2, channels, columns: 4, scale: 3 });
}

for (const channels of [1, 3] as const) {
  Deno.test(`GET ${ADDRESS} gives the first sample of ${channels} channels alone, unenlarged`, async () => {
    using site = new TemporarySite();
    site.addModel("some", { imageShape: [2, 2, channels] });
    site.write("models/some/poster.png", poster(channels));
    const response = await site.get(ADDRESS);
    assert.equal(response.headers.get("content-type"), "image/png");
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const png = new Uint8Array(await response.arrayBuffer());
    const view = new DataView(png.buffer);
    assert.deepEqual([view.getUint32(16), view.getUint32(20)], [2, 2]);
    // One IDAT, whose length is at 33: rows by Paeth, so the first pixel and, in the first row, differences to the left.
    const rows = inflateSync(png.subarray(41, 41 + view.getUint32(33)));
    const byte = (i: number) => Math.round(i / (64 * channels) * 255);
    assert.equal(rows.length, 2 * (1 + 2 * channels));
    assert.deepEqual([...rows.subarray(0, 1 + channels)], [
      4,
      ...Array.from({ length: channels }, (_, c) => byte(c)),
    ]);
    assert.deepEqual(
      [...rows.subarray(1 + channels, 1 + 2 * channels)],
      Array.from({ length: channels }, (_, c) => byte(channels + c) - byte(c)),
    );
    const tag = response.headers.get("etag")!;
    assert.equal((await site.get(ADDRESS, { "if-none-match": tag })).status, 304);
    const whole = await site.get("/models/some/poster.png");
    assert.notEqual(whole.headers.get("etag"), tag);
    assert.equal((await whole.arrayBuffer()).byteLength, poster(channels).length);
  });
}

Deno.test("GET of a poster's first sample gives all of a poster that is laid out otherwise", async () => {
  using site = new TemporarySite();
  site.addModel("some", { imageShape: [5, 5, 1] });
  site.write("models/some/poster.png", poster(1));
  const response = await site.get(ADDRESS);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), poster(1));
});

Deno.test("pages begin with seed 1's sample where they will show it, and with sixteen where another", async () => {
  using site = new TemporarySite();
  site.addModel("first");
  site.addModel("second", { objective: "dcgan" });
  const first = /&(amp;)*samples=1"/;
  for (
    const path of ["/", "/m/first", "/m/first?set=dimensions&b=9", "/compare", "/compare?grid=5"]
  ) {
    assert.match(await site.html(path), first, path);
  }
  for (
    const path of ["/m/first?seed=2", "/m/first?z=3:1", "/m/first?t=0.5", "/m/first?walk=0.5"]
      .concat(["/m/first?truncation=0.5", "/compare?seed=2", "/compare?z=1:1"])
  ) {
    const html = await site.html(path);
    assert.doesNotMatch(html, first, path);
    assert.match(html, /poster\.png\?v=/, path);
  }
  assert.match(
    await site.html("/m/first"),
    /<link rel="preload" as="image" href="[^"]+samples=1" fetchpriority="high"/,
  );
});
