import assert from "node:assert/strict";
import { join } from "node:path";
import { parseCard } from "../../../sampler/card.ts";
import { modelsIn, resultsOf } from "../../../train/evaluate/results.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { temporaryFolder } from "../temporary_folder.ts";

Deno.test("resultsOf() shows each model's figures, dashes where there are none, and what falls short", async () => {
  await using folder = await temporaryFolder();
  for (const id of ["fixture", "measured"]) {
    await writeFixtureModel(join(folder.path, id), { id, size: 8, width: 1 / 64, latentSize: 4 });
  }
  await Deno.mkdir(join(folder.path, "classifiers"));
  const [bare, { card }] = await modelsIn(folder.path);
  assert.equal(bare.card.id, "fixture");
  const figure = (value: number, floor: number) => ({ value, floor, n: 10_000 });
  const measured = parseCard({
    ...card,
    objective: "wgan-gp",
    training: { ...card.training, seconds: 600, generatorSteps: 4000 },
    metrics: {
      frechet: figure(12.345, 0.5678),
      kernel: { ...figure(0.0321, 0.0001), standardError: 0.00234 },
      precision: figure(0.91, 0.95),
      recall: figure(0.8123, 0.95),
      density: figure(1.02, 1),
      coverage: figure(0.7, 0.97),
      histogram: { ...figure(0.05, 0.01), modes: { found: 9, of: 10 } },
      confident: { value: 88, floor: 99, n: 100 },
      shortfall: "Coverage is 0.700.",
    },
  }, "card.json");
  const text = resultsOf([bare, { card: measured, course: [] }]);
  const cells = (id: string) =>
    text.split("\n").find((line) => line.startsWith(`| \`${id}\``))!.split(" | ").slice(1);
  assert.deepEqual(cells("measured"), [
    ...["WGAN-GP", "12.3 (0.57)", "0.032 ± 0.002", "0.910", "0.812", "1.020", "0.700", "9 of 10"],
    ...["88 of 100", "10", "4000", "150 |"],
  ]);
  assert.deepEqual(cells("fixture").slice(1, 9), Array(8).fill("–"));
  assert.match(text, /^- `measured` stays below the bar: Coverage is 0\.700\.$/m);
});
