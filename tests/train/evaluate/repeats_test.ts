import assert from "node:assert/strict";
import { join } from "node:path";
import { courseIn, refuseOtherRuns } from "../../../train/evaluate/repeats.ts";
import { Refusal } from "../../../train/refusal.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** Writes a model whose card's run has this seed, recipe and objective. */
async function modelIn(
  folder: string,
  seed: number,
  change: { recipe?: string; objective?: string } = {},
) {
  await writeFixtureModel(folder, { size: 8, width: 1 / 64, latentSize: 4 });
  const path = join(folder, "card.json");
  const card = JSON.parse(await Deno.readTextFile(path));
  const { recipe = card.training.recipe, objective = card.objective } = change;
  card.training = { ...card.training, seed, recipe };
  await Deno.writeTextFile(path, JSON.stringify({ ...card, objective }));
  return folder;
}

Deno.test("--repeats takes the same run with other seeds, and names what differs in another", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const first = await modelIn(at("a"), 1);
  const second = await modelIn(at("b"), 2);
  await refuseOtherRuns([first, second]);

  const refused = async (other: string, message: RegExp) =>
    await assert.rejects(refuseOtherRuns([first, second, other]), (error) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, message);
      return true;
    });
  await refused(await modelIn(at("c"), 2), /c has seed 2, which is there already$/);
  await refused(
    await modelIn(at("d"), 3, { recipe: "article" }),
    /recipe is article, not default$/,
  );
  await refused(await modelIn(at("e"), 3, { objective: "ebgan" }), /its objective is ebgan, not /);
});

Deno.test("courseIn() reads the history's evaluations, and none from before they had times", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.json");
  const timed = { step: 100, frechet: 9.5, n: 10, seconds: 4, processorSeconds: 7 };
  await Deno.writeTextFile(path, JSON.stringify({ evaluations: [timed] }));
  const { n: _, ...course } = timed;
  assert.deepEqual(await courseIn(folder.path), [course]);
  await Deno.writeTextFile(
    path,
    JSON.stringify({ evaluations: [{ step: 100, frechet: 9.5, n: 10 }] }),
  );
  assert.deepEqual(await courseIn(folder.path), []);
});
