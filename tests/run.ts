/**
 * `deno task test`: finds or installs what the tests need, builds the site, runs every test, and ends
 * with the line `N passed, N failed`.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { provideRequirements } from "./requirements.ts";
import { type Outcome, runTests } from "./test_process.ts";

const USAGE = `deno task test [--no-browser] [file or folder …]

Runs every test, or only those of the files named.
  --no-browser  leave out the tests that drive Chromium and Firefox (refused where CI is set)`;

const ROOT = new URL("../", import.meta.url);
const BROWSER_TESTS = new URL("tests/browser/", ROOT);
const MINUTE_MS = 60_000;

const options = Deno.args.filter((argument) => argument.startsWith("-"));
const files = Deno.args.filter((argument) => !argument.startsWith("-")).map((file) =>
  resolve(file)
);
if (options.includes("--help")) {
  console.log(USAGE);
  Deno.exit(0);
}
const unknown = options.find((option) => option !== "--no-browser");
if (unknown !== undefined) refuse(`Unknown option ${unknown}.\n${USAGE}`);
const withoutBrowser = options.includes("--no-browser");
if (withoutBrowser && Deno.env.get("CI")) refuse("--no-browser is refused where CI is set.");

const isBrowserTest = (file: string) => `${file}/`.startsWith(fileURLToPath(BROWSER_TESTS));
const browserFiles = files.filter(isBrowserTest);
const otherFiles = files.filter((file) => !isBrowserTest(file));
const runsBrowserTests = !withoutBrowser && (files.length === 0 || browserFiles.length > 0);
const runsOtherTests = files.length === 0 || otherFiles.length > 0;
if (!runsBrowserTests && !runsOtherTests) refuse("--no-browser leaves none of the files named.");

const started = performance.now();
const missing = await provideRequirements(runsBrowserTests).catch((error: Error) => error.message);
if (missing !== null) refuse(missing, 1);

// Vulkan's loader complains on stderr when there is none.
const runtimeFolder = await Deno.makeTempDir({ prefix: "ganlet-runtime-" });
const env = { XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? runtimeFolder };
const parts: [name: string, Outcome][] = [];
try {
  parts.push(["build", await build()]);
  if (runsOtherTests) {
    const outcome = await runTests({
      cwd: ROOT,
      files: otherFiles,
      env,
      timeoutMs: 12 * MINUTE_MS,
    });
    parts.push(["Deno tests", outcome]);
  }
  if (runsBrowserTests) {
    const outcome = await runTests({
      cwd: BROWSER_TESTS,
      files: browserFiles,
      env,
      timeoutMs: 10 * MINUTE_MS,
    });
    parts.push(["browser tests", outcome]);
  }
} finally {
  await Deno.remove(runtimeFolder, { recursive: true });
}

for (const [name, { passed, failed, ignored, seconds, reason }] of parts) {
  const counts = `${passed} passed, ${failed} failed, ${ignored} ignored`;
  console.log(`${name.padEnd(14)}${seconds.toFixed(1).padStart(7)} s  ${counts}${because(reason)}`);
}
console.log(
  `${"all".padEnd(14)}${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s`,
);
const sum = (count: "passed" | "failed") => parts.reduce((n, [, part]) => n + part[count], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
Deno.exit(sum("failed") === 0 ? 0 : 1);

/** A build counts as no test, but one that fails counts as a failure. */
async function build(): Promise<Outcome> {
  const start = performance.now();
  const { success, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "build.ts"],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
  const seconds = (performance.now() - start) / 1000;
  const reason = success ? undefined : `build.ts ended with exit code ${code}`;
  return { passed: 0, failed: success ? 0 : 1, ignored: 0, seconds, reason };
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason})`;
}

function refuse(message: string, exitCode = 2): never {
  console.error(message);
  Deno.exit(exitCode);
}
