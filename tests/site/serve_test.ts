import assert from "node:assert/strict";
import { startServer } from "../server_process.ts";
import { SiteCopy } from "./site_copy.ts";

const TIMEOUT_MS = 60_000;
const PERMISSIONS = ["--no-prompt", "--allow-net", "--allow-read"];

async function assertServes(origin: string): Promise<void> {
  const page = await fetch(`${origin}/m/wgan-gp-mnist`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  assert.equal(page.status, 200);
  const html = await page.text();
  assert.match(html, /The model wgan-gp-mnist/);
  for (const [, address] of html.matchAll(/\s(?:href|src)="(\/assets\/[^"]*)"/g)) {
    const asset = await fetch(origin + address);
    assert.equal(asset.status, 200, address);
    assert.ok((await asset.bytes()).length > 0, address);
  }
  const weights = await fetch(`${origin}/models/wgan-gp-mnist/weights.bin`);
  assert.equal((await weights.bytes()).length, 1000);
}

/** Runs Deno to its end in `cwd`. */
async function runDeno(cwd: URL, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

for (
  const [how, args] of [
    ["start.ts", ["run", ...PERMISSIONS, "start.ts", "--port", "0"]],
    ["main.ts", ["run", ...PERMISSIONS, "main.ts", "--port=0"]],
    ["deno serve", ["serve", ...PERMISSIONS, "--port", "0", "main.ts"]],
  ] as [string, string[]][]
) {
  Deno.test(`${how} serves the built site from a read-only folder with --allow-net --allow-read alone`, async () => {
    using site = new SiteCopy();
    await site.build();
    site.makeReadOnly();
    const before = site.snapshot();
    {
      await using server = await startServer({ args, cwd: site.url, timeoutMs: TIMEOUT_MS });
      await assertServes(server.origin);
    }
    assert.deepEqual(site.snapshot(), before);
  });
}

Deno.test("the port comes from PORT where that may be read", async () => {
  using site = new SiteCopy();
  await site.build();
  const port = freePort();
  await using server = await startServer({
    args: ["run", ...PERMISSIONS, "--allow-env=PORT", "start.ts"],
    cwd: site.url,
    env: { PORT: String(port) },
    timeoutMs: TIMEOUT_MS,
  });
  assert.equal(server.origin, `http://localhost:${port}`);
});

for (
  const [what, args, code, message] of [
    ["a bad port", ["--port", "eighty"], 2, /^--port must be a whole number.*"eighty"\n$/],
    ["an unknown option", ["--fast"], 2, /^Unknown option "--fast".*--models FOLDER\n$/],
    ["no build", [], 1, /^There is no build .*deno task build.*\n$/],
  ] as [string, string[], number, RegExp][]
) {
  Deno.test(`start.ts with ${what} prints one line and leaves with ${code}`, async () => {
    using site = new SiteCopy();
    const ended = await runDeno(site.url, ["run", ...PERMISSIONS, "start.ts", ...args]);
    assert.match(ended.stderr, message);
    assert.equal(ended.code, code);
    assert.equal(ended.stdout, "");
  });
}

for (const script of ["start.ts", "dev.ts"]) {
  Deno.test(`${script} on a busy port prints one line that says what to do and leaves with 1`, async () => {
    using site = new SiteCopy();
    await site.build();
    using busy = Deno.listen({ port: 0 });
    const { port } = busy.addr;
    const { code, stderr } = await runDeno(site.url, ["run", "-A", script, "--port", `${port}`]);
    assert.equal(stderr, `Port ${port} is in use: choose another with --port N or PORT=N\n`);
    assert.equal(code, 1);
  });
}

Deno.test("build.ts builds once, and again only when --if-needed finds a source changed", async () => {
  using site = new SiteCopy();
  const build = () => runDeno(site.url, ["run", "-A", "build.ts", "--if-needed"]);
  const built = /^Built dist\/: \d+ files in [\d.]+ s\n$/;
  assert.match((await build()).stdout, built);
  assert.equal((await build()).stdout, "");
  site.write("static/styles.css", "body { color: red }");
  assert.match((await build()).stdout, built);
});

Deno.test("build.ts that fails names file and line, leaves with 1 and keeps the last good build", async () => {
  using site = new SiteCopy();
  await site.build();
  const before = site.snapshot().filter((line) => line.includes("/dist"));
  site.write("islands/explorer/newest.ts", "export class Newest {");
  const { code, stderr } = await runDeno(site.url, ["run", "-A", "build.ts"]);
  assert.equal(code, 1);
  assert.match(stderr, /islands\/explorer\/newest\.ts:1:/);
  assert.deepEqual(site.snapshot().filter((line) => line.includes("/dist")), before);
});

Deno.test("build.ts refuses an unknown option with 2", async () => {
  using site = new SiteCopy();
  const { code, stderr } = await runDeno(site.url, ["run", "-A", "build.ts", "--watch"]);
  assert.match(stderr, /^Unknown option "--watch".*--if-needed\n$/);
  assert.equal(code, 2);
});

function freePort(): number {
  using listener = Deno.listen({ port: 0 });
  return listener.addr.port;
}
