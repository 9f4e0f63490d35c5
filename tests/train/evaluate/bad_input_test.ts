import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sampler } from "../../../sampler/deno.ts";
import { realSide } from "../../../train/evaluate/evaluate.ts";
import { referenceFor } from "../../../train/evaluate/real.ts";
import { randomSamples, seedSamples, toBytes } from "../../../train/evaluate/samples.ts";
import { Refusal } from "../../../train/refusal.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { writeFixtureClassifier } from "./fixture_classifier.ts";

await tf.setBackend("cpu");
const PROGRAM = fileURLToPath(new URL("../../../train/evaluate/main.ts", import.meta.url));

/** A sampler whose images are `value` throughout. */
function samplerOf(value: number): Sampler {
  const card = { id: "example", imageShape: [2, 2, 1], latentSize: 3 } as unknown;
  return {
    card: card as Sampler["card"],
    images: (_, count = 1) => Promise.resolve(new Float32Array(4 * count).fill(value)),
  } as Sampler;
}

async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(() => "nothing was thrown", (error) => error);
  assert.ok(error instanceof Refusal, String(error));
  assert.ok(!error.message.includes("\n"), error.message);
  return error;
}

Deno.test("a generator that gives NaN is refused, with the first image that has it", async () => {
  const error = await refusalOf(randomSamples(samplerOf(NaN), 70, 1));
  assert.match(
    error.message,
    /^"example" gives NaN \(image 0 of 70, number 0\): .*earlier checkpoint$/,
  );
});

Deno.test("randomSamples() is a function of the seed, and fewer samples are the first of more", async () => {
  const latents: number[][] = [];
  const sampler = {
    ...samplerOf(0.5),
    images: (z: Float32Array, count = 1) => {
      latents.push([...z]);
      return Promise.resolve(new Float32Array(4 * count));
    },
  };
  const drawn = async (n: number, seed: number) => {
    latents.length = 0;
    assert.equal((await randomSamples(sampler, n, seed)).length, 4 * n);
    return latents.flat();
  };
  const seventy = await drawn(70, 1);
  assert.deepEqual(await drawn(70, 1), seventy);
  assert.deepEqual(await drawn(3, 1), seventy.slice(0, 9));
  assert.notDeepEqual(await drawn(3, 2), seventy.slice(0, 9));
  assert.equal(new Set(seventy).size, 210);
  assert.equal((await seedSamples(sampler, 2)).length, 8);
});

Deno.test("toBytes() makes the bytes that the site shows", () => {
  const values = Float32Array.of(-2, -1, -0.9961, -0.3, 0, 0.5, 0.999, 1, 1.5);
  // (value + 1) · 127.5, to the nearest: 0.5, 89.25, 127.5, 191.25 and 254.87 in between
  assert.deepEqual([...toBytes(values)], [0, 0, 0, 89, 128, 191, 255, 255, 255]);
});

Deno.test("a model of a data set without classifier is refused, with those that have one", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureClassifier(join(folder.path, "mnist"));
  const model = { id: "cats", dataset: { id: "cats" }, imageShape: [32, 32, 1] };
  const { message } = await refusalOf(referenceFor(model, folder.path));
  assert.match(
    message,
    /^"cats" is of the data set "cats", which has no classifier .*models of mnist$/,
  );
});

Deno.test("a model of another image shape than its data set's classifier reads is refused", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureClassifier(join(folder.path, "mnist"));
  const model = { id: "large", dataset: { id: "mnist" }, imageShape: [64, 64, 1] };
  const { message } = await refusalOf(referenceFor(model, folder.path));
  assert.equal(
    message,
    '"large" makes images of 64x64x1, but the classifier of mnist reads 32x32x1',
  );
});

Deno.test("fewer samples than a metric needs, and more than there are images, are refused", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureClassifier(join(folder.path, "mnist"));
  const model = { id: "digits", dataset: { id: "mnist" }, imageShape: [32, 32, 1] };
  const reference = await referenceFor(model, folder.path);
  const few = await refusalOf(realSide(reference, { n: 128, split: "test" }));
  assert.match(
    few.message,
    /^--n 128: at least 129 images are needed, one more than the 128 features/,
  );
  const many = await refusalOf(reference.images("test", 10_001));
  assert.equal(many.message, "--n 10001: there are 10000 test images of mnist");
  reference.classifier.dispose();
});

/** What `deno task evaluate` prints to stderr and how it ends. */
async function evaluate(...args: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM, ...args],
  }).output();
  return { code, lines: new TextDecoder().decode(stderr).trim().split("\n") };
}

Deno.test("deno task evaluate answers what it cannot use with one line", async () => {
  await using folder = await temporaryFolder();
  const model = join(folder.path, "model");
  const classifiers = join(folder.path, "classifiers");
  await writeFixtureModel(model, { size: 8, width: 1 / 64, latentSize: 4 });
  await writeFixtureClassifier(join(classifiers, "noise"), { id: "noise", damage: 3 });
  const card = JSON.parse(await Deno.readTextFile(join(model, "card.json")));
  card.dataset.id = "noise";
  await Deno.writeTextFile(join(model, "card.json"), JSON.stringify(card));

  const common = ["--backend", "wasm", "--threads", "1", "--classifiers", classifiers];
  const found = await Promise.all([
    evaluate(),
    evaluate("nothing-there"),
    evaluate(model, "--split", "train"),
    evaluate(model, ...common),
  ]);
  assert.deepEqual(found.map(({ code }) => code), [2, 2, 2, 1]);
  for (const { lines } of found) assert.equal(lines.length, 1, lines.join("\n"));
  const [none, unknown, split, damaged] = found.map(({ lines }) => lines[0]);
  assert.match(none, /^No model is given/);
  assert.match(unknown, /^"nothing-there" is no model/);
  assert.match(split, /^--split was given "train"; allowed: test, validation$/);
  assert.match(damaged, /weights\.bin is damaged or another classifier's/);
});
