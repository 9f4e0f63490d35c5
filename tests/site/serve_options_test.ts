import assert from "node:assert/strict";
import { parseServeOptions } from "../../routes/_serve.ts";

const parse = (args: string[], port?: string) => parseServeOptions(args, port, "the/models");

Deno.test("parseServeOptions() serves models/ on 8000 unless told", () => {
  assert.deepEqual(parse([]), { port: 8000, models: "the/models" });
  assert.deepEqual(parse([], ""), { port: 8000, models: "the/models" });
});

Deno.test("parseServeOptions() takes --port before PORT", () => {
  assert.equal(parse([], "9000").port, 9000);
  assert.equal(parse(["--port", "9001"], "9000").port, 9001);
  assert.equal(parse(["--port=0"], "9000").port, 0);
});

Deno.test("parseServeOptions() takes another folder of models", () => {
  assert.deepEqual(parse(["--models=/tmp/a=b", "--port", "1"]), { port: 1, models: "/tmp/a=b" });
});

for (
  const [args, variable, message] of [
    [["--port", "http"], undefined, '--port must be a whole number from 0 to 65535, it is "http"'],
    [["--port", "65536"], undefined, "--port must be a whole number from 0 to 65535"],
    [["--port", "-1"], undefined, "--port must be"],
    [["--port", "80.5"], undefined, "--port must be"],
    [["--port"], undefined, "--port needs a value"],
    [["--models="], undefined, "--models needs a value"],
    [[], "eighty", 'PORT must be a whole number from 0 to 65535, it is "eighty"'],
    [["--prot", "80"], undefined, 'Unknown option "--prot"'],
    [["8000"], undefined, 'Unknown option "8000"'],
  ] as const
) {
  Deno.test(`parseServeOptions() refuses ${JSON.stringify(args)} with PORT=${variable ?? ""}`, () => {
    assert.throws(() => parse([...args], variable), (error: Error & { exitCode?: number }) => {
      assert.equal(error.name, "StartError");
      assert.equal(error.exitCode, 2);
      assert.ok(error.message.startsWith(message), error.message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}
