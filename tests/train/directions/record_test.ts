import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCard } from "../../../sampler/card.ts";
import { folderSource } from "../../../sampler/deno.ts";
import { readDirections } from "../../../sampler/directions.ts";
import { sectionOf } from "../../../train/directions/document.ts";
import { recordDirections } from "../../../train/directions/record.ts";
import { exampleDirections } from "../../sampler/fixture_directions.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { writeFixtureClassifier } from "../evaluate/fixture_classifier.ts";
import { temporaryFolder } from "../temporary_folder.ts";

await tf.setBackend("cpu");
const PROGRAM = fileURLToPath(new URL("../../../train/directions/main.ts", import.meta.url));
const small = { size: 32, width: 1 / 64, latentSize: 8 };

const cardIn = async (folder: string) =>
  parseCard(JSON.parse(await Deno.readTextFile(join(folder, "card.json"))), "card.json");

Deno.test("recordDirections() lists what it writes in the card, and replaces it", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureModel(folder.path, small);
  const before = await cardIn(folder.path);
  const directions = exampleDirections(before);
  await recordDirections(folder.path, { ...directions, attributes: [] });
  await recordDirections(folder.path, directions);
  const after = await cardIn(folder.path);
  assert.deepEqual(await readDirections(folderSource(folder.path), after), directions);
  const { "directions.json": _, ...files } = after.files;
  assert.deepEqual({ ...after, files }, before);
});

Deno.test("recordDirections() refuses directions of other weights and leaves the folder as it was", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureModel(folder.path, small);
  const before = await cardIn(folder.path);
  const weights = "ab".repeat(32);
  await assert.rejects(
    recordDirections(folder.path, { ...exampleDirections(before), weights }),
    { name: "ModelError", type: "directions" },
  );
  assert.deepEqual(await cardIn(folder.path), before);
  const names = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name);
  assert.ok(!names.includes("directions.json"), String(names));
});

Deno.test("sectionOf() shows figures and a strip for each direction, and says where there is none", () => {
  const sha256 = "ab".repeat(32);
  const directions = exampleDirections({
    ...{ latentSize: 4, files: { "weights.bin": { bytes: 1, sha256 } } },
  });
  const lines = sectionOf("some", directions).split("\n");
  assert.ok(lines.includes(
    "| Seven | 0.900 | 70 % | 20 % (slant) | ![Seven](directions/some/class-7.png) |",
  ));
  assert.ok(lines.includes("| Slant | 0.880 | 99.5 % | – | ![Slant](directions/some/slant.png) |"));
  assert.ok(lines.includes("| 2 | 25 % | ![SeFa, 2](directions/some/sefa-2.png) |"));
  const none = sectionOf("some", { ...directions, attributes: [] });
  assert.match(none, /^### `some`\n\nNo direction of an attribute reaches the bar\.\n/);
});

/** What `deno task directions` prints and how it ends. */
async function run(...args: string[]) {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM, "--backend", "wasm", "--threads", "1", ...args],
  }).output();
  const lines = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim().split("\n");
  return { code, said: lines(stdout), errors: lines(stderr) };
}

Deno.test("deno task directions writes a model's directions, or one line of why not", async () => {
  await using folder = await temporaryFolder();
  const classifiers = join(folder.path, "classifiers");
  const model = async (name: string, dataset: string) => {
    const path = join(folder.path, name);
    await writeFixtureModel(path, small);
    const card = await cardIn(path);
    card.dataset.id = dataset;
    await Deno.writeTextFile(join(path, "card.json"), JSON.stringify(card));
    return path;
  };
  await writeFixtureClassifier(join(classifiers, "noise"), { id: "noise" });
  const [good, photos] = [await model("good", "noise"), await model("mine", "photos")];
  const judged = ["--samples", "2000", "--classifiers", classifiers];
  const [written, none, unjudged, alone] = [
    await run(good, ...judged),
    await run(),
    await run(photos, "--classifiers", classifiers),
    await run(photos, "--unsupervised"),
  ];
  assert.deepEqual([written, none, unjudged, alone].map(({ code }) => code), [0, 2, 1, 0]);

  const directions = await readDirections(folderSource(good), await cardIn(good));
  assert.deepEqual([directions!.samples, directions!.sefa.length], [2000, 8]);
  assert.match(written.said.at(-1)!, /^Wrote .*directions\.json after .* 8 of the first layer's/);

  assert.deepEqual(none.errors, ["No model is given; see --help"]);
  assert.equal(unjudged.errors.length, 1);
  assert.match(
    unjudged.errors[0],
    /is of the data set "photos", which has no classifier .*; --unsupervised needs none$/,
  );
  const principal = await readDirections(folderSource(photos), await cardIn(photos));
  assert.deepEqual(principal!.attributes, []);
  assert.equal(principal!.ganspace.length, 8);
});
