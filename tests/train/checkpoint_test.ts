import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isTemporary } from "../../train/atomic.ts";
import {
  type Checkpoint,
  latestCheckpoint,
  readCheckpoint,
  refuseOtherSettings,
  type TensorData,
  writeCheckpoint,
} from "../../train/checkpoint.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const bits = (data: Float32Array) => new Uint32Array(data.buffer, data.byteOffset, data.length);

function checkpoint(step: number, tensors: [string, TensorData][] = []): Checkpoint {
  return { step, settings: { seed: 1 }, state: null, tensors: new Map(tensors) };
}

Deno.test("a checkpoint comes back bit for bit", async () => {
  await using folder = await temporaryFolder();
  const odd = new Uint32Array([
    ...[0x80000000, 0x00000001, 0x7f7fffff, 0xff800000], // -0, smallest, largest, -infinity
    ...[0x7fc00001, 0xffc12345, 0x3f800001, 0xdeadbeef], // two NaNs with payloads, 1 + 2^-23
  ]);
  const whole = new Float32Array(odd.buffer);
  const written: Checkpoint = {
    step: 1200,
    settings: { seed: 1, recipe: "default", optimizer: { rate: 1e-4 } },
    state: { seconds: 12.5, note: "naïve ✓" },
    tensors: new Map([
      ["critic/kernel", { shape: [2, 2, 2], data: whole }],
      ["a view", { shape: [3], data: whole.subarray(5) }],
      ["scalar", { shape: [], data: Float32Array.of(0.1) }],
      ["empty", { shape: [0, 4], data: new Float32Array() }],
    ]),
  };
  const path = await writeCheckpoint(folder.path, written);
  assert.equal(path, join(folder.path, "step-00001200.ckpt"));

  const read = await readCheckpoint(path);
  assert.equal(read.step, written.step);
  assert.deepEqual(read.settings, written.settings);
  assert.deepEqual(read.state, written.state);
  assert.deepEqual([...read.tensors.keys()], [...written.tensors.keys()]);
  for (const [name, { shape, data }] of written.tensors) {
    assert.deepEqual(read.tensors.get(name)!.shape, shape);
    assert.deepEqual(bits(read.tensors.get(name)!.data), bits(data));
  }
});

Deno.test("a checkpoint ends with the SHA-256 of all before it, and holds float32 little-endian", async () => {
  await using folder = await temporaryFolder();
  const tensor = { shape: [1], data: Float32Array.of(1) };
  const file = await Deno.readFile(
    await writeCheckpoint(folder.path, checkpoint(1, [["one", tensor]])),
  );
  const digest = createHash("sha256").update(file.subarray(0, -32)).digest();
  assert.deepEqual([...file.subarray(-32)], [...digest]);
  assert.deepEqual([...file.subarray(-36, -32)], [0, 0, 0x80, 0x3f]); // IEEE 754: 1 is 3f800000
});

Deno.test("writeCheckpoint() refuses a tensor whose data does not fit its shape", async () => {
  await using folder = await temporaryFolder();
  const tensor = { shape: [2, 3], data: new Float32Array(5) };
  const writing = writeCheckpoint(folder.path, checkpoint(1, [["kernel", tensor]]));
  await assert.rejects(writing, /kernel of shape \[2,3\] needs 6 numbers, it holds 5/);
  assert.deepEqual(names(folder.path), []);
});

Deno.test("writeCheckpoint() keeps the newest two, and what is not a checkpoint", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "history.json"), "{}");
  await Deno.writeTextFile(join(folder.path, ".step-00000001.ckpt.0123abcd.tmp"), "half");
  for (const step of [9, 10, 11]) await writeCheckpoint(folder.path, checkpoint(step));
  assert.deepEqual(names(folder.path), [
    "history.json",
    "step-00000010.ckpt",
    "step-00000011.ckpt",
  ]);
});

Deno.test("writeCheckpoint() removes later steps, of the run that this one replaces", async () => {
  await using folder = await temporaryFolder();
  await writeCheckpoint(folder.path, checkpoint(5000));
  await writeCheckpoint(folder.path, checkpoint(100));
  assert.equal((await latestCheckpoint(folder.path)).step, 100);
});

Deno.test("writeCheckpoint() names the folder that cannot be written", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  await assert.rejects(writeCheckpoint(file, checkpoint(1)), (error: Refusal) => {
    assert.match(error.message, /^Cannot write step-00000001.ckpt in the folder .*file: /);
    return error instanceof Refusal;
  });
});

Deno.test("readCheckpoint() finds any flipped byte, any cut and any addition", async () => {
  await using folder = await temporaryFolder();
  const tensor = { shape: [4], data: Float32Array.of(1, 2, 3, 4) };
  const path = await writeCheckpoint(folder.path, checkpoint(7, [["kernel", tensor]]));
  const good = await Deno.readFile(path);

  const refused = async (bytes: Uint8Array, what: string) => {
    await Deno.writeFile(path, bytes);
    await assert.rejects(readCheckpoint(path), (error: Refusal) => {
      assert.ok(error.message.startsWith(`${path} is `), what);
      return error instanceof Refusal;
    }, what);
  };
  for (let i = 0; i < good.length; i++) {
    const flipped = good.slice();
    flipped[i] ^= 0x10;
    await refused(flipped, `byte ${i} flipped`);
  }
  for (let length = 0; length < good.length; length++) {
    await refused(good.slice(0, length), `cut to ${length} bytes`);
  }
  await refused(Uint8Array.from([...good, 0]), "one byte more");
});

