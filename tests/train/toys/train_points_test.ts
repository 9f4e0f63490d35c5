import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../temporary_folder.ts";

const folder = (name: string) => fileURLToPath(new URL(`../../../train/${name}`, import.meta.url));

async function ran(program: string, ...args: string[]): Promise<{ code: number; printed: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", folder(program), ...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, printed: decoder.decode(stdout) + decoder.decode(stderr) };
}

const tiny = ["--data", "ring", "--batch", "4", "--log-every", "1", "--sample-every", "2"];

Deno.test("train --data ring leaves plots, losses, 2,500 samples and figures in the run's folder; a resumed run the same", async () => {
  await using place = await temporaryFolder();
  const [whole, parts] = ["whole", "parts"].map((name) => join(place.path, name));
  const result = await ran(
    "main.ts",
    ...["wgan-gp", ...tiny, "--steps", "5", "--checkpoints", whole],
  );
  assert.equal(result.code, 0, result.printed);
  assert.match(result.printed, /^\d of 8 modes, .* of 2500 samples; wrote /m);

  const files = (run: string, ...names: string[]) =>
    Promise.all(names.map((name) => Deno.readTextFile(join(run, name))));
  const [samples, figures, history] = await files(
    ...[whole, "samples.csv", "figures.json", "history.json"] as const,
  );
  assert.equal(samples.trim().split("\n").length, 2501);
  assert.equal(JSON.parse(figures).modes, 8);
  const { steps, timeline } = JSON.parse(history);
  assert.deepEqual(steps.map(({ step }: { step: number }) => step), [1, 2, 3, 4, 5]);
  assert.deepEqual(timeline.map(({ step }: { step: number }) => step), [2, 4, 5]);
  for (const { file } of timeline) assert.ok((await Deno.stat(join(whole, file))).size > 100);

  for (const more of [["--steps", "3"], ["--steps", "5", "--resume"]]) {
    const { code, printed } = await ran(
      "main.ts",
      ...["wgan-gp", ...tiny, ...more, "--checkpoints", parts],
    );
    assert.equal(code, 0, printed);
  }
  assert.deepEqual(await files(parts, "samples.csv", "figures.json"), [samples, figures]);
});

for (
  const [args, given] of [
    [["--size", "32"], "--size"],
    [["--width", "1"], "--width"],
    [["--mirror"], "--mirror"],
    [["--recipe", "article"], "--recipe article"],
    [["--out", "models/ring"], "--out"],
  ] as const
) {
  Deno.test(`train --data grid refuses ${given} in one line`, async () => {
    const { code, printed } = await ran("main.ts", "lsgan", "--data", "grid", ...args);
    assert.equal(code, 2);
    assert.equal(
      printed,
      `--data grid is points of the plane, trained by small dense networks into runs/: ${given} is for images\n`,
    );
  });
}

Deno.test("train:all --data ring names deno task modes", async () => {
  const { code, printed } = await ran("all.ts", "--data", "ring");
  assert.equal(code, 2);
  assert.match(printed, /^--data ring: deno task modes trains every objective .*\n$/);
});
