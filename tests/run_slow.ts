/**
 * `deno task test:slow [folder …]`: what is too slow for every change. Each folder of tests/slow/ is a
 * suite with a config of its own. Ends with the line `N passed, N failed`.
 */
import { provideRequirements } from "./requirements.ts";
import { type Outcome, runTests } from "./test_process.ts";

const SUITES = new URL("slow/", import.meta.url);
const TIMEOUT_MS = 20 * 60_000;

const all = (await Array.fromAsync(Deno.readDir(SUITES)))
  .filter(({ isDirectory, name }) => isDirectory && name !== "node_modules")
  .map(({ name }) => name).sort();
const unknown = Deno.args.find((name) => !all.includes(name));
if (unknown !== undefined) refuse(`There is no suite "${unknown}": they are ${all.join(", ")}`, 2);
const missing = await provideRequirements(true).catch((error: Error) => error.message);
if (missing !== null) refuse(missing, 1);

let passed = 0;
let failed = 0;
for (const name of Deno.args.length > 0 ? Deno.args : all) {
  const cwd = new URL(`${name}/`, SUITES);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen"],
    cwd,
  }).spawn().status;
  const outcome: Outcome = success
    ? await runTests({ cwd, files: [], timeoutMs: TIMEOUT_MS })
    : { passed: 0, failed: 1, ignored: 0, seconds: 0, reason: "its packages are not installed" };
  const { seconds, reason } = outcome;
  console.log(`${name}: ${seconds.toFixed(1)} s${reason === undefined ? "" : ` (${reason})`}`);
  passed += outcome.passed;
  failed += outcome.failed;
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

function refuse(message: string, exitCode: number): never {
  console.error(message);
  Deno.exit(exitCode);
}
