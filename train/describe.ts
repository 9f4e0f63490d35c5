import { CODE_SIZE, criticChannels, hiddenUnits, normalisationAt } from "./critics.ts";
import { generatorChannels, type NetworkShape } from "./networks.ts";
import type { CriticKind, Normalisation } from "./objectives/objective.ts";

/** One layer of a network, for one image. */
export interface LayerRow {
  readonly layer: string;
  readonly output: readonly [height: number, width: number, channels: number];
  /** Weights that are trained. */
  readonly parameters: number;
  /** Multiply-adds of the convolution, cropped borders included. */
  readonly multiplyAdds: number;
}

/** The generator's layers. */
export function describeGenerator(shape: NetworkShape): LayerRow[] {
  const channels = generatorChannels(shape);
  return decode(shape.latentSize, channels.slice(0, -1), shape, "batch", "tanh");
}

/** The critic's layers. */
export function describeCritic(
  shape: NetworkShape,
  kind: CriticKind,
  normalisation: Normalisation,
  hidden = 0,
): LayerRow[] {
  const channels = criticChannels(shape);
  const down = channels.map((out, i): LayerRow => {
    const side = shape.size / 2 ** (i + 1);
    const into = channels[i - 1] ?? shape.channels;
    const own = normalisationAt(i, normalisation);
    return {
      layer: `conv 3x3 / 2, ${norm(own)}leaky ReLU`,
      output: [side, side, out],
      parameters: 9 * into * out + vectors(own) * out,
      multiplyAdds: side * side * 9 * into * out,
    };
  });
  const taps = 16 * channels.at(-1)!;
  if (kind === "score") {
    const units = hiddenUnits(shape, hidden);
    return units > 0
      ? [...down, toUnits("conv 4x4, leaky ReLU", taps, units), toUnits("score", units, 1)]
      : [...down, toUnits("conv 4x4, score", taps, 1)];
  }
  const units = CODE_SIZE;
  const end = toUnits("conv 4x4, code", taps, units);
  const inner = normalisationAt(channels.length, normalisation);
  return [...down, end, ...decode(units, channels.toReversed(), shape, inner, "linear")];
}

/** A layer from all that an image has come to, to units with a bias each. */
function toUnits(layer: string, inputs: number, units: number): LayerRow {
  const multiplyAdds = inputs * units;
  return { layer, output: [1, 1, units], parameters: multiplyAdds + units, multiplyAdds };
}

/** Transposed convolutions from one vector to an image: the generator, and the auto-encoder's second half. */
function decode(
  units: number,
  hidden: readonly number[],
  shape: NetworkShape,
  normalisation: Normalisation,
  activation: string,
): LayerRow[] {
  return [...hidden, shape.channels].map((out, i): LayerRow => {
    const isLast = i === hidden.length;
    const side = 4 * 2 ** i;
    const into = hidden[i - 1] ?? units;
    const [taps, positions] = i === 0 ? [16, 1] : [9, (side / 2) ** 2]; // one product a tap and input pixel
    return {
      layer: `transposed conv ${i === 0 ? "4x4" : "3x3 / 2"}, ` +
        (isLast ? activation : `${norm(normalisation)}leaky ReLU`),
      output: [side, side, out],
      parameters: taps * into * out + (isLast ? 1 : vectors(normalisation)) * out,
      multiplyAdds: positions * taps * into * out,
    };
  });
}

const norm = (normalisation: Normalisation) =>
  normalisation === "none" ? "" : `${normalisation} norm, `;
/** Vectors beside a filter: a gain and a bias, or the bias alone. */
const vectors = (normalisation: Normalisation) => normalisation === "none" ? 1 : 2;

/** Rows as lines of text, with their sums below. */
export function describeRows(title: string, rows: readonly LayerRow[]): string {
  const sum = (key: "parameters" | "multiplyAdds") => rows.reduce((n, row) => n + row[key], 0);
  const cells = [
    [title, "output", "parameters", "multiply-adds"],
    ...rows.map(({ layer, output, parameters, multiplyAdds }) => [
      ...[layer, output.join("x"), grouped(parameters), grouped(multiplyAdds)],
    ]),
    ["", "", grouped(sum("parameters")), grouped(sum("multiplyAdds"))],
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column] + 2)
    ).join("").trimEnd()
  ).join("\n");
}

const grouped = (n: number) => n.toLocaleString("en-GB");
