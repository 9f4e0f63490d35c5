/**
 * `deno task build:kernels [folder]`: compiles every entry in every variant to `kernels/built/`,
 * or to another folder. The same sources give the same bytes.
 */
import asc from "assemblyscript/asc";

/**
 * Which modules there are, and whether each is built for a shared memory too (`-shared`), which
 * threads need and a memory of one thread cannot be linked with.
 */
const ENTRIES = [
  { name: "training", shared: [false, true] },
];
const SIMD = {
  relaxed: ["simd", "relaxed-simd"],
  plain: ["simd"],
};
const FLAGS = [
  // No runtime and no static data: the memory belongs to whoever imports the module.
  ...["--runtime", "stub", "--importMemory", "--noAssert"],
  ...["-O3", "--converge"],
  // Exported inside the module only, where v128 is no problem.
  ...["--disableWarning", "112"],
];
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
      const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
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

function readSource(path: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(path.replace(/\.ts\.ts$/, ".ts"), sources));
  } catch {
    return null; // asc tries several paths for an import, and says which it did not find
  }
}
