import * as tf from "@tensorflow/tfjs-core";
import type { Backend } from "./backend.ts";
import { createCritic } from "./critics.ts";
import { batchSource, prefetched } from "./data/batches.ts";
import { startSelection } from "./evaluate/selection.ts";
import { generatorFiles, writeModel } from "./model_folder.ts";
import { createGenerator } from "./networks.ts";
import type { Images } from "./objectives/objective.ts";
import { sampleGrid } from "./preview.ts";
import { factsOf, type RunPlan, settingsOf, shapeOf } from "./run_plan.ts";
import type { Subject } from "./subject.ts";

/** Images, the article's networks, and a folder of models/ as the result. */
export async function imageSubject(plan: RunPlan, backend: Backend): Promise<Subject> {
  const { objective, dataset, batchSize, seed } = plan;
  const recipe = objective.recipes[plan.recipe];
  const shape = shapeOf(plan);
  const start = { initialisation: recipe.initialisation, seed };
  const pixels = prefetched(batchSource(dataset, { seed, batchSize }));
  const selection = await startSelection(plan, shape, backend.name);
  return {
    recipe,
    settings: settingsOf(plan),
    batch: async (step) =>
      tf.tensor4d(await pixels(step), [batchSize, ...dataset.imageShape]) as Images,
    createGenerator: () => createGenerator(shape, start),
    createCritic: () =>
      createCritic(shape, {
        kind: objective.critic,
        normalisation: recipe.criticNormalisation,
        hidden: recipe.criticHidden,
        start,
      }),
    picture: (generator) => sampleGrid(generator, shape, { columns: 8, scale: 1 }),
    evaluation: selection && {
      isDue: selection.isDue,
      consider: async (generator, history, done) =>
        await selection.consider(
          await generatorFiles(generator, shape),
          factsOf(plan, backend, done),
          history,
          done,
        ),
    },
    async finish(generator, history, done) {
      const best = await selection?.best(history);
      const files = best?.files ?? await generatorFiles(generator, shape);
      const facts = factsOf(plan, backend, { ...done, savedStep: best?.step });
      await writeModel(plan.out, files, shape, facts, history, plan.checkpoints, plan);
      return `Wrote ${plan.out}`;
    },
  };
}
