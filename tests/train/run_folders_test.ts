import assert from "node:assert/strict";
import { join } from "node:path";
import { writeCheckpoint } from "../../train/checkpoint.ts";
import { Refusal } from "../../train/refusal.ts";
import { chooseFolders } from "../../train/run_folders.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const plain = { objective: "wgan-gp", data: "mnist", force: false, resume: false };

/** A base folder with these folders made; those under runs/ hold a checkpoint. */
async function baseWith(...folders: string[]) {
  const base = await temporaryFolder();
  for (const folder of folders) {
    const path = join(base.path, folder);
    await Deno.mkdir(path, { recursive: true });
    if (!folder.startsWith("runs")) continue;
    await writeCheckpoint(path, { step: 1, settings: {}, state: null, tensors: new Map() });
  }
  return base;
}

Deno.test("chooseFolders() names a run after objective and data", async () => {
  await using base = await baseWith();
  assert.deepEqual(await chooseFolders(plain, base.path), {
    id: "wgan-gp-mnist",
    out: join(base.path, "models", "wgan-gp-mnist"),
    checkpoints: join(base.path, "runs", "wgan-gp-mnist"),
    messages: [],
  });
});

Deno.test("chooseFolders() names a run on a folder of images after the folder, inside models/ and runs/", async () => {
  await using base = await baseWith();
  const folders = await chooseFolders({ ...plain, data: "../photos/My Cats (2024)/" }, base.path);
  assert.equal(folders.id, "wgan-gp-my-cats-2024");
  assert.equal(folders.out, join(base.path, "models", "wgan-gp-my-cats-2024"));
  const { id } = await chooseFolders({ ...plain, data: "fashion-mnist" }, base.path);
  assert.equal(id, "wgan-gp-fashion-mnist");
});

Deno.test("chooseFolders() takes the next free name, and says why", async () => {
  await using base = await baseWith("models/wgan-gp-mnist", "runs/wgan-gp-mnist-2");
  const { id, out, checkpoints, messages } = await chooseFolders(plain, base.path);
  assert.equal(id, "wgan-gp-mnist-3");
  assert.equal(out, join(base.path, "models", id));
  assert.equal(checkpoints, join(base.path, "runs", id));
  assert.deepEqual(messages, [
    `This run is wgan-gp-mnist-3: ${join(base.path, "models", "wgan-gp-mnist")} exists already; ` +
    `${
      join(base.path, "runs", "wgan-gp-mnist-2")
    } holds an earlier run, which --resume goes on with`,
  ]);
});

Deno.test("chooseFolders() uses the name of a run that ended before its first checkpoint", async () => {
  await using base = await baseWith();
  await Deno.mkdir(join(base.path, "runs", "wgan-gp-mnist", "timeline"), { recursive: true });
  assert.equal((await chooseFolders(plain, base.path)).id, "wgan-gp-mnist");
});

Deno.test("chooseFolders() with resume goes on with the highest numbered run that has a checkpoint", async () => {
  await using base = await baseWith(
    "runs/wgan-gp-mnist",
    "runs/wgan-gp-mnist-9",
    "runs/wgan-gp-mnist-10",
    "runs/wgan-gp-mnist-large-20",
    "models/wgan-gp-mnist",
  );
  await Deno.mkdir(join(base.path, "runs", "wgan-gp-mnist-11")); // nothing to go on from
  const { id, out, checkpoints } = await chooseFolders({ ...plain, resume: true }, base.path);
  assert.equal(id, "wgan-gp-mnist-10");
  assert.equal(out, join(base.path, "models", id));
  assert.equal(checkpoints, join(base.path, "runs", id));
});

Deno.test("chooseFolders() with resume refuses to overwrite the finished model before it trains", async () => {
  await using base = await baseWith("runs/wgan-gp-mnist", "models/wgan-gp-mnist");
  const request = { ...plain, resume: true };
  await assert.rejects(chooseFolders(request, base.path), /models\/wgan-gp-mnist exists already/);
  const { id } = await chooseFolders({ ...request, force: true }, base.path);
  assert.equal(id, "wgan-gp-mnist");
});

Deno.test("chooseFolders() with force keeps the first name", async () => {
  await using base = await baseWith("models/wgan-gp-mnist", "runs/wgan-gp-mnist");
  const { id, messages } = await chooseFolders({ ...plain, force: true }, base.path);
  assert.equal(id, "wgan-gp-mnist");
  assert.deepEqual(messages, []);
});

Deno.test("chooseFolders() refuses an --out that exists", async () => {
  await using base = await baseWith("mine");
  const out = join(base.path, "mine");
  await assert.rejects(chooseFolders({ ...plain, out }, base.path), (error: Refusal) => {
    assert.equal(
      error.message,
      `${out} exists already: --force replaces it, --out names another folder`,
    );
    assert.equal(error.exitCode, 2);
    return error instanceof Refusal;
  });
});

Deno.test("chooseFolders() takes the model's id and the run's folder from --out", async () => {
  await using base = await baseWith();
  const out = join(base.path, "zoo", "digits");
  const { id, checkpoints } = await chooseFolders({ ...plain, out }, base.path);
  assert.equal(id, "digits");
  assert.equal(checkpoints, join(base.path, "runs", "digits"));
});

Deno.test("chooseFolders() refuses to mix a new run with another's checkpoints", async () => {
  await using base = await baseWith("runs/shared");
  const request = { ...plain, checkpoints: join(base.path, "runs", "shared") };
  await assert.rejects(chooseFolders(request, base.path), /shared holds another run's checkpoints/);
  for (const allowed of [{ resume: true }, { force: true }]) {
    const { checkpoints } = await chooseFolders({ ...request, ...allowed }, base.path);
    assert.equal(checkpoints, request.checkpoints);
  }
});
