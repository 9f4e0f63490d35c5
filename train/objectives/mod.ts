import type { Objective } from "./objective.ts";
import { wganGp } from "./wgan_gp.ts";

/** Every objective that `deno task train` knows. A new one is one file and one line here. */
export const OBJECTIVES: readonly Objective[] = [wganGp];
