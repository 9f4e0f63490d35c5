/** What the programs beside training share: options, and how they end. */

import { ModelError } from "../sampler/model_error.ts";
import { flag, integer, oneOf, option, path } from "./option_table.ts";
import { Refusal } from "./refusal.ts";

/** Of every program that computes. */
export const computing = {
  backend: option("name", oneOf(["auto", "webgpu", "wasm"]), "auto", "what computes"),
  threads: option("n", integer(1, 256), navigator.hardwareConcurrency, "threads of WASM", "all"),
  help: flag("print this"),
};

/** Of every program that has samples judged. */
export const judging = {
  seed: option("n", integer(0, 2 ** 32 - 1), 1, "seed of the samples"),
  classifiers: option("folder", path, undefined, "where the classifiers are", "models/classifiers"),
};

/** Runs a program on the command line's arguments; what it refuses is one line and an exit code. */
export async function runProgram(main: (args: string[]) => Promise<void>): Promise<void> {
  try {
    await main(Deno.args);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ModelError)) throw error;
    console.error(error.message);
    Deno.exit(error instanceof Refusal ? error.exitCode : 1);
  }
}
