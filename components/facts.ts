/** Numbers and names of a card as people read them. */
import type { ModelCard } from "../sampler/card.ts";

const MEASURES = {
  frechet: ["Fréchet distance", "less is better"],
  kernel: ["Kernel distance", "less is better"],
  precision: ["Precision", "samples that look real"],
  recall: ["Recall", "real images within its reach"],
  density: ["Density", "samples among many real ones"],
  coverage: ["Coverage", "real images with a sample near"],
} as const;

/** A measure as a table has it: what real images get is the best that a model can reach. */
export interface Measure {
  name: string;
  aim: string;
  value: string;
  floor: string;
}

/** The measures that the card has, in two digits, from 100 on in three. */
export function measuresOf(metrics: NonNullable<ModelCard["metrics"]>): Measure[] {
  const short = (value: number) =>
    Number(value.toPrecision(Math.abs(value) < 100 ? 2 : 3)).toLocaleString("en")
      .replace("-", "−");
  return Object.entries(MEASURES).flatMap(([key, [name, aim]]) => {
    const figure = metrics[key as keyof typeof MEASURES];
    return figure ? [{ name, aim, value: short(figure.value), floor: short(figure.floor) }] : [];
  });
}

const OBJECTIVES: Record<string, string> = {
  "dcgan": "DCGAN",
  "lsgan": "LSGAN",
  "wgan": "WGAN",
  "wgan-gp": "WGAN-GP",
  "ebgan": "EBGAN",
};

/** An objective as its paper writes it; an unknown one as the card does. */
export function objectiveName(objective: string): string {
  return OBJECTIVES[objective] ?? objective;
}

/** "40 s", "12 min", "1 h 20 min", "2 d 3 h": the two largest units. */
export function duration(seconds: number): string {
  if (seconds < 100) return measure(Math.round(seconds), "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return measure(minutes, "min");
  const hours = Math.floor(minutes / 60);
  const [large, small] = hours < 24
    ? [measure(hours, "h"), measure(minutes % 60, "min")]
    : [measure(Math.floor(hours / 24), "d"), measure(hours % 24, "h")];
  return small.startsWith("0") ? large : `${large} ${small}`;
}

/**
 * How long training took, and of what: the time of a CPU's processors where the card has it, as other work beside the run
 * does not lengthen that, else the clock's.
 */
export function trainingTime(
  { backend, seconds, processorSeconds }: ModelCard["training"],
): string {
  if (backend === "webgpu") return `${duration(seconds)} on a GPU`;
  return processorSeconds === undefined
    ? `${duration(seconds)} on a CPU`
    : `${duration(processorSeconds)} of CPU time`;
}

/** "812 bytes", "14 KB", "2.4 MB", in powers of ten. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return measure(bytes, "bytes");
  if (bytes < 999_500) return measure(Math.round(bytes / 1000), "KB");
  return measure((bytes / 1e6).toFixed(1), "MB");
}

/** A number and its unit, which a line break must not part. */
function measure(value: number | string, unit: string): string {
  return `${value}\u00a0${unit}`;
}
