const ROOT = new URL("../../", import.meta.url);
const START_TIMEOUT_MS = 120_000;

export interface Site extends AsyncDisposable {
  /** Without a slash at the end: `http://localhost:40123`. */
  readonly origin: string;
}

export interface SiteOptions {
  /** A folder to serve in place of the repository's models/. */
  models?: string;
}

/**
 * Builds the site if needed and serves it on a free port, in a process of its own with the root's
 * config and with no more permissions than `deno task start` gives it. Ends with `await using`.
 */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  await build();
  const models = options.models === undefined ? [] : ["--models", options.models];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-net", "--allow-read", "--allow-env=PORT", "main.ts", "--port", "0"],
      ...models,
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output([child.stdout, child.stderr]);
  const stop = async () => {
    // Already ended is as good as ended now.
    try {
      child.kill("SIGKILL");
    } catch { /* empty */ }
    await child.status;
    await output.ended;
  };
  const origin = await Promise.race([
    output.firstMatch(/https?:\/\/[^\s/]+:\d+/),
    child.status.then(() => null),
    output.timeout(START_TIMEOUT_MS),
  ]);
  output.stopWaiting();
  if (origin === null) {
    await stop();
    throw new Error(`main.ts did not say where it serves. It printed:\n${output.text}`);
  }
  return { origin: origin.replace("0.0.0.0", "localhost"), [Symbol.asyncDispose]: stop };
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

/** Everything a child printed so far; reading on keeps the child from blocking on a full pipe. */
class Output {
  text = "";
  readonly ended: Promise<unknown>;
  #onText = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(streams: ReadableStream<Uint8Array<ArrayBuffer>>[]) {
    this.ended = Promise.all(streams.map((stream) => this.#read(stream)));
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.#onText();
    }
  }

  firstMatch(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#onText = () => {
        const match = this.text.match(pattern);
        if (match) resolve(match[0]);
      };
      this.#onText();
    });
  }

  timeout(milliseconds: number): Promise<null> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve(null), milliseconds);
    });
  }

  stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#onText = () => {};
  }
}
