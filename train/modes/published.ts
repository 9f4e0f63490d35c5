/** Modes found of 8 and of 25, as papers print them, mean of several runs. */
export interface Published {
  readonly method: string;
  readonly source: string;
  readonly ring: number;
  readonly grid: number;
}

const veegan = "VEEGAN (arXiv:1705.07761), table 1";

/** Other networks and other step counts than ours: what a class of method does, no score to beat. */
export const PUBLISHED: readonly Published[] = [
  { method: "GAN", source: veegan, ring: 1, grid: 3.3 },
  { method: "GAN", source: "PacGAN (arXiv:1712.04086), section 4.1", ring: 6.3, grid: 17.3 },
  { method: "unrolled GAN", source: veegan, ring: 7.6, grid: 23.6 },
  { method: "VEEGAN", source: veegan, ring: 8, grid: 24.6 },
];
