import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset, Split } from "../../train/data/dataset.ts";
import { facesSource, halved } from "../../train/data/faces.ts";
import { ATTRIBUTES, drawLabels } from "../../train/data/prepare/faces/attributes.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const COUNT = 200;
const counts = { train: COUNT, validation: 20, test: 20 };

Deno.test("faces", async (test) => {
  await using cache = await temporaryFolder();
  const load = (split: Split, size = 64, seed = 1) =>
    facesSource(counts, seed).load({ size, split, cache: cache.path });

  await test.step("load() draws RGB faces with one label an attribute and says whose they are", async () => {
    const faces = await load("train");
    assert.equal(faces.count, COUNT);
    assert.deepEqual(faces.imageShape, [64, 64, 3]);
    assert.equal(faces.pixels.length, COUNT * 64 * 64 * 3);
    assert.match(faces.licence, /^CC BY 4\.0 .*Johan Melin/);
    for (const { labels, values } of faces.attributes!) {
      assert.equal(labels.length, COUNT);
      assert.equal(new Set(labels).size, values.length);
    }
  });

  await test.step("load() paints the colours that the labels name", async () => {
    const faces = await load("train");
    const [background, skin] = ["backgroundColor", "skinColor"].map((name) =>
      attribute(faces, name)
    );
    for (let face = 0; face < COUNT; face++) {
      assert.equal(colourAt(faces, face, 1, 20), background(face), `background of face ${face}`);
      assert.equal(colourAt(faces, face, 20, 38), skin(face), `cheek of face ${face}`);
    }
  });

  await test.step("load() draws the very same faces everywhere", async () => {
    const { pixels } = await load("train");
    const found = createHash("sha256").update(pixels).digest("hex");
    // what one machine drew: another, or a later version of a package, must not draw otherwise
    assert.equal(found, "b6710e73ff3670b75d6a9b0a17c1a4345f10a62cfddc89c75c0a7494168060cd");
  });

  await test.step("load() draws other faces for other splits and seeds", async () => {
    const sets = [
      await load("train"),
      await load("test"),
      await load("validation"),
      await load("test", 64, 2),
    ];
    const firstTen = sets.map(({ pixels }) => pixels.subarray(0, 10 * 64 * 64 * 3).toString());
    assert.equal(new Set(firstTen).size, 4);
  });

  await test.step("load() gives half the size as means of 2×2 pixels, with the same labels", async () => {
    const [whole, half] = [await load("train"), await load("train", 32)];
    assert.deepEqual(half.imageShape, [32, 32, 3]);
    assert.deepEqual(half.attributes, whole.attributes);
    const at = (set: Dataset, y: number, x: number) =>
      set.pixels[((7 * set.imageShape[0] + y) * set.imageShape[0] + x) * 3 + 1];
    for (const [y, x] of [[0, 0], [10, 31], [17, 12], [31, 31]]) {
      const four = at(whole, 2 * y, 2 * x) + at(whole, 2 * y, 2 * x + 1) +
        at(whole, 2 * y + 1, 2 * x) +
        at(whole, 2 * y + 1, 2 * x + 1);
      assert.ok(Math.abs(at(half, y, x) - four / 4) <= 0.5);
    }
  });

  await test.step("load() names a damaged cache and what to do", async () => {
    const [file] = [...Deno.readDirSync(join(cache.path, "faces"))].map(({ name }) => name)
      .filter((name) => name.startsWith("train") && name.endsWith(".u8"));
    const path = join(cache.path, "faces", file);
    const bytes = await Deno.readFile(path);
    bytes[12_345] ^= 1;
    await Deno.writeFile(path, bytes);
    await assert.rejects(load("train"), (error) => {
      assert.ok(error instanceof Refusal);
      assert.match(
        error.message,
        /train-200.*\.u8 is damaged: its SHA-256 is .*Delete .*\.json and run again$/,
      );
      return true;
    });
  });
});

Deno.test("halved() takes the mean of 2×2 pixels channel by channel, rounded", () => {
  // one 2×2 image: red 0, 0, 0, 1; green 255 everywhere; blue 1, 2, 3, 4
  const pixels = Uint8Array.of(0, 255, 1, 0, 255, 2, 0, 255, 3, 1, 255, 4);
  assert.deepEqual([...halved(pixels, 2)], [0, 255, 3]);
});

Deno.test("halved() keeps rows, columns and images apart", () => {
  const grey = (values: number[]) => Uint8Array.from(values.flatMap((v) => [v, v, v]));
  // deno-fmt-ignore
  const two = [1, 1, 2, 2,  1, 1, 2, 2,  3, 3, 4, 4,  3, 3, 4, 4,
               5, 5, 6, 6,  5, 5, 6, 6,  7, 7, 8, 8,  7, 7, 8, 8];
  assert.deepEqual([...halved(grey(two), 4)], [...grey([1, 2, 3, 4, 5, 6, 7, 8])]);
});

Deno.test("drawLabels() draws each value as often as its weight says", () => {
  const draws = 20_000;
  const found = ATTRIBUTES.map(({ values }) => new Array<number>(values.length).fill(0));
  for (let face = 0; face < draws; face++) {
    drawLabels(1, 101, face).forEach((label, attribute) => found[attribute][label]++);
  }
  ATTRIBUTES.forEach(({ name, values, weights = values.map(() => 1) }, attribute) => {
    const total = weights.reduce((sum, weight) => sum + weight);
    const chiSquared = weights.reduce((sum, weight, value) => {
      const expected = draws * weight / total;
      return sum + (found[attribute][value] - expected) ** 2 / expected;
    }, 0);
    // at most 8 degrees of freedom: 26.1 is exceeded once in a thousand seeds
    assert.ok(chiSquared < 26.1, `${name}: chi-squared is ${chiSquared}`);
  });
});

Deno.test("drawLabels() draws attributes independently of each other and of the face before", () => {
  const draws = Array.from({ length: 10_000 }, (_, face) => drawLabels(1, 101, face));
  const standard = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(
      values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length,
    );
    return values.map((v) => (v - mean) / deviation);
  };
  const columns = ATTRIBUTES.map((_, attribute) =>
    standard(draws.map((labels) => labels[attribute]))
  );
  const correlation = (a: number[], b: number[]) =>
    a.reduce((sum, v, i) => sum + v * b[i], 0) / a.length;
  columns.forEach((column, i) => {
    columns.slice(i + 1).forEach((other) => assert.ok(Math.abs(correlation(column, other)) < 0.04)); // 4 sd
    assert.ok(Math.abs(correlation(column.slice(0, -1), column.slice(1))) < 0.04);
  });
});

/** The value that face's label names. */
function attribute({ attributes }: Dataset, name: string): (face: number) => string {
  const { values, labels } = attributes!.find((attribute) => attribute.name === name)!;
  return (face) => values[labels[face]];
}

function colourAt({ pixels }: Dataset, face: number, x: number, y: number): string {
  const from = ((face * 64 + y) * 64 + x) * 3;
  return [...pixels.subarray(from, from + 3)].map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
