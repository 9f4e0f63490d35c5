import assert from "node:assert/strict";
import { join } from "node:path";
import { loadDataset } from "../../train/data/dataset.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("Fashion-MNIST", async (test) => {
  await using cache = await temporaryFolder();
  const load = (split: "train" | "validation" | "test") =>
    loadDataset("fashion-mnist", { split, cache: cache.path });

  await test.step("loadDataset() accounts for all 70,000 images, each class equally often", async () => {
    const sums: number[] = [];
    for (
      const [split, count] of [["train", 50_000], ["validation", 10_000], ["test", 10_000]] as const
    ) {
      const { pixels, labels, ...set } = await load(split);
      assert.equal(set.count, count);
      assert.deepEqual(set.imageShape, [32, 32, 1]);
      assert.equal(pixels.length, count * 32 * 32);
      const classes = new Array(10).fill(0);
      for (const label of labels!) classes[label]++;
      assert.deepEqual(classes, new Array(10).fill(count / 10));
      sums.push(pixels.reduce((sum, byte) => sum + byte, 0));
    }
    // the mean that tutorials normalise with: 0.286
    const mean = sums.reduce((a, b) => a + b) / (70_000 * 784 * 255);
    assert.ok(Math.abs(mean - 0.286) < 5e-4, String(mean));
  });

  await test.step("loadDataset() holds Zalando's first training image, an ankle boot, once", async () => {
    // row 4 of the image, as the data set's README and every tutorial print it
    // deno-fmt-ignore
    const row = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 36, 136, 127, 62, 54, 0, 0, 0, 1, 3, 4, 0, 0, 3];
    const found: string[] = [];
    for (const split of ["train", "validation", "test"] as const) {
      const { pixels, labels, count } = await load(split);
      for (let image = 0; image < count; image++) {
        const at = image * 1024 + 6 * 32 + 2; // two black rows and columns around 28×28
        if (row.every((byte, x) => pixels[at + x] === byte)) {
          found.push(`${split} ${labels![image]}`);
        }
      }
    }
    assert.deepEqual(found, ["test 9"]);
  });

  await test.step("loadDataset() names a damaged file and both hashes", async () => {
    const path = join(cache.path, "fashion-mnist", "train-labels-idx1-ubyte");
    const bytes = await Deno.readFile(path);
    bytes[30_000] ^= 1;
    await Deno.writeFile(path, bytes);
    await assert.rejects(load("train"), (error) => {
      assert.ok(error instanceof Refusal);
      assert.ok(error.message.startsWith(`${path} is damaged`));
      assert.match(error.message, /expected 5a253e020608e966802a89b57aed9925/);
      return true;
    });
  });
});
