// Makes a data set of image files: `main.ts <cache path> <size>`, with JSON on stdin that lists the
// files and what else the index shall say. Says how far it is on stdout.
import { writeCache } from "../../pixel_cache.ts";
import { decoderOf } from "./decode.ts";
import { startPool } from "./pool.ts";

interface Request {
  /** Relative to the folder, with which each of them is joined by a slash. */
  readonly files: readonly string[];
  readonly folder: string;
  /** Goes into the index as it is. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const [path] = Deno.args;
const size = Number(Deno.args[1]);
const request: Request = JSON.parse(await new Response(Deno.stdin.readable).text());

// Were a codec missing, every image would be taken for damaged.
for (const format of ["png", "jpeg", "webp"] as const) await decoderOf(format);

let count = 0;
const leftOut: { file: string; reason: string }[] = [];
const pool = startPool();
await writeCache(path, squares(request), () => ({ ...request.facts, size, count, leftOut }));
pool.stop();

/** In the order of the files, however long each takes, and with no more in hand than keeps the pool busy. */
async function* squares({ files, folder }: Request): AsyncGenerator<Uint8Array> {
  const ahead = 2 * pool.width;
  const outcomes = files.slice(0, ahead).map((file) => pool.square(`${folder}/${file}`, size));
  for (const [i, file] of files.entries()) {
    const outcome = await outcomes.shift()!;
    if (i + ahead < files.length) outcomes.push(pool.square(`${folder}/${files[i + ahead]}`, size));
    if ((i + 1) % 20 === 0 || i + 1 === files.length) console.log(i + 1, files.length);
    if ("unusable" in outcome) leftOut.push({ file, reason: outcome.unusable });
    else {
      count++;
      yield outcome.square;
    }
  }
}
