/**
 * `deno task test:slow [folder …]`: the suites below tests/slow/ (or those named), each with packages of
 * its own, which would be too heavy or too slow for every run. Ends with the line `N passed, N failed`.
 */
import { provideRequirements } from "./requirements.ts";
import { type Outcome, runTests } from "./test_process.ts";

const FOLDER = new URL("slow/", import.meta.url);
const TIMEOUT_MS = 30 * 60_000;

const suites: string[] = [];
for await (const { name, isDirectory } of Deno.readDir(FOLDER)) {
  if (isDirectory) suites.push(name);
}
suites.sort();
const unknown = Deno.args.find((name) => !suites.includes(name));
if (unknown !== undefined) {
  console.error(`There is no suite "${unknown}": there are ${suites.join(", ")}`);
  Deno.exit(2);
}
const missing = await provideRequirements(true).catch((error: Error) => error.message);
if (missing !== null) {
  console.error(missing);
  Deno.exit(1);
}

const outcomes: Outcome[] = [];
for (const name of suites) {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
  const cwd = new URL(`${name}/`, FOLDER);
  const outcome = await runTests({ cwd, files: [], timeoutMs: TIMEOUT_MS });
  console.log(`${name}: ${outcome.seconds.toFixed(0)} s ${outcome.reason ?? ""}`);
  outcomes.push(outcome);
}
const sum = (count: "passed" | "failed") =>
  outcomes.reduce((total, outcome) => total + outcome[count], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
Deno.exit(sum("failed") === 0 ? 0 : 1);
