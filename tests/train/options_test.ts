import assert from "node:assert/strict";
import { nearest } from "../../train/nearest.ts";
import type { Recipe } from "../../train/objectives/objective.ts";
import type { Offer } from "../../train/option_table.ts";
import { parseTrainOptions, type TrainOptions } from "../../train/options.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const recipe: Recipe = {
  ...{ steps: 10, criticSteps: 3, criticNormalisation: "none", initialisation: "gaussian" },
  criticOptimizer: { name: "rmsprop", learningRate: 0.01 },
  generatorOptimizer: { name: "rmsprop", learningRate: 0.01 },
};
const offer: Offer = {
  objectives: [
    {
      name: "wgan-gp",
      title: "Improved training of WGANs",
      recipes: { default: recipe, article: { ...recipe, clip: 0.1 } },
    },
    {
      name: "lsgan",
      title: "Least squares",
      recipes: { default: { ...recipe, r1: 1, labels: [0, 1] } },
    },
  ],
  datasets: ["mnist", "clothes"],
};

function parsed(...args: string[]): TrainOptions {
  const options = parseTrainOptions(["wgan-gp", ...args], offer);
  assert.ok(!("help" in options));
  return options;
}

function refusal(...args: string[]): string {
  try {
    parseTrainOptions(args, offer);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.exitCode, 2);
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  return "accepted";
}

Deno.test("parseTrainOptions() without options gives the documented defaults", () => {
  assert.deepEqual(parsed(), {
    objective: "wgan-gp",
    data: "mnist",
    size: undefined,
    mirror: false,
    budgetMinutes: undefined,
    width: undefined,
    recipe: "default",
    criticNorm: undefined,
    r1: undefined,
    labels: undefined,
    steps: undefined,
    batchSize: undefined,
    seed: 1,
    backend: "auto",
    threads: navigator.hardwareConcurrency,
    out: undefined,
    force: false,
    checkpoints: undefined,
    resume: false,
    checkpointMinutes: 5,
    sampleEvery: 100,
    logEvery: 10,
    evaluateEvery: undefined,
    describe: false,
  });
});

Deno.test("parseTrainOptions() reads every option", () => {
  const line =
    "--data clothes --size 64 --mirror --width 0.25 --recipe article --critic-norm layer --steps 2500 --budget-minutes 90 --batch 32 " +
    "--seed 0 --backend wasm --threads 1 --out ./there --force --checkpoints /c --resume " +
    "--checkpoint-minutes 0.5 --sample-every 50 --log-every 1 --evaluate-every 500 --describe";
  assert.deepEqual(parsed(...line.split(" ")), {
    objective: "wgan-gp",
    data: "clothes",
    size: 64,
    mirror: true,
    budgetMinutes: 90,
    width: 0.25,
    recipe: "article",
    criticNorm: "layer",
    r1: undefined,
    labels: undefined,
    steps: 2500,
    batchSize: 32,
    seed: 0,
    backend: "wasm",
    threads: 1,
    out: "./there",
    force: true,
    checkpoints: "/c",
    resume: true,
    checkpointMinutes: 0.5,
    sampleEvery: 50,
    logEvery: 1,
    evaluateEvery: 500,
    describe: true,
  });
});

Deno.test("parseTrainOptions() takes --r1 for an objective that has the penalty, and for no other", () => {
  const options = parseTrainOptions(["lsgan", "--r1", "0.5"], offer);
  assert.ok(!("help" in options));
  assert.equal(options.r1, 0.5);
  assert.equal(
    refusal("wgan-gp", "--r1", "0.5"),
    "--r1 is for lsgan: wgan-gp has no such penalty",
  );
});

Deno.test("parseTrainOptions() takes --labels, two numbers, for an objective that has some, and for no other", () => {
  for (const args of [["--labels", "-2,2.5"], ["--labels=-2,2.5"]]) {
    const options = parseTrainOptions(["lsgan", ...args], offer);
    assert.ok(!("help" in options));
    assert.deepEqual(options.labels, [-2, 2.5]);
  }
  const allowed = "allowed: two numbers, such as 0,1, the second one larger";
  for (const wrong of ["1", "1,0", "0,0", "0,1,2", "0,one", "0,", ""]) {
    assert.equal(
      refusal("lsgan", `--labels=${wrong}`),
      `--labels was given "${wrong}"; ${allowed}`,
    );
  }
  assert.equal(
    refusal("wgan-gp", "--labels", "0,1"),
    "--labels is for lsgan: wgan-gp has no such labels",
  );
});

Deno.test("parseTrainOptions() takes --name=value, options before the objective, the last of two", () => {
  const options = parseTrainOptions(["--steps=5", "lsgan", "--steps", "6"], offer);
  assert.ok(!("help" in options));
  assert.equal(options.objective, "lsgan");
  assert.equal(options.steps, 6);
});

Deno.test("parseTrainOptions() takes a path or a folder that is there for --data, as it was written", async () => {
  await using folder = await temporaryFolder();
  for (const path of ["./my photos", "../x/", "C:\\cats", folder.path, "/missing", ".."]) {
    assert.equal(parsed("--data", path).data, path);
  }
});

