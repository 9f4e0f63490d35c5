import { killTree } from "./kill_tree.ts";

export interface Outcome {
  passed: number;
  failed: number;
  ignored: number;
  seconds: number;
  /** Why a part without a failed test failed all the same: it crashed, it hung, it ran nothing. */
  reason?: string;
}

export interface TestProcess {
  cwd: URL;
  /** Files or folders for `deno test`; none runs all of the config's. */
  files: string[];
  env?: Record<string, string>;
  timeoutMs: number;
}

/**
 * Runs `deno test` in a process of its own, shows its output as it comes, and counts by its summary.
 * Past `timeoutMs` it is killed with everything that it started.
 */
export async function runTests({ cwd, files, env, timeoutMs }: TestProcess): Promise<Outcome> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      "--no-check", // `deno task ok` checks types, of every file of every config
      "--sanitize-ops", // off by default since Deno 2.9: a test must close what it opened
      "--sanitize-resources",
      ...files,
    ],
    cwd,
    env: { ...env, ...(Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" }) },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  const shown = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      output += decoder.decode(chunk, { stream: true });
      await Deno.stdout.write(chunk);
    }
  })();
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    killTree(child.pid);
  }, timeoutMs);
  const { success } = await child.status;
  await shown;
  clearTimeout(timer);
  const seconds = (performance.now() - start) / 1000;
  const reason = hung ? `killed after ${timeoutMs / 1000} s` : undefined;
  return { ...judge(success && !hung, output, reason), seconds };
}

/** Counts by the summary; a run that crashed, hung or ran nothing has one failure at least. */
export function judge(success: boolean, output: string, reason?: string): Omit<Outcome, "seconds"> {
  const summary = parseSummary(output);
  const { passed, failed, ignored } = summary ?? { passed: 0, failed: 0, ignored: 0 };
  const crash = reason ??
    (summary === null
      ? "deno test ended without a summary"
      : !success && failed === 0
      ? "deno test failed although no test did"
      : passed + failed === 0
      ? "no test ran"
      : undefined);
  if (crash === undefined) return { passed, failed, ignored };
  return { passed, failed: failed + 1, ignored, reason: crash };
}

/** The counts of deno test's last line of the form `ok | 3 passed (2 steps) | 0 failed | 1 ignored (9ms)`. */
export function parseSummary(
  output: string,
): { passed: number; failed: number; ignored: number } | null {
  // deno-lint-ignore no-control-regex -- the colours of a terminal
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const lines = plain.split(/\r?\n/).filter((line) => /^(ok|FAILED) \| \d+ passed\b/.test(line));
  const summary = lines.at(-1);
  if (summary === undefined) return null;
  const count = (word: string) => Number(summary.match(`\\| (\\d+) ${word}\\b`)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}
