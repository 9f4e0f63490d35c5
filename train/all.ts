import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseCard } from "../sampler/card.ts";
import { datasetNames } from "./data/dataset.ts";
import { folderSlug } from "./data/folder_name.ts";
import { OBJECTIVES } from "./objectives/mod.ts";
import { parseTrainOptions } from "./options.ts";
import { duration } from "./progress.ts";
import { Refusal } from "./refusal.ts";
import { exists, hasCheckpoints } from "./run_folders.ts";
import { POINTS, pointsNamed } from "./toys/points.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const USAGE = `Train every objective with the same options, one after the other or some at once.

  deno task train:all [--jobs <n>] [options]

The options are those of deno task train, each objective's run in a process of its own. One that fails
does not stop the others. --budget-minutes gives each the same time. --out and --checkpoints name the
folders that hold the objectives' own. With --resume, what is finished is left alone, what was
interrupted goes on, and the rest is begun. --jobs trains n at once (default: 1), the cores shared out
among them: two runs of one thread each waste less of two cores than one run of two threads.`;

/** Where one objective's model and checkpoints go. */
interface Place {
  readonly name: string;
  readonly model: string;
  readonly run: string;
}

/** How one objective's run ended. */
interface Result {
  readonly name: string;
  readonly outcome: "trained" | "was there" | "stopped" | "failed";
  readonly model: string;
}

/** `deno task train:all`. Returns the exit code: 1 when a run failed, 130 after Ctrl-C. */
async function trainAll(everything: string[]): Promise<number> {
  if (everything.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const { jobs, others: args } = jobsOf(everything);
  // Any objective's name will do: what is read and refused here is the options that all share.
  const options = parseTrainOptions([OBJECTIVES[0].name, ...args], {
    objectives: OBJECTIVES,
    datasets: [...datasetNames, ...POINTS.map(({ id }) => id)],
  });
  if ("help" in options) return 0;
  if (pointsNamed(options.data)) {
    throw new Refusal(
      `--data ${options.data}: deno task modes trains every objective on points of the plane`,
      2,
    );
  }
  const { resume } = options;
  const shared = without(args, ["--out", "--checkpoints"], ["--resume"]);
  const models = options.out ?? join(root, "models");
  const runs = options.checkpoints ?? join(root, "runs");
  const places: Place[] = OBJECTIVES.map(({ name }) => {
    const id = `${name}-${folderSlug(options.data)}`;
    return { name, model: join(models, id), run: join(runs, id) };
  });
  await refuseToReplace(places, options);

  const children = new Set<Deno.ChildProcess>();
  let stopping = false;
  const onInterrupt = () => {
    stopping = true;
    for (const child of children) {
      try {
        child.kill("SIGINT");
      } catch { /* it has just ended */ }
    }
  };
  const threads = given(args, "--threads")
    ? []
    : ["--threads", String(Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs)))];

  async function trainOne({ name, model, run }: Place): Promise<Result> {
    if (resume && await exists(join(model, "card.json"))) {
      return { name, outcome: "was there", model };
    }
    console.log(`\n${name}`);
    const goOn = resume && await hasCheckpoints(run) ? ["--resume"] : [];
    const folders = ["--out", model, "--checkpoints", run];
    const output = jobs > 1 ? "piped" : "inherit";
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", main, name, ...shared, ...threads, ...folders, ...goOn],
      ...{ stdin: "null", stdout: output, stderr: output },
    }).spawn();
    children.add(child);
    const said = output === "piped"
      ? [say(name, child.stdout, console.log), say(name, child.stderr, console.error)]
      : [];
    const { code } = await child.status;
    children.delete(child);
    await Promise.all(said);
    if (code === 130) stopping = true;
    return { name, outcome: code === 0 ? "trained" : code === 130 ? "stopped" : "failed", model };
  }

  Deno.addSignalListener("SIGINT", onInterrupt);
  const results: Result[] = [];
  const waiting = places.map((place, i) => ({ ...place, i }));
  const work = async () => {
    for (let next; !stopping && (next = waiting.shift());) results[next.i] = await trainOne(next);
  };
  await Promise.all(Array.from({ length: jobs }, work));
  Deno.removeSignalListener("SIGINT", onInterrupt);
  const ended = results.filter((result) => result !== undefined);
  console.log(`\n${await tableOf(ended)}`);
  if (stopping) return 130;
  return ended.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

/** Passes on a run's lines under its name, since others speak at the same time. */
async function say(
  name: string,
  stream: ReadableStream<Uint8Array>,
  print: (line: string) => void,
): Promise<void> {
  const lines = createInterface({ input: Readable.fromWeb(stream), crlfDelay: Infinity });
  for await (const line of lines) print(`${name}: ${line}`);
}

/** `--jobs n`, and the other arguments. */
function jobsOf(args: readonly string[]): { jobs: number; others: string[] } {
  const text = given(args, "--jobs");
  const others = without(args, ["--jobs"], []);
  if (text === undefined) return { jobs: 1, others };
  const jobs = /^\d+$/.test(text) ? Number(text) : 0;
  if (jobs >= 1 && jobs <= OBJECTIVES.length) return { jobs, others };
  throw new Refusal(
    `--jobs was given "${text}"; allowed: a whole number from 1 to ${OBJECTIVES.length}`,
    2,
  );
}

/** The value of an option, "" where it lacks one; undefined where it is not given. */
function given(args: readonly string[], option: string): string | undefined {
  const at = args.findIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  if (at === -1) return undefined;
  return args[at] === option ? args[at + 1] ?? "" : args[at].slice(option.length + 1);
}

async function refuseToReplace(
  places: readonly Place[],
  { resume, force }: { resume: boolean; force: boolean },
): Promise<void> {
  if (resume || force) return;
  for (const { model, run } of places) {
    const inTheWay = await exists(model) ? model : await hasCheckpoints(run) ? run : undefined;
    if (inTheWay === undefined) continue;
    throw new Refusal(
      `${inTheWay} exists already: --resume goes on with what is not finished, --force replaces all, ` +
        "--out and --checkpoints name other folders",
      2,
    );
  }
}

/** The runs side by side; figures are those of the models' cards and histories. */
async function tableOf(results: readonly Result[]): Promise<string> {
  const rows = await Promise.all(results.map(async ({ name, outcome, model }) => {
    if (outcome === "failed" || outcome === "stopped") return [name, outcome, "", "", ""];
    const read = async (file: string) => JSON.parse(await Deno.readTextFile(join(model, file)));
    const { training } = parseCard(await read("card.json"), model);
    const steps = training.generatorSteps;
    const pace = steps > 0 ? `${(1000 * training.seconds / steps).toFixed(0)} ms` : "";
    return [name, outcome, String(steps), duration(training.seconds), pace];
  }));
  const cells = [["objective", "", "steps", "time", "a step"], ...rows];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) =>
    row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join("  ").trimEnd()
  ).join("\n");
}

/** `args` without these options and their values, and without these switches. */
function without(args: readonly string[], options: string[], switches: string[]): string[] {
  return args.filter((arg, i) =>
    !switches.includes(arg) && !options.includes(arg) && !options.includes(args[i - 1]) &&
    !options.some((option) => arg.startsWith(`${option}=`))
  );
}

if (import.meta.main) {
  try {
    Deno.exit(await trainAll(Deno.args));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