Deno.test("parseTrainOptions() takes a data set's name for the data set, where a folder has it, too", async () => {
  await using folder = await temporaryFolder();
  const before = Deno.cwd();
  await Deno.mkdir(`${folder.path}/clothes`);
  await Deno.mkdir(`${folder.path}/cats`);
  Deno.chdir(folder.path);
  try {
    assert.equal(parsed("--data", "clothes").data, "clothes");
    assert.equal(parsed("--data", "cats").data, "cats");
    assert.equal(refusal("wgan-gp", "--data", "cat").split(";")[0], '--data was given "cat"');
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("parseTrainOptions() refuses an unknown objective, naming the nearest and all", () => {
  assert.equal(
    refusal("wgan-pg"),
    'Objective "wgan-pg" is unknown (did you mean wgan-gp?); allowed: wgan-gp, lsgan',
  );
  assert.equal(refusal("diffusion"), 'Objective "diffusion" is unknown; allowed: wgan-gp, lsgan');
  assert.match(refusal(), /^No objective is given; allowed: wgan-gp, lsgan$/);
  assert.match(refusal("wgan-gp", "lsgan"), /one objective .*"lsgan"/);
});

Deno.test("parseTrainOptions() refuses an unknown option, naming the nearest", () => {
  assert.match(
    refusal("wgan-gp", "--step", "5"),
    /^Option --step is unknown \(did you mean --steps\?\)/,
  );
  assert.match(refusal("wgan-gp", "--batchsize=5"), /^Option --batchsize is unknown; --help lists/);
  assert.match(refusal("wgan-gp", "-s"), /^Option -s is unknown/);
  assert.match(refusal("wgan-gp", "--toString"), /^Option --toString is unknown/);
});

for (
  const [args, message] of [
    ["--steps 0", '--steps was given "0"; allowed: a whole number from 1 to 10000000'],
    ["--steps -5", '--steps was given "-5"; allowed: a whole number from 1 to 10000000'],
    ["--steps 1.5", '--steps was given "1.5"; allowed: a whole number from 1 to 10000000'],
    ["--steps 1e3", '--steps was given "1e3"; allowed: a whole number from 1 to 10000000'],
    ["--steps=", '--steps was given ""; allowed: a whole number from 1 to 10000000'],
    [
      "--seed 4294967296",
      '--seed was given "4294967296"; allowed: a whole number from 0 to 4294967295',
    ],
    ["--batch 1", '--batch was given "1"; allowed: a whole number from 2 to 1024'],
    ["--width Infinity", '--width was given "Infinity"; allowed: a number from 0.0625 to 4'],
    ["--width NaN", '--width was given "NaN"; allowed: a number from 0.0625 to 4'],
    ["--width 0", '--width was given "0"; allowed: a number from 0.0625 to 4'],
    ["--size 33", '--size was given "33"; allowed: 32, 64, 128'],
    ["--backend cuda", '--backend was given "cuda"; allowed: auto, webgpu, wasm'],
    [
      "--data minst",
      '--data was given "minst"; allowed: mnist, clothes or the path of a folder of images',
    ],
    ["--mirror=no", '--mirror takes no value, it was given "no"'],
    ["--recipe paper", '--recipe was given "paper"; allowed: default, article'],
    ["--out=", '--out was given ""; allowed: a path'],
    ["--out --force", "--out needs a value: --out <folder>; allowed: a path"],
    ["--out", "--out needs a value: --out <folder>; allowed: a path"],
    ["--force=yes", '--force takes no value, it was given "yes"'],
  ]
) {
  Deno.test(`parseTrainOptions() refuses ${args}, saying what was given and what is allowed`, () => {
    assert.equal(refusal("wgan-gp", ...args.split(" ")), message);
  });
}

Deno.test("parseTrainOptions() allows the chosen objective's recipes only", () => {
  assert.equal(
    refusal("lsgan", "--recipe", "article"),
    '--recipe was given "article"; allowed: default',
  );
});

Deno.test("--help needs no objective and lists every option and objective, aligned", () => {
  const answer = parseTrainOptions(["--help"], offer);
  assert.ok("help" in answer);
  const names =
    "data size mirror width recipe critic-norm r1 labels steps budget-minutes batch seed backend threads out force checkpoints " +
    "resume checkpoint-minutes sample-every log-every evaluate-every describe help";
  const columns = new Set<number>();
  for (const name of [...names.split(" ").map((name) => `--${name}`), "wgan-gp", "lsgan"]) {
    const line = answer.help.split("\n").find((line) => line.match(/^ {2}(\S+)/)?.[1] === name);
    assert.ok(line, `${name} is missing`);
    columns.add(/^ {2}\S+( <[^>]+>)? {2,}/.exec(line)![0].length);
  }
  assert.equal(columns.size, 1);
  const described = [...answer.help.matchAll(/^ {2}--(\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(described, names.split(" "));
  assert.match(answer.help, /--batch <n> +images a step \(default: 64; 128 points\)/);
  assert.match(answer.help, /^ +default: RMSProp 0.01, 3 critic steps$/m);
  assert.match(answer.help, /^ +article: RMSProp 0.01, 3 critic steps, clip 0.1$/m);
  for (const line of answer.help.split("\n")) assert.ok(line.length <= 100, line);
});

Deno.test("nearest() counts insertions, deletions and replacements", () => {
  assert.equal(nearest("kitten", ["sitting", "mitten", "kit"]), "mitten");
  assert.equal(nearest("--stpes", ["--seed", "--steps"]), "--steps");
  assert.equal(nearest("sitting", ["kitten"]), undefined); // distance 3 of 7 letters
  assert.equal(nearest("x", []), undefined);
});
