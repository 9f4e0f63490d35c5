import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OBJECTIVES } from "../../train/objectives/mod.ts";

const all = fileURLToPath(new URL("../../train/all.ts", import.meta.url));
const names = OBJECTIVES.map(({ name }) => name);

async function trainAll(folder: string, ...args: string[]) {
  const tiny = "--width 0.0625 --batch 2 --backend wasm --threads 1 --steps 1 --log-every 500";
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", all, ...tiny.split(" "), "--out", join(folder, "models")],
      ...["--checkpoints", join(folder, "runs"), ...args],
    ],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, printed: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** The closing table: outcome by objective. */
const outcomes = (printed: string) =>
  Object.fromEntries(
    names.map((
      name,
    ) => [name, new RegExp(`^${name} +(trained|was there|failed)`, "m").exec(printed)?.[1]]),
  );

Deno.test("train:all trains the five, goes on after one fails, and resumes with what is missing", async () => {
  const folder = await Deno.makeTempDir();
  // What lies in lsgan's way is a file where its checkpoints' folder should be.
  await Deno.mkdir(join(folder, "runs"));
  await Deno.writeTextFile(join(folder, "runs", "lsgan-mnist"), "");

  const first = await trainAll(folder, "--force", "--jobs", "2");
  assert.equal(first.code, 1, first.printed + first.errors);
  const expected = Object.fromEntries(names.map((name) => [name, "trained"]));
  assert.deepEqual(outcomes(first.printed), { ...expected, lsgan: "failed" });
  assert.match(first.errors, /^lsgan: .*runs\/lsgan-mnist/m);
  for (const name of names.filter((name) => name !== "lsgan")) {
    assert.match(first.printed, new RegExp(`^${name}: Wrote .*${name}-mnist$`, "m"));
  }

  await Deno.remove(join(folder, "runs", "lsgan-mnist"));
  const second = await trainAll(folder, "--resume");
  assert.equal(second.code, 0, second.printed + second.errors);
  const there = Object.fromEntries(names.map((name) => [name, "was there"]));
  assert.deepEqual(outcomes(second.printed), { ...there, lsgan: "trained" });
  for (const name of names) {
    const card = JSON.parse(
      await Deno.readTextFile(join(folder, "models", `${name}-mnist`, "card.json")),
    );
    assert.equal(card.objective, name);
    assert.equal(card.training.generatorSteps, 1);
  }

  const third = await trainAll(folder);
  assert.equal(third.code, 2);
  assert.match(third.errors, /exists already: --resume goes on/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:all refuses a wrong option once, before any run", async () => {
  const folder = await Deno.makeTempDir();
  const { code, printed, errors } = await trainAll(folder, "--seed", "x");
  assert.equal(code, 2);
  assert.equal(printed, "");
  assert.match(errors, /^--seed was given "x"/);
  const jobs = await trainAll(folder, "--jobs", "9");
  assert.equal(jobs.code, 2);
  assert.match(jobs.errors, /^--jobs was given "9"; allowed: a whole number from 1 to 5/);
  await Deno.remove(folder, { recursive: true });
});
