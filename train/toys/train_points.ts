import { startBackend } from "../backend.ts";
import { describeRows } from "../describe.ts";
import type { Objective } from "../objectives/objective.ts";
import { MOST_STEPS } from "../option_table.ts";
import type { TrainOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { trainOn } from "../run.ts";
import { chooseFolders, refuseUnwritable } from "../run_folders.ts";
import { listenForStop } from "../stop_signals.ts";
import { describePointCritic, describePointGenerator } from "./describe_dense.ts";
import { POINT_BATCH_SIZE, pointSubject } from "./point_subject.ts";
import type { Points } from "./points.ts";

/** `deno task train <objective> --data ring`, or grid. Returns the exit code: 130 after Ctrl-C. */
export async function trainPoints(
  points: Points,
  objective: Objective,
  options: TrainOptions,
  root: string,
): Promise<number> {
  refuseImageOptions(points, options);
  if (options.describe) {
    console.log(describeRows("generator", describePointGenerator()));
    console.log(describeRows("\ncritic", describePointCritic(objective.critic)));
    return 0;
  }
  const folders = await chooseFolders(options, root);
  const folder = folders.checkpoints;
  await refuseUnwritable(folder);
  const stop = listenForStop();
  // One thread: the layers are too small to be shared out.
  const backend = await startBackend(options.backend === "auto" ? "wasm" : options.backend, 1);
  try {
    [backend.message, ...folders.messages].forEach((message) => console.log(message));
    const { seed, batchSize = POINT_BATCH_SIZE } = options;
    const subject = pointSubject(points, objective, { seed, batchSize, folder });
    const steps = options.steps ??
      (options.budgetMinutes === undefined ? subject.recipe.steps : MOST_STEPS);
    const course = { ...options, batchSize, steps, checkpoints: folder };
    return await trainOn(subject, objective, course, backend, stop.signal) ? 0 : 130;
  } finally {
    backend.stop();
    stop.release();
  }
}

/** What says how images look, or where a model of the site's goes, says nothing of points. */
function refuseImageOptions({ id }: Points, options: TrainOptions): void {
  const given = [
    options.size !== undefined && "--size",
    options.width !== undefined && "--width",
    options.mirror && "--mirror",
    options.recipe !== "default" && `--recipe ${options.recipe}`,
    options.out !== undefined && "--out",
  ].find(Boolean);
  if (!given) return;
  throw new Refusal(
    `--data ${id} is points of the plane, trained by small dense networks into runs/: ${given} is for images`,
    2,
  );
}
