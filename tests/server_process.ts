import { killTree } from "./kill_tree.ts";

export interface ServerProcess extends AsyncDisposable {
  /** Where it says that it serves, without a slash at the end: `http://localhost:40123`. */
  readonly origin: string;
}

export interface ServerCommand {
  /** Arguments for Deno. */
  args: string[];
  cwd: URL;
  env?: Record<string, string>;
  timeoutMs: number;
}

/**
 * Starts a server as a process of its own, and waits until it prints an address. At the end of
 * `await using`, and if it prints none in time, it is killed with everything that it started.
 */
export async function startServer(
  { args, cwd, env, timeoutMs }: ServerCommand,
): Promise<ServerProcess> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const output = new Output([child.stdout, child.stderr]);
  const stop = async () => {
    killTree(child.pid);
    await child.status;
    await output.ended;
  };
  const origin = await Promise.race([
    output.firstMatch(/https?:\/\/localhost:\d+/),
    child.status.then(() => null),
    output.timeout(timeoutMs),
  ]);
  output.stopWaiting();
  if (origin === null) {
    await stop();
    throw new Error(
      `deno ${args.join(" ")} did not say within ${timeoutMs / 1000} s where it serves. ` +
        `It printed:\n${output.text}`,
    );
  }
  return { origin, [Symbol.asyncDispose]: stop };
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
