import { fileURLToPath } from "node:url";
import { Refusal } from "../refusal.ts";
import { faces } from "./faces.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { folderSource } from "./folder.ts";
import { isFolderPath } from "./folder_name.ts";
import { mnist } from "./mnist.ts";

/** Images in memory, one byte a channel value, image after image, row after row. */
export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  /** Where it is described; null for a folder of the user's own. */
  readonly url: string | null;
  readonly imageShape: readonly [height: number, width: number, channels: 1 | 3];
  readonly count: number;
  /** count × height × width × channels bytes; 0 is black. */
  readonly pixels: Uint8Array;
  /** Whether training shows each image mirrored, too: `pixels` and `count` are without the mirrored ones. */
  readonly mirrored?: boolean;
  /** One class number an image. */
  readonly labels?: Uint8Array;
  /** What is known of each image beside its class. */
  readonly attributes?: readonly Attribute[];
}

/** A property that every image has one value of. */
export interface Attribute {
  readonly name: string;
  readonly values: readonly string[];
  /** One index into `values` an image. */
  readonly labels: Uint8Array;
}

/** What a part of the images is for: training, choosing between models, reporting. */
export type Split = "train" | "validation" | "test";

/** A data set that can be asked for by name: the sizes it comes in, and how to load one of them. */
export interface DatasetSource {
  /** Edge lengths in pixels; the first is the default. */
  readonly sizes: readonly [number, ...number[]];
  readonly channels: 1 | 3;
  load(request: { size: number; split: Split; cache: string }): Promise<Dataset>;
}

const sources: Readonly<Record<string, DatasetSource>> = {
  mnist,
  "fashion-mnist": fashionMnist,
  faces,
};

/** What `--data` may name. */
export const datasetNames: readonly string[] = Object.keys(sources);

/** Where prepared data sets are kept between runs: `data/` at the repository's root. */
export const defaultCache: string = fileURLToPath(new URL("../../data/", import.meta.url));

/**
 * Loads a split of the data set called `name`, or of the folder of images whose path it is, preparing
 * it first when `cache` does not hold it.
 *
 * `size` is the edge length of an image in pixels, the data set's own default when left out. With
 * `mirror` training shows each image mirrored, too. Throws a Refusal when the name, the folder or the
 * size is unknown (exit code 2), when preparing fails, and when a cached file is damaged.
 */
export async function loadDataset(
  name: string,
  { size, split = "train", mirror = false, cache = defaultCache }: {
    size?: number;
    split?: Split;
    mirror?: boolean;
    cache?: string;
  } = {},
): Promise<Dataset> {
  const [edge] = imageShapeOf(name, size);
  const dataset = await sourceOf(name).load({ size: edge, split, cache });
  return mirror ? { ...dataset, mirrored: true } : dataset;
}

/** The shape of the images that `loadDataset()` would load; throws as it does, but loads nothing. */
export function imageShapeOf(name: string, size?: number): Dataset["imageShape"] {
  const { sizes, channels } = sourceOf(name);
  const edge = size ?? sizes[0];
  if (sizes.includes(edge)) return [edge, edge, channels];
  throw new Refusal(
    `--size ${edge} is not available for --data ${name}; allowed: ${sizes.join(", ")}`,
    2,
  );
}

function sourceOf(name: string): DatasetSource {
  if (Object.hasOwn(sources, name)) return sources[name];
  if (isFolderPath(name)) return folderSource(name);
  const allowed = `${datasetNames.join(", ")} or a folder of images`;
  throw new Refusal(`--data "${name}" is unknown; allowed: ${allowed}`, 2);
}
