import type { Objective } from "./objective.ts";
import { dcgan } from "./dcgan.ts";
import { ebgan } from "./ebgan.ts";
import { lsgan } from "./lsgan.ts";
import { wgan } from "./wgan.ts";
import { wganGp } from "./wgan_gp.ts";

/** Every objective that `deno task train` knows. A new one is one file and one line here. */
export const OBJECTIVES: readonly Objective[] = [dcgan, lsgan, wgan, wganGp, ebgan];

/** An objective's title by its name, or the name of one that is not known. */
export const titleOf = (objective: string): string =>
  OBJECTIVES.find(({ name }) => name === objective)?.title ?? objective;
