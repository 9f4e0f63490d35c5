import assert from "node:assert/strict";
import { killTree } from "../kill_tree.ts";
import { SiteCopy } from "./site_copy.ts";

const TIMEOUT_MS = 60_000;

/** Asks again and again until `ask` gives something that is not null. */
async function eventually<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + TIMEOUT_MS;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${TIMEOUT_MS / 1000} s in vain for ${what}`);
}

/** The development server, which is killed at the end, whatever it left running. */
class DevServer implements AsyncDisposable {
  readonly origin: string;
  readonly child: Deno.ChildProcess;

  constructor(site: SiteCopy) {
    using listener = Deno.listen({ port: 0 });
    this.origin = `http://localhost:${listener.addr.port}`;
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "dev.ts", "--port", String(listener.addr.port)],
      cwd: site.url,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** The text at `path`, or null while nothing answers. */
  async text(path: string): Promise<string | null> {
    try {
      return await (await fetch(this.origin + path)).text();
    } catch {
      return null;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killTree(this.child.pid);
    await this.child.status;
  }
}

Deno.test("dev.ts rebuilds on a change, and pages learn that the server is another one", async () => {
  using site = new SiteCopy();
  await using dev = new DevServer(site);
  const first = await eventually("the first page", () => dev.text("/"));
  assert.match(first, /<script type="module" src="\/dev\/reload\.js">/);
  assert.match((await dev.text("/dev/reload.js"))!, /location\.reload\(\)/);
  const before = await serverId(dev);

  site.write("static/styles.css", "body { color: rgb(1 2 3) }");
  const styles = await eventually("new styles", async () => {
    const name = (await dev.text("/"))?.match(/\/assets\/styles-\w+\.css/)?.[0];
    return name === undefined || first.includes(name) ? null : await dev.text(name);
  });
  assert.match(styles, /rgb\(1 2 3\)|#010203/);
  assert.notEqual(await serverId(dev), before);

  site.write("routes/healthz.ts", 'export const healthz = () => new Response("changed");');
  await eventually(
    "the changed route",
    async () => await dev.text("/healthz") === "changed" || null,
  );
});

Deno.test("dev.ts keeps serving the last good build when a source does not compile", async () => {
  using site = new SiteCopy();
  await using dev = new DevServer(site);
  await eventually("the first page", () => dev.text("/healthz"));
  const before = await serverId(dev);
  site.write("islands/explorer/newest.ts", "export class Newest {");
  await new Promise((resolve) => setTimeout(resolve, 2000)); // a good build takes less
  assert.equal(await serverId(dev), before);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  Deno.test(`dev.ts ends its server when it ends by ${signal}`, async () => {
    using site = new SiteCopy();
    await using dev = new DevServer(site);
    await eventually("the server", () => dev.text("/healthz"));
    dev.child.kill(signal);
    const { code } = await dev.child.status;
    assert.equal(code, { SIGINT: 130, SIGTERM: 143, SIGKILL: 137 }[signal]);
    await eventually("its end", async () => await dev.text("/healthz") === null || null);
  });
}

/** What the event stream says first. */
async function serverId(dev: DevServer): Promise<string> {
  return await eventually("the event stream", async () => {
    try {
      const { body } = await fetch(`${dev.origin}/dev/events`);
      const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
      const { value } = await reader.read();
      await reader.cancel();
      return value?.match(/data: (\S+)/)?.[1] ?? null;
    } catch {
      return null;
    }
  });
}
