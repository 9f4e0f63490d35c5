import type { LayerRow } from "../describe.ts";
import type { CriticKind } from "../objectives/objective.ts";
import { criticUnits, generatorUnits } from "./dense.ts";

/** The generator's layers. */
export const describePointGenerator = (): LayerRow[] => rows(generatorUnits, "point");

/** The critic's layers. */
export function describePointCritic(kind: CriticKind): LayerRow[] {
  const units = criticUnits(kind);
  if (kind === "score") return rows(units, "score");
  const middle = (units.length - 1) / 2;
  return [...rows(units.slice(0, middle + 1), "code"), ...rows(units.slice(middle), "point")];
}

/** Layers of these units, the last of which is linear. */
function rows(units: readonly number[], end: string): LayerRow[] {
  return units.slice(1).map((out, i) => ({
    layer: `dense, ${i === units.length - 2 ? end : "leaky ReLU"}`,
    output: [1, 1, out],
    parameters: (units[i] + 1) * out,
    multiplyAdds: units[i] * out,
  }));
}
