/**
 * `deno task build:kernels [folder]`: compiles every entry in every variant to `kernels/built/`,
 * or to another folder. The same sources give the same bytes.
 */
import asc from "assemblyscript/asc";
import binaryen from "binaryen";

/**
 * Which modules there are, and whether each is built for a shared memory too (`-shared`), which
 * threads need and a memory of one thread cannot be linked with.
 */
const ENTRIES = [
  { name: "training", shared: [false, true] },
  { name: "sampler", shared: [false, true] },
];
const SIMD = {
  relaxed: ["simd", "relaxed-simd"],
  plain: ["simd"],
};
const FLAGS = [
  // No runtime and no static data: the memory belongs to whoever imports the module.
  ...["--runtime", "stub", "--importMemory", "--noAssert"],
  // At least 16 MiB, with which tfjs's memory starts: every access of an engine that checks bounds
  // then takes two instructions less.
  ...["--initialMemory", "256"],
  ...["-O0", "--disableWarning", "112"],
];
/**
 * No pass that nests expressions. The compiler's own -O3 does, and so has later steps of an unrolled
 * loop load before earlier ones multiply: the engine then keeps sums in memory for want of
 * registers, and the micro-kernel ran at 37 GFLOPS where it runs at 48.
 */
const PASSES = [
  ...["dce", "inlining", "precompute", "optimize-instructions", "simplify-locals-nonesting"],
  ...["vacuum", "remove-unused-brs", "merge-blocks", "coalesce-locals", "reorder-locals"],
  ...["remove-unused-names", "vacuum", "remove-unused-module-elements"],
];
/** Instructions of a function that is copied to wherever it is called. */
const INLINED_SIZE = 24;
const PAGES_4_GIB = "65536";

const sources = new URL("../assembly/", import.meta.url);
const output = Deno.args[0]
  ? new URL(`file://${await Deno.realPath(Deno.args[0])}/`)
  : new URL("../built/", import.meta.url);
await Deno.mkdir(output, { recursive: true });

for (const { name, shared } of ENTRIES) {
  for (const [simd, features] of Object.entries(SIMD)) {
    for (const isShared of shared) {
      const file = `${name}-${simd}${isShared ? "-shared" : ""}.wasm`;
      const enabled = isShared ? [...features, "threads"] : features;
      const memory = isShared ? ["--sharedMemory", "--maximumMemory", PAGES_4_GIB] : [];
      await compile(`${name}.ts`, file, [...enabled.flatMap((f) => ["--enable", f]), ...memory]);
    }
  }
}

async function compile(entry: string, file: string, flags: string[]): Promise<void> {
  const { error, stderr } = await asc.main([entry, "-o", file, ...FLAGS, ...flags], {
    readFile: readSource,
    writeFile: (path, contents) => {
      if (typeof contents === "string") return;
      const bytes = optimise(contents);
      Deno.writeFileSync(new URL(path, output), bytes);
      console.log(`${path}  ${bytes.length} bytes`);
    },
    listFiles: () => [],
  });
  const messages = stderr.toString().trim();
  if (messages) console.error(messages);
  if (error) {
    console.error(`${entry} does not compile: ${error.message}`);
    Deno.exit(1);
  }
}

function optimise(compiled: Uint8Array): Uint8Array {
  const { Features } = binaryen;
  const used = Features.SIMD128 | Features.RelaxedSIMD | Features.Atomics | Features.BulkMemory |
    Features.BulkMemoryOpt |
    Features.MutableGlobals | Features.NontrappingFPToInt | Features.SignExt;
  binaryen.setAlwaysInlineMaxSize(INLINED_SIZE);
  const module = binaryen.readBinaryWithFeatures(compiled, used);
  try {
    module.runPasses(PASSES);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

function readSource(path: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(path.replace(/\.ts\.ts$/, ".ts"), sources));
  } catch {
    return null; // asc tries several paths for an import, and says which it did not find
  }
}
