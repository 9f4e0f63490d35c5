import assert from "node:assert/strict";
import { dirname } from "node:path";
import { startServer } from "../server_process.ts";
import { sourceFiles } from "../source_files.ts";
import { startCountingProxy } from "./counting_proxy.ts";

const ROOT = new URL("../../", import.meta.url);
const LIMIT_MB = 40;
/** Install, build and start; the download alone takes seconds on a good line. */
const START_TIMEOUT_MS = 180_000;

Deno.test(`deno task start on an empty cache downloads under ${LIMIT_MB} MB and serves /`, async () => {
  const folder = await Deno.makeTempDir({ prefix: "ganlet-start-" });
  try {
    const clone = `${folder}/clone`;
    for (const file of await sourceFiles(ROOT)) {
      await Deno.mkdir(dirname(`${clone}/${file}`), { recursive: true });
      await Deno.copyFile(new URL(file, ROOT), `${clone}/${file}`);
    }
    await Deno.symlink(new URL("models", ROOT).pathname, `${clone}/models`);

    await using proxy = startCountingProxy();
    const starting = startServer({
      args: ["task", "start", "--port", "0"],
      cwd: new URL(`file://${clone}/`),
      env: {
        DENO_DIR: `${folder}/cache`,
        HTTPS_PROXY: proxy.url,
        HTTP_PROXY: proxy.url,
        NO_PROXY: "localhost,127.0.0.1",
      },
      timeoutMs: START_TIMEOUT_MS,
    });
    await using site = await starting.catch((error: Error) => {
      const hosts = [...proxy.unreachable].map(([host, reason]) => `${host} (${reason})`);
      if (hosts.length === 0) throw error;
      throw new Error(`This test needs the package registry: ${hosts} could not be reached`, {
        cause: error,
      });
    });

    const page = await fetch(site.origin);
    const html = await page.text();
    assert.equal(page.status, 200, html);
    assert.match(html, /<title>[^<]*ganlet/i);

    const received = [...proxy.received].map(([host, bytes]) => ({ host, mb: bytes / 1e6 }));
    const total = received.reduce((sum, { mb }) => sum + mb, 0);
    console.log(received.map(({ host, mb }) => `${host}: ${mb.toFixed(1)} MB`).join(", "));
    // TensorFlow.js's tarballs alone add up to this: less would mean that something passed the proxy by.
    assert(total > 20, `only ${total.toFixed(1)} MB went through the counting proxy`);
    assert(total < LIMIT_MB, `${total.toFixed(1)} MB, the limit is ${LIMIT_MB} MB`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