Deno.test("readCheckpoint() says that a foreign file is none", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "step-00000001.ckpt");
  await Deno.writeTextFile(
    path,
    "PK\x03\x04 something else, long enough to hold a digest of 32 bytes",
  );
  await assert.rejects(readCheckpoint(path), /step-00000001\.ckpt is not a ganlet checkpoint$/);
});

Deno.test("readCheckpoint() names the versions of a file by another ganlet", async () => {
  await using folder = await temporaryFolder();
  const path = await writeCheckpoint(folder.path, checkpoint(1));
  const bytes = await Deno.readFile(path);
  bytes[8] = 3; // the version, after 8 bytes of magic
  bytes.set(createHash("sha256").update(bytes.subarray(0, -32)).digest(), bytes.length - 32);
  await Deno.writeFile(path, bytes);
  await assert.rejects(
    readCheckpoint(path),
    /has checkpoint version 3, this ganlet reads version 2/,
  );
});

Deno.test("readCheckpoint() names a file that is missing", async () => {
  await assert.rejects(readCheckpoint("/nowhere/step-00000001.ckpt"), (error: Refusal) => {
    assert.match(error.message, /^Cannot read \/nowhere\/step-00000001\.ckpt: No such file/);
    return error instanceof Refusal;
  });
});

Deno.test("latestCheckpoint() takes the highest step, not the last written file", async () => {
  await using folder = await temporaryFolder();
  await writeCheckpoint(folder.path, checkpoint(99_999_999));
  const path = await writeCheckpoint(folder.path, checkpoint(100_000_000)); // nine digits
  await Deno.utime(path, 0, 0);
  const latest = await latestCheckpoint(folder.path);
  assert.equal(latest.step, 100_000_000);
  assert.equal(latest.path, path);
});

Deno.test("latestCheckpoint() passes over a damaged one aloud", async () => {
  await using folder = await temporaryFolder();
  await writeCheckpoint(folder.path, checkpoint(1));
  const damaged = await writeCheckpoint(folder.path, checkpoint(2));
  await Deno.truncate(damaged, 50);
  const said: string[] = [];
  const latest = await latestCheckpoint(folder.path, (message) => said.push(message));
  assert.equal(latest.step, 1);
  assert.equal(said.length, 1);
  assert.ok(said[0].startsWith(`${damaged} is damaged`));
});

Deno.test("latestCheckpoint() refuses when no checkpoint can be read", async () => {
  await using folder = await temporaryFolder();
  await Deno.truncate(await writeCheckpoint(folder.path, checkpoint(1)), 50);
  await assert.rejects(latestCheckpoint(folder.path, () => {}), /none of the 1 checkpoints/);
});

Deno.test("latestCheckpoint() refuses an empty and a missing folder", async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(latestCheckpoint(folder.path), /Nothing to resume: .* holds no checkpoint/);
  await assert.rejects(latestCheckpoint(join(folder.path, "none")), Refusal);
});

Deno.test("refuseOtherSettings() accepts equal settings in any order", () => {
  refuseOtherSettings(
    { seed: 1, optimizer: { rate: 1e-4, betas: [0, 0.9] } },
    { optimizer: { betas: [0, 0.9], rate: 1e-4, decay: undefined }, seed: 1 },
  );
});

Deno.test("refuseOtherSettings() names the first that differs, with both values", () => {
  const saved = { seed: 1, batchSize: 64, optimizer: { rate: 1e-4 } };
  const refusal = (asked: Record<string, unknown>) => {
    try {
      refuseOtherSettings(saved, asked);
    } catch (error) {
      assert.ok(error instanceof Refusal);
      assert.equal(error.exitCode, 2);
      return error.message;
    }
    return "accepted";
  };
  assert.match(refusal({ ...saved, batchSize: 32, seed: 2 }), /seed 1, now 2 is asked/);
  assert.match(refusal({ ...saved, batchSize: 32 }), /batchSize 64, now 32 is asked/);
  assert.match(refusal({ ...saved, batchSize: "64" }), /batchSize 64, now "64" is asked/);
  assert.match(
    refusal({ ...saved, optimizer: { rate: 2e-4 } }),
    /optimizer\.rate 0\.0001, now 0\.0002/,
  );
  assert.match(refusal({ seed: 1, batchSize: 64 }), /optimizer\.rate 0\.0001, now nothing/);
  assert.match(refusal({ ...saved, width: 0.5 }), /width nothing, now 0\.5/);
});

Deno.test("a kill -9 while a checkpoint is written leaves the one before", async () => {
  await using folder = await temporaryFolder();
  // The child writes step 1, then steps of 64 MB for as long as it lives.
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--allow-write",
      fileURLToPath(new URL("./fixtures/write_checkpoints.ts", import.meta.url)),
      folder.path,
    ],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const deadline = performance.now() + 30_000;
  const isHalfWritten = (name: string) => isTemporary(name) && !name.includes("step-00000001.");
  while (!names(folder.path).some(isHalfWritten)) {
    assert.ok(performance.now() < deadline, "the child never wrote a second checkpoint");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  child.kill("SIGKILL");
  await child.status;

  const left = names(folder.path);
  assert.ok(left.some(isHalfWritten), `the kill came too late: ${left.join(", ")}`);
  const latest = await latestCheckpoint(folder.path, assert.fail);
  assert.ok(latest.tensors.get("step")!.data.every((x) => x === latest.step));

  await writeCheckpoint(folder.path, checkpoint(latest.step + 1));
  assert.equal(names(folder.path).some(isTemporary), false);
});
