import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare } from "../../train/data/prepare.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** Runs `source` as the preparation program "made-up" and returns what was shown meanwhile. */
async function run(
  source: string,
  options: { args?: string[]; input?: string; isTTY?: boolean } = {},
): Promise<string> {
  await using folder = await temporaryFolder();
  const program = join(folder.path, "made-up");
  await Deno.mkdir(program);
  await Deno.writeTextFile(join(program, "deno.json"), "{}");
  await Deno.writeTextFile(join(program, "main.ts"), source);
  let shown = "";
  const stream = {
    isTTY: options.isTTY ?? false,
    columns: 80,
    write: (text: string) => shown += text,
    on() {}, // cli-progress follows the terminal's width
  };
  await prepare("made-up", join(folder.path, "out"), {
    ...options,
    programs: pathToFileURL(`${folder.path}/`),
    stream,
  });
  return shown;
}

Deno.test("prepare() shows a line every tenth where the output is piped", async () => {
  const shown = await run("for (let i = 1; i <= 40; i++) console.log(i, 40);");
  const [first, ...lines] = shown.trimEnd().split("\n");
  assert.match(first, /^Preparing made-up in .*out \(once\)$/);
  // how often stdout is flushed decides which of the forty are seen; the last always is
  assert.ok(lines.length <= 10);
  assert.equal(lines.at(-1), "Preparing made-up: 40 of 40");
});

Deno.test("prepare() shows a bar on a terminal", async () => {
  const shown = await run("console.log(20, 40);", { isTTY: true });
  assert.match(shown, /Preparing made-up .*20\/40/);
});

Deno.test("prepare() hands its arguments and its input to the program", async () => {
  const echo = "const input = await new Response(Deno.stdin.readable).text();" +
    "if (input !== 'x'.repeat(200_000) || Deno.args.join() !== 'a,b c') throw new Error('lost');";
  await run(echo, { args: ["a", "b c"], input: "x".repeat(200_000) });
});

Deno.test("prepare() passes on what a program says that leaves without reading its input", async () => {
  const leave = "console.error('no room'); Deno.exit(1);";
  await assert.rejects(run(leave, { input: "x".repeat(1_000_000) }), (error) => {
    assert.ok(error instanceof Refusal);
    assert.match(error.message, /^Cannot prepare made-up in .*: no room\. /);
    return true;
  });
});

Deno.test({
  name: "prepare() says that it was interrupted",
  ignore: Deno.build.os === "windows", // no SIGINT to send there
  fn: () =>
    assert.rejects(
      run("Deno.kill(Deno.pid, 'SIGINT'); await new Promise((done) => setTimeout(done, 10_000));"),
      /Preparing made-up was interrupted/,
    ),
});
