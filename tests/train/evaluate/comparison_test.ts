import assert from "node:assert/strict";
import type { ModelCard } from "../../../sampler/card.ts";
import { comparisonOf } from "../../../train/evaluate/comparison.ts";
import type { Repeat } from "../../../train/evaluate/repeats.ts";

/** A run of the steps, minutes and distances in `course`. */
function runOf(seed: number, frechet: number, course: [number, number, number][]): Repeat {
  return {
    ...{ seed, generatorSteps: 400, savedStep: 400, processorSeconds: 1, frechet, kernel: 3 },
    ...{ precision: 0.5, recall: 0.5, density: 0.5, coverage: 0.5, modes: 10, confident: 90 },
    evaluations: course.map(([step, minutes, frechet]) => ({
      ...{ step, frechet, seconds: 1, processorSeconds: 60 * minutes },
    })),
  };
}

/** A model whose run and repeats are these. */
function modelOf(objective: string, [own, ...repeats]: Repeat[]) {
  const { seed, evaluations, modes, frechet, kernel, precision } = own;
  const figure = (value: number) => ({ value, floor: 0, n: 10 });
  const metrics = {
    ...{ frechet: figure(frechet), kernel: figure(kernel), precision: figure(precision) },
    ...{ recall: figure(0.5), density: figure(0.5), coverage: figure(0.5) },
    ...{ confident: figure(90), histogram: { ...figure(0), modes: { found: modes, of: 10 } } },
    repeats,
  };
  const training = { seed, generatorSteps: 400, savedStep: 400, processorSeconds: 1 };
  return { card: { objective, training, metrics } as unknown as ModelCard, course: evaluations };
}

/** The cells of the rows that begin with a title, table by table. */
const rowsOf = (text: string, title: string) =>
  text.split("\n").filter((line) => line.startsWith(`| ${title} |`))
    .map((line) => line.split(" | ").slice(1).map((cell) => cell.replace(/ \|$/, "")));

Deno.test("comparisonOf() compares the best until the same step, and until the same time, over seeds", () => {
  const text = comparisonOf([
    // By step 200, DCGAN had 30 and 50 (its second seed was better at 100); in two minutes it took 400 steps.
    modelOf("dcgan", [
      runOf(1, 20, [[100, 0.5, 60], [200, 1, 30], [400, 2, 20]]),
      runOf(2, 40, [[100, 0.5, 50], [200, 1, 55], [400, 2, 40]]),
    ]),
    // WGAN takes two minutes for 100 steps, so its first evaluation is the only one in time.
    modelOf("wgan", [
      runOf(1, 7, [[100, 2, 9], [200, 4, 7]]),
      runOf(3, 9, [[100, 2, 11], [200, 4, 9]]),
    ]),
  ]);
  assert.match(text, /after 200 generator steps each, and after 2 minutes/);
  const [seeds, equal] = rowsOf(text, "DCGAN");
  assert.deepEqual(seeds.slice(0, 3), ["1, 2", "30 (20–40)", "3"]);
  assert.deepEqual(equal, ["40 (30–50)", "1", "30 (20–40)", "400"]);
  assert.deepEqual(rowsOf(text, "WGAN")[1], ["8 (7–9)", "4", "10 (9–11)", "100"]);
});

Deno.test("comparisonOf() says nothing of models without repeats", () => {
  const { card, course } = modelOf("dcgan", [runOf(1, 20, [[100, 1, 20]])]);
  assert.equal(comparisonOf([{ card: { ...card, metrics: null }, course }]), "");
});
