import assert from "node:assert/strict";
import { newCard } from "../../../train/evaluate/classifier_card.ts";
import type { Figure } from "../../../train/evaluate/evaluate.ts";
import { report } from "../../../train/evaluate/report.ts";

const figure = (value: number, floor: number): Figure => ({
  ...{ value, floor, n: 2000, seed: 7, features: "9f".repeat(32), seconds: 1.5 },
});

const classifier = newCard({
  title: "Classifier of digits",
  dataset: { id: "mnist", title: "MNIST", licence: "CC BY-SA 3.0", url: null },
  imageShape: [32, 32, 1],
  channels: [4],
  questions: [{ name: "class", values: ["0", "1"], testAccuracy: 0.99 }],
  accuracy: { validation: 0.98, test: 0.99 },
  training: {
    ...{ command: "none", steps: 1, batchSize: 1, optimizer: "none", seed: 1 },
    ...{ backend: "cpu", device: "cpu", seconds: 0, versions: {} },
  },
  files: { "weights.bin": { bytes: 1, sha256: "9f".repeat(32) } },
});

Deno.test("report() says of what, by which features, each figure beside its floor, and the bar", () => {
  const text = report("wgan-gp-mnist", {
    split: "test",
    metrics: {
      frechet: figure(96.81234, 11.2),
      kernel: { ...figure(419.9, 30.88), standardError: 23.36, floorStandardError: 17.8 },
      ...{ precision: figure(0.9, 0.95), recall: figure(0.9, 0.95) },
      ...{ density: figure(0.5, 0.97), coverage: figure(0.9, 0.95), nearest: figure(20, 17) },
      histogram: {
        ...figure(0.4, 0.01),
        ...{ missing: ["1"], modes: { found: 1, of: 2 } },
        shares: { class: { 0: 0.96, 1: 0.04 } },
      },
      confident: { ...figure(90, 98), n: 100, confidence: 0.9 },
    },
    ...{ grid: new Uint8Array(), neighbours: new Uint8Array() },
  }, classifier);
  const line = (start: string) => text.split("\n").find((line) => line.trim().startsWith(start));
  assert.match(text, /^wgan-gp-mnist: 2000 samples of seed 7 against 2000 test images of mnist\n/);
  assert.match(line("features")!, /9f9f9f9f9f9f, 99\.00 % right on test images$/);
  assert.match(line("Fréchet")!, /^ +Fréchet distance +96\.81 +11\.2 +1\.5 s +lower is better$/);
  assert.match(line("kernel")!, /420 ± 23 +30\.9 ± 18 /);
  assert.equal(line("class"), "class: 0 96.0 %, 1 4.0 %");
  assert.equal(line("1 of 2"), "1 of 2 values are there; missing: 1");
  assert.equal(
    line("below"),
    "below the bar: Density is 0.500 (bar: 0.75); of the samples 4 % are read as 1 (bar: 20 % to 100 % each)",
  );
});
