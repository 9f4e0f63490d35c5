import { type ServerProcess, startServer } from "../server_process.ts";

const ROOT = new URL("../../", import.meta.url);

export interface SiteOptions {
  /** A folder to serve in place of the repository's models/. */
  models?: string;
}

/**
 * Builds the site if needed and serves it on a free port, in a process of its own with the root's
 * config and with no more permissions than `deno task start` gives it. Ends with `await using`.
 */
export async function startSite({ models }: SiteOptions = {}): Promise<ServerProcess> {
  await build();
  const permissions = ["--allow-net", "--allow-read", "--allow-env=PORT"];
  const options = ["--port", "0", ...(models === undefined ? [] : ["--models", models])];
  return await startServer({
    args: ["run", ...permissions, "main.ts", ...options],
    cwd: ROOT,
    timeoutMs: 60_000,
  });
}

async function build(): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "build.ts", "--if-needed"],
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (success) return;
  const text = new TextDecoder();
  throw new Error(`build.ts failed:\n${text.decode(stdout)}${text.decode(stderr)}`);
}
