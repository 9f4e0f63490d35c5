/**
 * Threads compute items of a run at once, and which of them when is chance. Here one thread computes each item alone, from
 * what all find when their call begins: an item that touches what another one writes shows every time.
 */
import assert from "node:assert/strict";
import { folderSource } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { createArena } from "../../sampler/wasm/arena.ts";
import { type Output, prepare } from "../../sampler/wasm/buffers.ts";
import { layOut } from "../../sampler/wasm/program.ts";
import { writeFixtureModel } from "./fixture_model.ts";

const THREADS = 2;
/** Words of a table, as kernels/assembly/sampler_program.ts lists them in bytes. */
const HEAD = 16, CALL = 32, COUNT = 16;
const KERNEL = 0, ITEMS = 1, DONE = 16, TAKEN = 32;
const CALL_WORDS = CALL + THREADS * COUNT;
const SPREAD = 1;
/** No number that a layer may give. */
const POISON = -1;

type RunProgram = (
  chunk: number,
  thread: number,
  table: number,
  first: number,
  end: number,
  maySleep: number,
) => number;

/** The words that differ from `before`. */
function changed(words: Int32Array, before: Int32Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < before.length; i++) if (words[i] !== before[i]) found.push(i);
  return found;
}

async function checkItems(folder: string, count: number, output: Output): Promise<void> {
  const { plan } = await readGenerator(folderSource(folder));
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 8192, shared: true });
  const arena = createArena(memory, 64);
  const { table, buffers } = layOut(plan, memory, arena, THREADS);
  const { address, calls } = table(count);
  const build = new URL("../../kernels/built/sampler-relaxed-shared.wasm", import.meta.url);
  const { instance } = await WebAssembly.instantiate(await Deno.readFile(build), {
    env: { memory },
  });
  const runProgram = instance.exports.runProgram as RunProgram;
  const words = new Int32Array(memory.buffer, 0, address / 4); // all but the table
  const callAt = (i: number) =>
    new Int32Array(memory.buffer, address + 4 * (HEAD + i * CALL_WORDS), CALL_WORDS);
  const itemsOf = Array.from({ length: calls }, (_, i) => callAt(i)[ITEMS]);

  /** One item on one thread: all others are taken. */
  function compute(i: number, item: number, thread: number): void {
    const call = callAt(i);
    call[DONE] = 0;
    // A thread's part ends with the item.
    const items = thread === 0 ? 2 * (item + 1) : item + 1;
    call[ITEMS] = items;
    call[TAKEN + thread * COUNT] = item - Math.floor(thread * items / THREADS);
    call[TAKEN + (1 - thread) * COUNT] = 2 * items;
    // What each thread makes for itself comes with it.
    const first = i > 0 && callAt(i - 1)[KERNEL] === SPREAD ? i - 1 : i;
    runProgram(0, thread, address, first, i + 1, 0);
    call[ITEMS] = itemsOf[i];
  }
  function computeAll(i: number): void {
    for (let item = 0; item < itemsOf[i]; item++) compute(i, item, 0);
  }
  const shared = itemsOf.map((_, i) => i).filter((i) => callAt(i)[KERNEL] !== SPREAD);

  const latents = (seed: number) => normal([seed, 0, 0], count * plan.latentSize);
  prepare(memory, buffers, { z: latents(1), first: 0, count, output });
  shared.forEach(computeAll);
  // From here on a word that is written has another number than before.
  prepare(memory, buffers, { z: latents(2), first: 0, count, output });
  let most = 0;
  shared.forEach((i) => {
    const what = `${count} images, call ${i}, item`;
    const before = words.slice();
    const written = [0, 1].map((thread) =>
      Array.from({ length: itemsOf[i] }, (_, item) => {
        words.set(before);
        compute(i, item, thread);
        const found = changed(words, before);
        assert.ok(found.length > 0, `${what} ${item} writes nothing`);
        return found;
      })
    );
    const [writers] = written.map((items) => {
      const writers = new Map<number, number>();
      items.forEach((found, item) => found.forEach((word) => writers.set(word, item)));
      return writers;
    });
    written[1].forEach((found, item) =>
      found.forEach((word) => {
        const other = writers.get(word) ?? item;
        assert.equal(other, item, `${what}s ${other} and ${item} both write at ${4 * word}`);
      })
    );
    written[0].forEach((mine, item) => {
      words.set(before);
      compute(i, item, 0);
      const alone = mine.map((word) => words[word]);
      words.set(before);
      for (const items of written) {
        items.forEach((found, other) => {
          if (other !== item) found.forEach((word) => words[word] = POISON);
        });
      }
      compute(i, item, 0);
      assert.deepEqual(mine.map((word) => words[word]), alone, `${what} ${item} reads another's`);
    });
    words.set(before);
    computeAll(i);
    most = Math.max(most, itemsOf[i]);
  });
  assert.ok(most > 1, "one item alone proves nothing");
}

for (
  const [name, options, counts] of [
    ["64x64x3 with odd channels", { size: 64, channels: 3, width: 45 / 512, latentSize: 7 }, [16]],
    ["32x32x1 at an eighth", { size: 32, channels: 1, width: 1 / 8, latentSize: 20 }, [5, 11]],
    ["16x16x1 with odd channels", { size: 16, channels: 1, width: 27 / 512, latentSize: 3 }, [16]],
  ] as const
) {
  Deno.test(`no item of the WASM engine touches what another thread's may write: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await writeFixtureModel(folder, options);
      for (const count of counts) {
        for (const output of ["images", "pixels"] as const) {
          await checkItems(folder, count, output);
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
