import assert from "node:assert/strict";
import { judge, parseSummary, runTests } from "./test_process.ts";

Deno.test("parseSummary() reads deno test's counts, coloured or not, with steps and ignored tests", () => {
  const cases: [string, number, number, number][] = [
    ["\nok | 8 passed | 0 failed (17s)\n", 8, 0, 0],
    ["FAILED | 1 passed (2 steps) | 1 failed | 3 ignored (105ms)\r\n", 1, 1, 3],
    ["\x1b[0m\x1b[31mFAILED\x1b[0m | 6 passed | 2 failed \x1b[38;5;245m(19s)\x1b[0m\n", 6, 2, 0],
    ["ok | 1 passed | 0 failed (1ms)\nok | 2 passed | 0 failed (1ms)\n", 2, 0, 0],
    ["ok | 0 passed | 0 failed | 4 filtered out (1ms)\n", 0, 0, 0],
  ];
  for (const [output, passed, failed, ignored] of cases) {
    assert.deepEqual(parseSummary(output), { passed, failed, ignored }, output);
  }
  assert.equal(parseSummary("error: Module not found\nthe test says ok | 3 passed"), null);
});

Deno.test("judge() counts a crash, a missing summary and an empty run as one failure", () => {
  assert.equal(judge(true, "ok | 2 passed | 0 failed (1ms)").failed, 0);
  assert.equal(judge(false, "FAILED | 2 passed | 3 failed (1ms)").failed, 3);
  assert.equal(judge(false, "ok | 2 passed | 0 failed (1ms)").failed, 1);
  assert.equal(judge(false, "error: Module not found").failed, 1);
  assert.equal(judge(true, "").failed, 1);
  assert.equal(judge(true, "ok | 0 passed | 0 failed (1ms)").failed, 1);
});

Deno.test({
  name: "runTests() kills a test that hangs, with the processes it started",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "ganlet-hang-" });
    try {
      await Deno.writeTextFile(
        `${folder}/hang_test.ts`,
        `Deno.test("hangs", async () => {
        const child = new Deno.Command(Deno.execPath(), { args: ["eval", "setInterval(() => {}, 1e6)"] }).spawn();
        Deno.writeTextFileSync("pid", String(child.pid));
        await child.status;
      });`,
      );
      const outcome = await runTests({
        cwd: new URL(`file://${folder}/`),
        files: ["hang_test.ts"],
        timeoutMs: 8_000,
      });
      assert.deepEqual([outcome.passed, outcome.failed], [0, 1]);
      assert.equal(outcome.reason, "killed after 8 s");
      const pid = Number(await Deno.readTextFile(`${folder}/pid`));
      // A signal is on its way for a moment, on a busy machine a longer one.
      for (let wait = 0; runs(pid) && wait < 50; wait++) {
        await new Promise((r) => setTimeout(r, 100));
      }
      assert.equal(runs(pid), false);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A killed process may stay in the table as a zombie ("Z") until its new parent asks how it ended. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
