import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { uniform } from "../../sampler/random.ts";
import { type Dataset, loadDataset } from "../../train/data/dataset.ts";
import { encodePng } from "../../train/png.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

// fixtures/images/make.sh says how they were made
const fixtures = fileURLToPath(new URL("./fixtures/images/", import.meta.url));

/** A folder with `count` flat 20×20 PNGs: image i, plain-00i.png, is of the colour (i, 2i, 100). */
async function folderOf(count: number) {
  const folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "photos", "plain"), { recursive: true });
  for (let i = 0; i < count; i++) {
    const name = `plain-${String(i).padStart(3, "0")}.png`;
    const pixels = Uint8Array.from({ length: 1200 }, (_, k) => [i, 2 * i, 100][k % 3]);
    await Deno.writeFile(join(folder.path, "photos", "plain", name), encodePng(20, 20, pixels, 3));
  }
  const photos = join(folder.path, "photos");
  return {
    photos,
    load: (options: { size?: number; split?: "test" } = {}) =>
      loadDataset(photos, { ...options, cache: join(folder.path, "cache") }),
    async caches() {
      const caches = join(folder.path, "cache", "folders");
      const entries = [...Deno.readDirSync(caches)].filter(({ name }) => name.endsWith(".json"));
      return await Promise.all(entries.map(async ({ name }) => {
        const { ino, mtime } = await Deno.stat(join(caches, name));
        return `${name} ${ino} ${mtime?.getTime()}`;
      }));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** The colour of image i at (x, y). */
function colour(
  { imageShape: [size], pixels }: Dataset,
  i: number,
  x: number,
  y: number,
): number[] {
  const from = ((i * size + y) * size + x) * 3;
  return [...pixels.subarray(from, from + 3)];
}

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(() => assert.fail("accepted"), (error) => error);
  assert.ok(error instanceof Refusal, String(error));
  assert.doesNotMatch(error.message, /\n/);
  return error.message;
}

Deno.test("loadDataset() reads the PNG, JPEG and WebP files of a folder, each upright, in order of their paths", async () => {
  await using folder = await folderOf(64);
  // "a-…" comes before the folder "plain"
  const names = [
    ...[
      "alpha.png",
      "alpha.webp",
      "grey.jpg",
      "interlaced.png",
      "jpeg.jpg",
      "lossless.webp",
      "lossy.webp",
    ],
    ...[2, 3, 4, 5, 6, 7, 8].map((orientation) => `orientation-${orientation}.jpg`),
    ...[
      "orientation-6.png",
      "orientation-6.webp",
      "palette.png",
      "progressive.jpg",
      "rgb.png",
      "rgb16.png",
    ],
  ];
  for (const name of names) {
    await Deno.copyFile(join(fixtures, name), join(folder.photos, `a-${name}`));
  }
  // a wrong suffix does not matter
  await Deno.rename(join(folder.photos, "a-jpeg.jpg"), join(folder.photos, "a-jpeg.PNG"));

  const dataset = await folder.load({ size: 32 });
  const { pixels, ...facts } = dataset;
  assert.equal(pixels.length, (names.length + 64) * 32 * 32 * 3);
  assert.deepEqual(facts, {
    id: "photos",
    title: "photos",
    licence: "unknown (the user's own)",
    url: null,
    imageShape: [32, 32, 3],
    count: names.length + 64,
  });
  const quarters = [[224, 0, 0], [0, 192, 0], [0, 0, 224], [224, 224, 0]];
  const expected: Record<string, number[][]> = {
    // red transparent, green half so: 192/2 + 255/2
    "alpha.png": [[255, 255, 255], [127, 223, 127], ...quarters.slice(2)],
    "alpha.webp": [[255, 255, 255], [127, 223, 127], ...quarters.slice(2)],
    // ITU-R BT.709, as ImageMagick's -colorspace gray: 0.2126 R + 0.7152 G + 0.0722 B
    "grey.jpg": [[48, 48, 48], [137, 137, 137], [16, 16, 16], [208, 208, 208]],
  };
  names.forEach((name, i) => {
    [[5, 5], [26, 5], [5, 26], [26, 26]].forEach(([x, y], quarter) => {
      const wanted = (expected[name] ?? quarters)[quarter];
      const found = colour(dataset, i, x, y);
      const isLossy = /\.jpg$|^lossy/.test(name);
      const tolerance = isLossy ? 8 : 1;
      assert.ok(
        found.every((value, c) => Math.abs(value - wanted[c]) <= tolerance),
        `${name}, quarter ${quarter}: ${found}, expected ${wanted}`,
      );
    });
  });
  for (let i = 0; i < 64; i++) {
    assert.deepEqual(colour(dataset, names.length + i, 31, 0), [i, 2 * i, 100]);
  }
});

Deno.test("loadDataset() prepares a folder once, and anew where a file has changed, come or gone", async () => {
  await using folder = await folderOf(70);
  assert.equal((await folder.load()).imageShape[0], 64);
  const first = await folder.caches();
  assert.equal(first.length, 1);
  await folder.load();
  assert.deepEqual(await folder.caches(), first);

  const file = join(folder.photos, "plain", "plain-003.png");
  await Deno.writeFile(file, encodePng(20, 20, new Uint8Array(1200).fill(9), 3));
  assert.deepEqual(colour(await folder.load(), 3, 0, 0), [9, 9, 9]);
  const second = await folder.caches();
  assert.equal(second.length, 1);
  assert.notDeepEqual(second, first);

  await Deno.remove(file);
  assert.equal((await folder.load()).count, 69);
  await Deno.copyFile(join(fixtures, "rgb.png"), file);
  assert.equal((await folder.load()).count, 70);
});

Deno.test("loadDataset() leaves hostile and broken files out, and says how many and why", async () => {
  await using folder = await folderOf(64);
  const white = deflateSync(new Uint8Array(20 * 61));
  const bomb = deflateSync(new Uint8Array(50_000_000));
  const hostile: Record<string, [bytes: Uint8Array | string, reason: string]> = {
    "01-animated.webp": ["animated.webp", "animated WebP"],
    "02-cmyk.jpg": ["cmyk.jpg", "CMYK JPEG: convert it to RGB"],
    "03-cut.jpg": [Deno.readFileSync(`${fixtures}jpeg.jpg`).subarray(0, 300), "cut short"],
    "04-diary.txt": [new TextEncoder().encode("Dear diary"), "not a PNG, JPEG or WebP"],
    "05-empty.png": [new Uint8Array(), "empty file"],
    "06-huge.png": [png(60_000, 60_000, white), "60000×60000 pixels: at most 64 million"],
    "07-less.png": [png(4000, 4000, white), "damaged PNG"],
    "08-noise.png": [png(64, 64, Uint8Array.of(1, 2, 3, 4)), "damaged PNG"],
    "09-one.png": [
      encodePng(1, 1, Uint8Array.of(1, 2, 3), 3),
      "1×1 pixels: at least 16 each way are needed",
    ],
    "10-profile.png": [png(20, 20, white, chunk("iCCP", [97, 0, 0, ...bomb])), "damaged PNG"],
  };
  for (const [name, [content]] of Object.entries(hostile)) {
    const bytes = typeof content === "string"
      ? await Deno.readFile(join(fixtures, content))
      : content;
    await Deno.writeFile(join(folder.photos, name), bytes);
  }
  // these inflate to 50 MB, of which a decoder that is careful takes none
  await Deno.writeFile(join(folder.photos, "bomb-image.png"), png(20, 20, bomb));
  await Deno.writeFile(
    join(folder.photos, "bomb-text.png"),
    png(20, 20, white, chunk("zTXt", [97, 0, 0, ...bomb])),
  );

  const said: string[] = [];
  const { error } = console;
  console.error = (line: string) => said.push(line);
  try {
    assert.equal((await folder.load()).count, 66);
  } finally {
    console.error = error;
  }
  const [line] = said;
  const reasons = Object.entries(hostile).map(([name, [, reason]]) => `${name} (${reason})`);
  const start = `--data ${folder.photos}: 10 of 76 files are left out: ${
    reasons.slice(0, 5).join(", ")
  } and 5 more, which `;
  assert.ok(line.startsWith(start), line);
  const named = JSON.parse(await Deno.readTextFile(/which (.*) names$/.exec(line)![1]));
  const found = named.leftOut.map(({ file, reason }: Record<string, string>) =>
    `${file} (${reason})`
  );
  assert.deepEqual(found, reasons);
});

Deno.test("loadDataset() reads an image of 18 million pixels, which is decoded alone", async () => {
  await using folder = await folderOf(64);
  const black = deflateSync(new Uint8Array(4000 * (1 + 3 * 4500)));
  await Deno.writeFile(join(folder.photos, "large.png"), png(4500, 4000, black));
  await Deno.writeFile(join(folder.photos, "larger.png"), png(4500, 4000, black));
  const dataset = await folder.load();
  assert.equal(dataset.count, 66);
  assert.deepEqual([0, 1, 2].map((i) => colour(dataset, i, 40, 40)), [[0, 0, 0], [0, 0, 0], [
    0,
    0,
    100,
  ]]);
});

Deno.test("loadDataset() survives files with random bytes in them", async () => {
  await using folder = await folderOf(64);
  const names = [
    "jpeg.jpg",
    "progressive.jpg",
    "rgb.png",
    "palette.png",
    "interlaced.png",
    "lossy.webp",
    "lossless.webp",
    "alpha.webp",
  ];
  let step = 0;
  for (const name of names) {
    for (let variant = 0; variant < 4; variant++) {
      const bytes = await Deno.readFile(join(fixtures, name));
      const random = uniform([4, 4, step++], 8);
      for (let k = 0; k < 8; k += 2) {
        const at = 40 + Math.floor(random[k] * (bytes.length - 40)); // what a header check cannot see
        bytes[at] = Math.floor(random[k + 1] * 256);
      }
      await Deno.writeFile(join(folder.photos, `${variant}-${name}`), bytes);
    }
  }
  const { count, pixels } = await folder.load({ size: 32 });
  assert.ok(count >= 64 && count < 64 + names.length * 4, String(count));
  assert.equal(pixels.length, count * 32 * 32 * 3);
});

Deno.test("loadDataset() refuses a folder with too few images, naming the first that is unreadable", async () => {
  await using folder = await folderOf(3);
  await Deno.writeTextFile(join(folder.photos, "a.png"), "a picture of words");
  const unreadable = join(folder.photos, "a.png");
  const expected =
    `--data ${folder.photos} holds 3 readable images (of 4 files); at least 64 are needed. ` +
    `First unreadable: ${unreadable} (not a PNG, JPEG or WebP)`;
  assert.equal(await refusalOf(folder.load()), expected);
  assert.equal(await refusalOf(folder.load()), expected, "from the cache");
});

Deno.test("loadDataset() refuses an empty folder and a folder of text files", async () => {
  await using folder = await folderOf(0);
  assert.equal(
    await refusalOf(folder.load()),
    `--data ${folder.photos} holds 0 readable images (of 0 files); at least 64 are needed`,
  );
  for (let i = 0; i < 70; i++) await Deno.writeTextFile(join(folder.photos, `${i}.txt`), "words");
  assert.match(
    await refusalOf(folder.load()),
    /holds 0 readable images \(of 70 files\); .*First unreadable: .*0\.txt \(not a PNG/,
  );
});

Deno.test("loadDataset() refuses a size that no network has, and a folder's test split", async () => {
  await using folder = await folderOf(0);
  assert.match(await refusalOf(folder.load({ size: 48 })), /--size 48 .*allowed: 64, 32, 128/);
  assert.match(await refusalOf(folder.load({ split: "test" })), /a folder has no test split/);
});

Deno.test("loadDataset() names a folder's damaged cache and what to do", async () => {
  await using folder = await folderOf(64);
  await folder.load();
  const [cache] = (await folder.caches()).map((entry) =>
    entry.split(" ")[0].replace(/json$/, "u8")
  );
  const path = join(folder.photos, "..", "cache", "folders", cache);
  const bytes = await Deno.readFile(path);
  bytes[1000] ^= 1;
  await Deno.writeFile(path, bytes);
  assert.match(await refusalOf(folder.load()), /\.u8 is damaged: .* Delete .*\.json and run again/);
});

Deno.test("startPool() gives up an image that takes too long, and goes on with the next", async () => {
  await using folder = await temporaryFolder();
  const pool = new URL("../../train/data/prepare/folder/", import.meta.url);
  const script = join(folder.path, "script.ts");
  await Deno.writeTextFile(
    script,
    `import { startPool } from ${JSON.stringify(new URL("pool.ts", pool).href)};
    const impatient = startPool({ timeoutMs: 1 });
    const outcome = await impatient.square(Deno.args[0], 32);
    impatient.stop();
    const pool = startPool();
    const squares = await Promise.all(Array.from({ length: 12 }, () => pool.square(Deno.args[0], 32)));
    pool.stop();
    console.log(JSON.stringify([outcome, squares.map((o) => o.square.length)]));`,
  );
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--quiet",
      "--allow-read",
      "--config",
      fileURLToPath(new URL("deno.json", pool)),
      script,
      join(fixtures, "rgb.png"),
    ],
  }).output();
  const text = new TextDecoder();
  assert.deepEqual(JSON.parse(text.decode(stdout) || text.decode(stderr)), [
    { unusable: "not decoded within 0.001 s", isBroken: true },
    new Array(12).fill(32 * 32 * 3),
  ]);
});

/** A PNG of 8-bit RGB with this compressed data, and these chunks before it. */
function png(width: number, height: number, data: Uint8Array, ...before: Uint8Array[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint16(8, 0x0802);
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const parts = [
    chunk("IHDR", new Uint8Array(header.buffer)),
    ...before,
    chunk("IDAT", data),
    chunk("IEND", []),
  ];
  return Uint8Array.from([...signature, ...parts.flatMap((part) => [...part])]);
}

function chunk(type: string, data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
