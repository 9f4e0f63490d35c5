/**
 * Streams of random numbers in training, the second part of a key (seed, stream, step) of `sampler/random.ts`.
 * Everything random in a run is a function of such a key, so that neither prefetching nor resuming can shift it.
 */
export const STREAM = {
  generatorWeights: 1,
  criticWeights: 2,
  shuffle: 3,
  criticLatents: 4,
  generatorLatents: 5,
  criticLoss: 6,
  averageMoments: 7,
  classifierWeights: 8,
  classifierShifts: 9,
  classifierDrops: 10,
  evaluation: 11,
  selection: 12,
  pointModes: 13,
  pointOffsets: 14,
  pointSamples: 15,
  directionSamples: 16,
  directionChecks: 17,
  inversionStarts: 18,
  directionSurrogate: 19,
} as const;
