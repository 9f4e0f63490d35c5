import assert from "node:assert/strict";
import { uniform } from "../../sampler/random.ts";
import { readHeader, Unusable } from "../../train/data/prepare/folder/image_header.ts";

// fixtures/images/make.sh says how they were made
const fixtures = new URL("./fixtures/images/", import.meta.url);
const read = (name: string) => Deno.readFileSync(new URL(name, fixtures));

for (
  const [name, format] of [
    ["jpeg.jpg", "jpeg"],
    ["progressive.jpg", "jpeg"],
    ["grey.jpg", "jpeg"],
    ["rgb.png", "png"],
    ["rgb16.png", "png"],
    ["palette.png", "png"],
    ["lossy.webp", "webp"],
    ["lossless.webp", "webp"],
    ["alpha.webp", "webp"],
  ] as const
) {
  Deno.test(`readHeader() reads format and size of ${name}`, () => {
    const expected = { format, width: 48, height: 32, orientation: 1 };
    assert.deepEqual(readHeader(read(name)), expected);
  });
}

Deno.test("readHeader() reads EXIF's orientation and the size as stored, in all three formats", () => {
  for (let orientation = 2; orientation <= 8; orientation++) {
    const [width, height] = orientation < 5 ? [48, 32] : [32, 48];
    const expected = { format: "jpeg", width, height, orientation };
    assert.deepEqual(readHeader(read(`orientation-${orientation}.jpg`)), expected);
  }
  for (const format of ["png", "webp"]) {
    const expected = { format, width: 32, height: 48, orientation: 6 };
    assert.deepEqual(readHeader(read(`orientation-6.${format}`)), expected);
  }
});

Deno.test("readHeader() goes by the content, not by where the bytes lie", () => {
  const bytes = read("rgb.png");
  const inside = new Uint8Array(bytes.length + 5);
  inside.set(bytes, 5);
  assert.equal(readHeader(inside.subarray(5)).width, 48);
});

Deno.test("readHeader() accepts what follows the image, as phones append videos", () => {
  for (const name of ["jpeg.jpg", "rgb.png", "lossy.webp"]) {
    assert.equal(readHeader(Uint8Array.of(...read(name), 1, 2, 3, 255)).width, 48);
  }
});

for (
  const [what, bytes, reason] of [
    ["an empty file", new Uint8Array(), "empty file"],
    ["text", new TextEncoder().encode("Dear diary"), "not a PNG, JPEG or WebP"],
    ["a GIF", new TextEncoder().encode("GIF89a"), "not a PNG, JPEG or WebP"],
    ["a CMYK JPEG", read("cmyk.jpg"), "CMYK JPEG: convert it to RGB"],
    ["an animated WebP", read("animated.webp"), "animated WebP"],
    [
      "a JPEG of 12 bits",
      patched("jpeg.jpg", [0xff, 0xc0, 0, 17, 8], [0xff, 0xc0, 0, 17, 12]),
      "12-bit JPEG: convert it to 8 bits",
    ],
    [
      "a JPEG without a height",
      patched("jpeg.jpg", [8, 0, 32, 0, 48], [8, 0, 0, 0, 48]),
      "damaged: its header gives no size",
    ],
    [
      "a PNG without a width",
      patched("rgb.png", [0, 0, 0, 48], [0, 0, 0, 0]),
      "damaged: its header gives no size",
    ],
    [
      "a PNG whose chunk claims 4 GB",
      patched("rgb.png", [0, 0, 0, 13], [255, 255, 255, 255]),
      "cut short",
    ],
  ] as const
) {
  Deno.test(`readHeader() refuses ${what}: ${reason}`, () => {
    assert.throws(
      () => readHeader(bytes),
      (error) => error instanceof Unusable && error.message === reason,
    );
  });
}

Deno.test("readHeader() passes over fill bytes between JPEG segments", () => {
  const bytes = [...read("jpeg.jpg")];
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  assert.ok(frame > 0);
  const filled = Uint8Array.from(bytes.toSpliced(frame, 0, 0xff, 0xff, 0xff));
  assert.equal(readHeader(filled).width, 48);
});

Deno.test("readHeader() finds the chunk after one of odd length, which WebP pads", () => {
  const bytes = [...read("orientation-6.webp")];
  const odd = [...new TextEncoder().encode("ODD "), 3, 0, 0, 0, 1, 2, 3, 0];
  const padded = Uint8Array.from(bytes.toSpliced(12, 0, ...odd));
  new DataView(padded.buffer).setUint32(4, padded.length - 8, true);
  assert.deepEqual(readHeader(padded), { format: "webp", width: 32, height: 48, orientation: 6 });
});

Deno.test("readHeader() refuses every file that is cut short, wherever it is cut", () => {
  for (
    const name of [
      "jpeg.jpg",
      "progressive.jpg",
      "orientation-6.jpg",
      "rgb.png",
      "orientation-6.png",
      "lossy.webp",
      "lossless.webp",
      "orientation-6.webp",
    ]
  ) {
    const bytes = read(name);
    for (let length = 1; length < bytes.length; length++) {
      assert.throws(
        () => readHeader(bytes.subarray(0, length)),
        (error) => error instanceof Unusable && /^(cut short|not a PNG)/.test(error.message),
        `${name} of ${length} bytes`,
      );
    }
  }
});

Deno.test("readHeader() throws nothing but Unusable for files with random bytes in them", () => {
  const names = [...Deno.readDirSync(fixtures)].map(({ name }) => name).filter((name) =>
    !name.endsWith(".sh")
  );
  assert.ok(names.length > 20);
  let step = 0;
  for (const name of names.sort()) {
    for (let variant = 0; variant < 200; variant++) {
      const bytes = read(name);
      const random = uniform([1, 2, step++], 6);
      for (let k = 0; k < 6; k += 2) {
        bytes[Math.floor(random[k] * bytes.length)] = Math.floor(random[k + 1] * 256);
      }
      try {
        const { orientation } = readHeader(bytes);
        assert.ok(orientation >= 1 && orientation <= 8);
      } catch (error) {
        assert.ok(error instanceof Unusable, `${name}, variant ${variant}: ${error}`);
      }
    }
  }
});

Deno.test("readHeader() takes malformed EXIF data for upright", () => {
  const tiff = [0x4d, 0x4d, 0, 42]; // big-endian, as ExifTool writes it here
  const pointers = [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 200], [0, 0, 0, 0]];
  for (const pointer of pointers) {
    const bytes = patched("orientation-6.jpg", [...tiff, 0, 0, 0, 8], [...tiff, ...pointer]);
    assert.equal(readHeader(bytes).orientation, 1);
  }
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0];
  assert.equal(
    readHeader(patched("orientation-6.jpg", [...entry, 6], [...entry, 9])).orientation,
    1,
  );
});

/** A fixture with `from`, which it must hold once or more, replaced by `to` where it comes first. */
function patched(name: string, from: readonly number[], to: readonly number[]): Uint8Array {
  const bytes = read(name);
  const at = bytes.findIndex((_, i) => from.every((byte, k) => bytes[i + k] === byte));
  assert.ok(at >= 0, `${name} does not hold ${from}`);
  bytes.set(to, at);
  return bytes;
}
