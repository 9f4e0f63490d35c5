import type { LayerRow } from "../describe.ts";
import type { CriticKind } from "../objectives/objective.ts";
import { criticUnits, generatorUnits, POINT_CODE_SIZE } from "./dense.ts";

/** The generator's layers. */
export const describePointGenerator = (): LayerRow[] => rows(generatorUnits, () => "point");

/** The critic's layers. */
export function describePointCritic(kind: CriticKind): LayerRow[] {
  if (kind === "score") return rows(criticUnits(kind), () => "score");
  return rows(criticUnits(kind), (units) => units === POINT_CODE_SIZE ? "code" : "point");
}

/** Layers of these units; those of one or two are linear, and named by `end`. */
function rows(units: readonly number[], end: (units: number) => string): LayerRow[] {
  return units.slice(1).map((out, i) => ({
    layer: `dense, ${out <= 2 ? end(out) : "leaky ReLU"}`,
    output: [1, 1, out],
    parameters: (units[i] + 1) * out,
    multiplyAdds: units[i] * out,
  }));
}
