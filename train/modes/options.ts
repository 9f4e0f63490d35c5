import { parseArgs } from "node:util";
import { Refusal } from "../refusal.ts";

/** What `deno task modes` was asked for. */
export interface ModesOptions {
  readonly quick: boolean;
  readonly objectives: readonly string[];
  readonly data: readonly string[];
  readonly seeds: readonly number[];
  /** Generator steps of every run; undefined: the recipes'. */
  readonly steps?: number;
  /** Runs at once, each a process of one thread. */
  readonly jobs: number;
  /** Where results are kept. */
  readonly folder: string;
  readonly resume: boolean;
  /** Whether docs/modes.md and docs/modes.png get the new figures. */
  readonly write: boolean;
}

export const USAGE =
  `Count the modes that every objective finds on a ring of 8 and a grid of 25 Gaussians.

  deno task modes [options]

  --quick              one seed and a quarter of the steps: three minutes at most
  --objectives <a,b>   only these (default: all)
  --data <ring,grid>   only these (default: both)
  --seeds <n>          seeds 1 to n (default: 3; 1 with --quick)
  --steps <n>          generator steps of every run (default: the objective's recipe for points)
  --jobs <n>           runs at once, one thread each (default: the cores, at most 4)
  --folder <folder>    where results are kept (default: runs/modes)
  --resume             leave alone what is there with the same settings
  --write              put the tables and the plots into docs/modes.md and docs/modes.png
  --help               print this

A mode is found when at least one of 2,500 samples lies within three standard deviations of it, and it is
the sample's nearest; such a sample is high-quality. Reverse KL is that of the samples' shares of the
modes against equal shares, in nats. What is measured is the average of the generator's weights.`;

/** Reads the arguments; throws a Refusal with exit code 2 for what is not allowed. */
export function parseModesOptions(
  args: readonly string[],
  known: { objectives: readonly string[]; data: readonly string[]; folder: string },
): ModesOptions {
  const { values } = read(args);
  const quick = values.quick ?? false;
  const seeds = wholeNumber("seeds", values.seeds, 100) ?? (quick ? 1 : 3);
  return {
    quick,
    objectives: names("objectives", values.objectives, known.objectives),
    data: names("data", values.data, known.data),
    seeds: [...Array(seeds).keys()].map((i) => i + 1),
    steps: wholeNumber("steps", values.steps, 10_000_000),
    jobs: wholeNumber("jobs", values.jobs, 64) ?? Math.min(4, navigator.hardwareConcurrency),
    folder: values.folder ?? known.folder,
    resume: values.resume ?? false,
    write: values.write ?? false,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean" },
        objectives: { type: "string" },
        data: { type: "string" },
        seeds: { type: "string" },
        steps: { type: "string" },
        jobs: { type: "string" },
        folder: { type: "string" },
        resume: { type: "boolean" },
        write: { type: "boolean" },
      },
    });
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw new Refusal(`${sentence}; deno task modes --help lists all options`, 2);
  }
}

function names(option: string, text: string | undefined, allowed: readonly string[]) {
  const asked = text?.split(",") ?? allowed;
  const stranger = asked.find((name) => !allowed.includes(name));
  if (stranger === undefined) return asked;
  throw new Refusal(`--${option} was given "${stranger}"; allowed: ${allowed.join(", ")}`, 2);
}

function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  throw new Refusal(
    `--${option} was given "${text}"; allowed: a whole number from 1 to ${most}`,
    2,
  );
}
