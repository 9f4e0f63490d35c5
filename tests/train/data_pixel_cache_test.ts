import assert from "node:assert/strict";
import { join } from "node:path";
import { isTemporary } from "../../train/atomic.ts";
import { readBytes, readIndex, writeCache } from "../../train/data/pixel_cache.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const chunks = [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4)];

Deno.test("readBytes() gives back what writeCache() wrote, chunk after chunk", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "deep", "er", "cache");
  await writeCache(path, chunks, () => ({ count: 4 }));
  const index = (await readIndex(path))!;
  // SHA-256 of the bytes 1, 2, 3, 4 by sha256sum
  const sha256 = "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a";
  assert.deepEqual(index, { count: 4, bytes: 4, sha256 });
  assert.deepEqual([...await readBytes(path, index)], [1, 2, 3, 4]);
  assert.deepEqual(
    [...Deno.readDirSync(join(folder.path, "deep", "er"))].map(({ name }) => name).sort(),
    [
      "cache.json",
      "cache.u8",
    ],
  );
});

Deno.test("writeCache() asks for the facts after the last chunk", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "cache");
  let made = 0;
  function* counted() {
    for (; made < 3; made++) yield Uint8Array.of(made);
  }
  await writeCache(path, counted(), () => ({ made }));
  assert.equal((await readIndex<{ made: number; sha256: string; bytes: number }>(path))!.made, 3);
});

Deno.test("writeCache() leaves the cache of before where the chunks fail, and no temporary file", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "cache");
  await writeCache(path, chunks, () => ({}));
  function* failing() {
    yield Uint8Array.of(9);
    throw new Error("the pen broke");
  }
  await assert.rejects(writeCache(path, failing(), () => ({})), /the pen broke/);
  assert.deepEqual([...await readBytes(path, (await readIndex(path))!)], [1, 2, 3, 4]);
  assert.ok(![...Deno.readDirSync(folder.path)].some(({ name }) => isTemporary(name)));
});

Deno.test("writeCache() changes no bytes while an index may speak of them", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "cache");
  await writeCache(path, chunks, () => ({}));
  await Deno.remove(`${path}.json`);
  await Deno.mkdir(join(`${path}.json`, "in the way"), { recursive: true });
  await assert.rejects(writeCache(path, [Uint8Array.of(9)], () => ({})), Refusal);
  assert.deepEqual([...await Deno.readFile(`${path}.u8`)], [1, 2, 3, 4]);
});

Deno.test("writeCache() says where it cannot write, and why", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "not a folder");
  await assert.rejects(writeCache(join(file, "cache"), chunks, () => ({})), (error) => {
    assert.ok(error instanceof Refusal);
    assert.match(error.message, /^Cannot write cache\.u8 in the folder .*file: .*os error/);
    return true;
  });
});

Deno.test("readIndex() gives undefined where there is no cache and refuses what is no JSON", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "cache");
  assert.equal(await readIndex(path), undefined);
  await Deno.writeTextFile(`${path}.json`, '{"cut');
  await assert.rejects(
    readIndex(path),
    /cache\.json is damaged: it is no JSON\. Delete it and run/,
  );
});

Deno.test("readBytes() refuses bytes that are changed, cut or gone, naming the file and what to do", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "cache");
  await writeCache(path, chunks, () => ({}));
  const index = (await readIndex(path))!;
  for (const bytes of [[1, 2, 3, 5], [1, 2, 3], []]) {
    await Deno.writeFile(`${path}.u8`, Uint8Array.from(bytes));
    await assert.rejects(readBytes(path, index), (error) => {
      assert.ok(error instanceof Refusal);
      assert.match(
        error.message,
        /cache\.u8 is damaged: .*expected 9f64a7.*Delete .*cache\.json and run/,
      );
      return true;
    });
  }
  await Deno.remove(`${path}.u8`);
  await assert.rejects(readBytes(path, index), /^Refusal: Cannot read .*cache\.u8: No such file/);
});
