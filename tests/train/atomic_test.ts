import assert from "node:assert/strict";
import { join } from "node:path";
import { isTemporary, replaceFolder, writeAtomically } from "../../train/atomic.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("writeAtomically() makes missing folders and leaves nothing beside the file", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a", "b", "file");
  await writeAtomically(path, bytes("new"));
  assert.equal(await Deno.readTextFile(path), "new");
  assert.deepEqual(names(join(folder.path, "a", "b")), ["file"]);
});

Deno.test("writeAtomically() replaces a longer file whole", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "file");
  await Deno.writeTextFile(path, "a longer old text");
  await writeAtomically(path, bytes("new"));
  assert.equal(await Deno.readTextFile(path), "new");
});

Deno.test("writeAtomically() leaves an open reader the old content", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "file");
  await Deno.writeTextFile(path, "old");
  using reader = await Deno.open(path);
  await writeAtomically(path, bytes("new"));
  const read = new Uint8Array(8);
  assert.equal(await reader.read(read), 3);
  assert.deepEqual(read.subarray(0, 3), bytes("old")); // a file written in place would show "new"
});

Deno.test("writeAtomically() names the folder and the cause when it cannot write", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "file"), "");
  const path = join(folder.path, "file", "inner");
  await assert.rejects(writeAtomically(path, bytes("x")), (error: Refusal) => {
    assert.ok(error.message.startsWith(`Cannot write inner in the folder ${folder.path}/file: `));
    assert.match(error.message, /\(os error \d+\)\. Make the folder writable, or name another$/);
    return error instanceof Refusal;
  });
});

Deno.test("writeAtomically() removes its temporary file when the rename fails", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "taken");
  await Deno.mkdir(path); // a file cannot take a folder's place
  await assert.rejects(writeAtomically(path, bytes("x")), Refusal);
  assert.deepEqual(names(folder.path), ["taken"]);
});

Deno.test("replaceFolder() shows the folder only when it is whole", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "models", "one");
  await replaceFolder(path, async (temporary) => {
    await Deno.writeTextFile(join(temporary, "card.json"), "{}");
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    assert.equal(names(join(folder.path, "models")).filter(isTemporary).length, 1);
  });
  assert.deepEqual(names(path), ["card.json"]);
  assert.deepEqual(names(join(folder.path, "models")), ["one"]);
});

Deno.test("replaceFolder() refuses an existing folder before it builds", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "one"));
  let built = false;
  const replacing = replaceFolder(join(folder.path, "one"), () => {
    built = true;
    return Promise.resolve();
  });
  await assert.rejects(replacing, /one exists already: --force replaces it/);
  assert.equal(built, false);
});

Deno.test("replaceFolder() refuses a folder that appeared while it built, and keeps it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "one");
  const replacing = replaceFolder(path, async () => {
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "theirs"), "");
  });
  await assert.rejects(replacing, Refusal);
  assert.deepEqual(names(folder.path), ["one"]);
  assert.deepEqual(names(path), ["theirs"]);
});

Deno.test("replaceFolder() with force replaces all files, and only at the end", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "one");
  await Deno.mkdir(path);
  await Deno.writeTextFile(join(path, "old"), "");
  await replaceFolder(path, async (temporary) => {
    assert.deepEqual(names(path), ["old"]);
    await Deno.mkdir(join(temporary, "timeline"));
    await Deno.writeTextFile(join(temporary, "timeline", "new"), "");
  }, { force: true });
  assert.deepEqual(names(path), ["timeline"]);
  assert.deepEqual(names(folder.path), ["one"]);
});

Deno.test("replaceFolder() keeps the old folder when building fails, and passes the error on", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "one");
  await Deno.mkdir(path);
  await Deno.writeTextFile(join(path, "old"), "");
  const replacing = replaceFolder(path, async (temporary) => {
    await Deno.writeTextFile(join(temporary, "new"), "");
    throw new RangeError("no weights");
  }, { force: true });
  await assert.rejects(replacing, new RangeError("no weights"));
  assert.deepEqual(names(path), ["old"]);
  assert.deepEqual(names(folder.path), ["one"]);
});

Deno.test("replaceFolder() puts back what a kill between its two renames left aside", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "one");
  await Deno.mkdir(join(folder.path, ".one.old"));
  await Deno.writeTextFile(join(folder.path, ".one.old", "old"), "");
  await assert.rejects(replaceFolder(path, () => Promise.resolve()), /exists already/);
  assert.deepEqual(names(path), ["old"]);
});

Deno.test("replaceFolder() names the folder and the cause when it cannot write", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "file"), "");
  const replacing = replaceFolder(join(folder.path, "file", "one"), () => Promise.resolve());
  await assert.rejects(replacing, (error: Refusal) => {
    assert.match(error.message, /^Cannot .*file.*os error/);
    return error instanceof Refusal;
  });
});
