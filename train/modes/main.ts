import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { writeAtomically } from "../atomic.ts";
import { OBJECTIVES } from "../objectives/mod.ts";
import { duration } from "../progress.ts";
import { Refusal } from "../refusal.ts";
import { refuseUnwritable } from "../run_folders.ts";
import { POINT_BATCH_SIZE, pointSubject } from "../toys/point_subject.ts";
import { POINTS, pointsNamed } from "../toys/points.ts";
import { replaceBetweenMarks } from "./document.ts";
import type { ModeRun } from "./one_run.ts";
import { type ModesOptions, parseModesOptions, USAGE } from "./options.ts";
import { lineOf, plotsOf, tableOf } from "./report.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const worker = fileURLToPath(new URL("worker.ts", import.meta.url));

/** One run to do: as `ModeRun` without its result. */
interface Job {
  readonly objective: string;
  readonly data: string;
  readonly seed: number;
  readonly steps: number;
}

/** `deno task modes`. Returns the exit code: 1 when a run failed. */
async function modes(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const options = parseModesOptions(args, {
    objectives: OBJECTIVES.map(({ name }) => name),
    data: POINTS.map(({ id }) => id),
    folder: join(root, "runs", "modes"),
  });
  await refuseUnwritable(options.folder);
  const started = performance.now();
  const jobs = jobsOf(options);
  const runs: ModeRun[] = [];
  const waiting = [...jobs];
  const lane = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const run = await resultOf(job, options);
      if (run) runs.push(run);
      console.log(run ? lineOf(run) : `${job.objective} on ${job.data}, seed ${job.seed}: failed`);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, lane));

  // Runs end in any order; tables and plots have that of the options.
  const order = (run: ModeRun) => options.objectives.indexOf(run.objective);
  runs.sort((a, b) => order(a) - order(b) || a.seed - b.seed);
  const tables = options.data.map((data) => tableOf(pointsNamed(data)!, runs));
  const clock = duration((performance.now() - started) / 1000);
  const computed = duration(runs.reduce((sum, { seconds }) => sum + seconds, 0));
  const command = ["deno task modes", ...args].join(" ");
  const how = `${runs.length} runs, batch ${POINT_BATCH_SIZE}, ${computed} of CPU in all` +
    (options.resume ? ", earlier ones among them." : `, ${options.jobs} at once, ${clock}.`);
  console.log(`\n${tables.join("\n\n")}\n\n${command}: ${how}`);
  const rows = options.data.map((data) => {
    const first = runs.filter((run) => run.data === data && run.seed === 1);
    return [pointsNamed(data)!, first] as const;
  });
  const docs = options.write ? join(root, "docs") : options.folder;
  await writeAtomically(join(docs, "modes.png"), plotsOf(rows));
  if (options.write) {
    await replaceBetweenMarks(join(docs, "modes.md"), [
      ...tables,
      `\`\`\`sh\n${command}\n\`\`\``,
      how,
    ]);
  }
  return runs.length === jobs.length ? 0 : 1;
}

/** All runs, seed by seed, so that an interrupted task leaves whole rows behind. */
function jobsOf({ objectives, data, seeds, steps, quick }: ModesOptions): Job[] {
  return seeds.flatMap((seed) =>
    data.flatMap((data) =>
      objectives.map((objective): Job => {
        const recipe = OBJECTIVES.find(({ name }) => name === objective)!.points;
        const usual = quick ? Math.ceil(recipe.steps / 4) : recipe.steps;
        return { objective, data, seed, steps: steps ?? usual };
      })
    )
  );
}

/** The job's result, from a process of its own or from an earlier call; undefined where that process failed. */
async function resultOf(job: Job, { folder, resume }: ModesOptions): Promise<ModeRun | undefined> {
  const { objective, data, seed, steps } = job;
  const file = join(folder, `${objective}-${data}-${seed}.json`);
  const earlier = resume ? await readRun(file) : undefined;
  if (earlier && isSame(earlier, job)) return earlier;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", worker, objective, data, String(seed), String(steps), file],
    stdin: "null",
  }).spawn().status;
  return success ? await readRun(file) : undefined;
}

async function readRun(file: string): Promise<ModeRun | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isSame(run: ModeRun, { objective, data, seed, steps }: Job): boolean {
  const subject = pointSubject(
    pointsNamed(data)!,
    OBJECTIVES.find(({ name }) => name === objective)!,
    { seed, batchSize: POINT_BATCH_SIZE, folder: "" },
  );
  const settings = JSON.parse(JSON.stringify(subject.settings));
  return run.steps === steps && isDeepStrictEqual(run.settings, settings);
}

if (import.meta.main) {
  try {
    Deno.exit(await modes(Deno.args));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
