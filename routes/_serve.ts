/** Listening on a port, and what the command line says about it. */

import { StartError } from "./_start_error.ts";

export interface ServeOptions {
  port: number;
  /** Folder of the models. */
  models: string;
}

const DEFAULT_PORT = 8000;
const USAGE = "the options are --port N (or PORT=N) and --models FOLDER";

/**
 * Reads `--port N`, `--models FOLDER` (also with `=`), and the variable PORT. `models` is the default
 * folder. Throws a StartError for anything else.
 */
export function parseServeOptions(
  args: readonly string[],
  portVariable: string | undefined,
  models: string,
): ServeOptions {
  const options = {
    port: portVariable ? parsePort("PORT", portVariable) : DEFAULT_PORT,
    models,
  };
  const words = args.flatMap((arg) => arg.match(/^(--\w+)=(.*)$/s)?.slice(1) ?? [arg]);
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i];
    const value = words.at(i + 1);
    if (name !== "--port" && name !== "--models") {
      throw new StartError(`Unknown option "${name}": ${USAGE}`, 2);
    }
    if (value === undefined || value === "") {
      throw new StartError(`${name} needs a value: ${USAGE}`, 2);
    }
    if (name === "--port") options.port = parsePort("--port", value);
    else options.models = value;
  }
  return options;
}

function parsePort(name: string, value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65535) return port;
  throw new StartError(`${name} must be a whole number from 0 to 65535, it is "${value}"`, 2);
}

/** The variable PORT, where the process may read it: asking without permission would prompt. */
export function portVariable(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "PORT" });
  return state === "granted" ? Deno.env.get("PORT") : undefined;
}

/** Serves on `port` and says where. Throws a StartError when the port cannot be had. */
export function serve(fetch: Deno.ServeHandler, port: number): Deno.HttpServer {
  return orStartError(port, () => Deno.serve({ port, onListen: announce }, fetch));
}

/** `port`, or a free one for 0. Throws a StartError when it cannot be had. */
export function availablePort(port: number): number {
  using listener = orStartError(port, () => Deno.listen({ port }));
  return listener.addr.port;
}

function orStartError<T>(port: number, listen: () => T): T {
  try {
    return listen();
  } catch (cause) {
    const problem = cause instanceof Deno.errors.AddrInUse
      ? "is in use"
      : cause instanceof Deno.errors.PermissionDenied
      ? "may not be used by this account"
      : null;
    if (problem === null) throw cause;
    const advice = "choose another with --port N or PORT=N";
    throw new StartError(`Port ${port} ${problem}: ${advice}`, 1, { cause });
  }
}

export function announce({ port }: { port: number }): void {
  console.log(`ganlet is at http://localhost:${port}`);
}

/** What `start` gives; where that throws a StartError, its one line on stderr and its exit code. */
export function orExit<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
