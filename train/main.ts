import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ModelError } from "../sampler/model_error.ts";
import { startBackend } from "./backend.ts";
import { describeCritic, describeGenerator, describeRows } from "./describe.ts";
import { refuseTooLarge } from "./gpu_limits.ts";
import { LATENT_SIZE } from "./run_plan.ts";
import { type Dataset, datasetNames, imageShapeOf, loadDataset } from "./data/dataset.ts";
import { referenceFor } from "./evaluate/real.ts";
import { OBJECTIVES } from "./objectives/mod.ts";
import {
  type Objective,
  type Recipe,
  RECIPE_NETWORKS,
  type RecipeName,
} from "./objectives/objective.ts";
import { MOST_STEPS } from "./option_table.ts";
import { parseTrainOptions, type TrainOptions } from "./options.ts";
import { Refusal } from "./refusal.ts";
import { runTraining } from "./run.ts";
import { chooseFolders, refuseUnwritable } from "./run_folders.ts";
import { listenForStop } from "./stop_signals.ts";
import { POINTS, pointsNamed } from "./toys/points.ts";
import { trainPoints } from "./toys/train_points.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `deno task train <objective> [options]`. Returns the exit code: 130 after Ctrl-C. */
async function main(args: string[]): Promise<number> {
  const parsed = parseTrainOptions(args, {
    objectives: OBJECTIVES,
    datasets: [...datasetNames, ...POINTS.map(({ id }) => id)],
  });
  if ("help" in parsed) {
    console.log(parsed.help);
    return 0;
  }
  const named = OBJECTIVES.find(({ name }) => name === parsed.objective)!;
  const objective = withChanges(named, parsed);
  const points = pointsNamed(parsed.data);
  if (points) return await trainPoints(points, objective, parsed, root);
  const recipe = parsed.recipe as RecipeName;
  const options = {
    ...parsed,
    batchSize: parsed.batchSize ?? 64,
    size: parsed.size ?? RECIPE_NETWORKS[recipe].size,
    width: parsed.width ?? RECIPE_NETWORKS[recipe].width,
  };
  if (options.describe) {
    describe(objective, recipe, options);
    return 0;
  }
  const folders = await chooseFolders(options, root);
  refuseOtherNames(folders.out, folders.id);
  await refuseUnwritable(dirname(folders.out));
  await refuseUnwritable(folders.checkpoints);

  const stop = listenForStop();
  const dataset = await loadDataset(options.data, options);
  const backend = await startBackend(options.backend, options.threads);
  try {
    [backend.message, ...folders.messages].forEach((message) => console.log(message));
    const width = options.width ?? (backend.isGpu ? 1 : 0.5);
    const { generator, critic } = layersOf(objective, recipe, dataset.imageShape, width);
    refuseTooLarge(backend, [...generator, ...critic], options.batchSize);
    const judged = { id: folders.id, dataset, imageShape: dataset.imageShape };
    const done = await runTraining(
      {
        ...options,
        objective,
        recipe,
        dataset,
        id: folders.id,
        out: folders.out,
        checkpoints: folders.checkpoints,
        steps: options.steps ??
          (options.budgetMinutes === undefined ? objective.recipes[recipe].steps : MOST_STEPS),
        width,
        reference: options.evaluateEvery === undefined ? undefined : await referenceFor(judged),
      },
      backend,
      stop.signal,
    );
    return done ? 0 : 130;
  } finally {
    backend.stop();
    stop.release();
  }
}

/** The objective, its recipes with `--critic-norm`, `--r1` and `--labels` instead of their own. */
function withChanges(objective: Objective, { criticNorm, r1, labels }: TrainOptions): Objective {
  const { default: standard, article } = objective.recipes;
  const changed = (recipe: Recipe) => ({
    ...recipe,
    criticNormalisation: criticNorm ?? recipe.criticNormalisation,
    r1: r1 ?? recipe.r1,
    labels: labels ?? recipe.labels,
  });
  return {
    ...objective,
    points: changed(objective.points),
    recipes: { default: changed(standard), article: changed(article) },
  };
}

/** `--describe`: both networks, layer by layer. */
function describe(objective: Objective, recipe: RecipeName, options: TrainOptions) {
  const imageShape = imageShapeOf(options.data, options.size);
  const { generator, critic } = layersOf(objective, recipe, imageShape, options.width ?? 1);
  console.log(describeRows("generator", generator));
  console.log(describeRows("\ncritic", critic));
}

function layersOf(
  objective: Objective,
  recipe: RecipeName,
  [size, , channels]: Dataset["imageShape"],
  width: number,
) {
  const shape = { size, channels, width, latentSize: LATENT_SIZE };
  const { criticNormalisation, criticHidden } = objective.recipes[recipe];
  return {
    generator: describeGenerator(shape),
    critic: describeCritic(shape, objective.critic, criticNormalisation, criticHidden),
  };
}

/** A model's folder is named as its card's id, which is a part of URLs. */
function refuseOtherNames(out: string, id: string): void {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return;
  throw new Refusal(
    `--out ${out}: a model's folder is named in lower-case words joined by hyphens, for instance my-model; found "${id}"`,
    2,
  );
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ModelError)) throw error;
    console.error(error.message);
    Deno.exit(error instanceof Refusal ? error.exitCode : 1);
  }
}
