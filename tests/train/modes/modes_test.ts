import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBackend } from "../../../train/backend.ts";
import { replaceBetweenMarks } from "../../../train/modes/document.ts";
import { type ModeRun, trainAndMeasure } from "../../../train/modes/one_run.ts";
import { parseModesOptions } from "../../../train/modes/options.ts";
import { lineOf, tableOf } from "../../../train/modes/report.ts";
import { OBJECTIVES } from "../../../train/objectives/mod.ts";
import { wganGp } from "../../../train/objectives/wgan_gp.ts";
import { Refusal } from "../../../train/refusal.ts";
import { pointsNamed } from "../../../train/toys/points.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const ring = pointsNamed("ring")!;
const known = { objectives: ["one", "two"], data: ["ring", "grid"], folder: "runs/modes" };

Deno.test("WGAN-GP finds 8 of the ring's 8 modes in 300 steps, evenly", async () => {
  const backend = await startBackend("wasm", 1);
  const { figures } = await trainAndMeasure(ring, wganGp, { seed: 1, steps: 300 });
  backend.stop();
  assert.equal(figures!.found, 8);
  assert.ok(figures!.reverseKl < 0.1, String(figures!.reverseKl)); // log(8) = 2.08 where one mode has everything
});

Deno.test("every objective's samples come nearer to the ring within 60 steps", async () => {
  const backend = await startBackend("wasm", 1);
  for (const objective of OBJECTIVES) {
    const untrained = await trainAndMeasure(ring, objective, { seed: 2, steps: 0 });
    const trained = await trainAndMeasure(ring, objective, { seed: 2, steps: 60 });
    const [before, after] = [distance(untrained.samples), distance(trained.samples)];
    assert.ok(after < 0.7 * before, `${objective.name}: ${before} to ${after}`);
  }
  backend.stop();
});

/** Mean distance of the samples from the circle that the modes lie on. */
function distance(samples: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 2) {
    sum += Math.abs(Math.hypot(samples[i], samples[i + 1]) - 1);
  }
  return sum / (samples.length / 2);
}

Deno.test("parseModesOptions() without options is the full run, --quick one seed", () => {
  const { objectives, data, seeds, steps, folder } = parseModesOptions([], known);
  assert.deepEqual([objectives, data, seeds], [["one", "two"], ["ring", "grid"], [1, 2, 3]]);
  assert.deepEqual([steps, folder], [undefined, "runs/modes"]);
  const quick = parseModesOptions(["--quick", "--objectives", "two", "--data=grid"], known);
  assert.deepEqual([quick.seeds, quick.objectives, quick.data], [[1], ["two"], ["grid"]]);
});

for (
  const [args, message] of [
    ["--objectives three", /^--objectives was given "three"; allowed: one, two$/],
    ["--data circle", /^--data was given "circle"; allowed: ring, grid$/],
    ["--seeds 0", /^--seeds was given "0"; allowed: a whole number from 1 to 100$/],
    ["--steps many", /^--steps was given "many"; allowed: a whole number from 1 to 10000000$/],
    ["--fast", /^Unknown option '--fast'; deno task modes --help lists all options$/],
  ] as const
) {
  Deno.test(`parseModesOptions() refuses ${args} in one line`, () => {
    assert.throws(
      () => parseModesOptions(args.split(" "), known),
      (error) => error instanceof Refusal && error.exitCode === 2 && message.test(error.message),
    );
  });
}

const run = (seed: number, found: number): ModeRun => ({
  ...{ objective: "one", data: "ring", seed, steps: 10, settings: {}, seconds: seed, samples: [] },
  figures: { modes: 8, found, highQuality: found / 10, reverseKl: 1 / found },
});

Deno.test("tableOf() sets seeds side by side in their order, above what papers found", () => {
  const rows = tableOf(ring, [run(2, 4), run(1, 8), { ...run(1, 3), data: "grid" }]).split("\n")
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assert.deepEqual(rows[2], ["one", "8, 4", "80 %, 40 %", "0.125, 0.250", "10", "2"]);
  assert.deepEqual(rows.slice(3).map(([method, found]) => [method.split(",")[0], found]), [
    ["GAN", "1"],
    ["GAN", "6.3"],
    ["unrolled GAN", "7.6"],
    ["VEEGAN", "8"],
  ]);
});

Deno.test("a run that diverged is told as such", () => {
  const diverged = { ...run(1, 1), figures: null };
  assert.equal(lineOf(diverged), "one on ring, seed 1: diverged (10 steps, 1 CPU s)");
  assert.match(tableOf(ring, [diverged, run(2, 4)]), /\| one .*\| diverged, 4 /);
});

Deno.test("replaceBetweenMarks() leaves what stands around the marks", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "a.md");
  const marks = [
    "<!-- figures: written by deno task modes --write -->",
    "<!-- end of figures -->",
  ];
  await Deno.writeTextFile(file, `before\n\n${marks[0]}\nold\n${marks[1]}\n\nafter\n`);
  await replaceBetweenMarks(file, ["new", "newer"]);
  assert.equal(
    await Deno.readTextFile(file),
    `before\n\n${marks[0]}\n\nnew\n\nnewer\n\n${marks[1]}\n\nafter\n`,
  );
  await Deno.writeTextFile(file, "no marks");
  await assert.rejects(replaceBetweenMarks(file, ["new"]), /a\.md lacks the lines/);
});

Deno.test("deno task modes trains in processes of its own, writes plots, and --resume leaves alone what is there", async () => {
  await using folder = await temporaryFolder();
  const task = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", fileURLToPath(new URL("../../../train/modes/main.ts", import.meta.url))],
        ...["--objectives", "wgan,ebgan", "--data", "ring", "--steps", "2", "--seeds", "1"],
        ...["--folder", folder.path, ...args],
      ],
      stdin: "null",
    }).output();
  const first = await task();
  const printed = new TextDecoder().decode(first.stdout);
  assert.equal(first.code, 0, new TextDecoder().decode(first.stderr));
  assert.match(printed, /^\| ebgan +\| \d /m);
  const result = join(folder.path, "wgan-ring-1.json");
  const made = (await Deno.stat(result)).mtime;
  assert.deepEqual([...(await Deno.readFile(join(folder.path, "modes.png"))).subarray(1, 4)], [
    ...new TextEncoder().encode("PNG"),
  ]);
  assert.equal((await task("--resume")).code, 0);
  assert.deepEqual((await Deno.stat(result)).mtime, made);
});
