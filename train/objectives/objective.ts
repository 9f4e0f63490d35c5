import type * as tf from "@tensorflow/tfjs-core";
import type { OptimizerSettings } from "../optimizers.ts";

/** [batch, height, width, channels], in [-1, 1]. */
export type Images = tf.Tensor4D;

/** What a critic says of a batch: a logit, a critic value or an energy per image, and an auto-encoder's codes. */
export interface Judgement {
  readonly score: tf.Tensor1D;
  readonly code?: tf.Tensor2D;
}

/** Every discriminator is called a critic here, whatever its objective calls it. */
export interface Critic {
  (x: Images): Judgement;
  /** Judges real and generated images as one batch, where that is another thing than judging them one after the other. */
  together?(x: Images, Gz: Images): [Judgement, Judgement];
}

/** What a critic says of real and of generated images. */
export const judgeBoth = (D: Critic, x: Images, Gz: Images): [Judgement, Judgement] =>
  D.together?.(x, Gz) ?? [D(x), D(Gz)];

/** The random numbers of one critic step: the same key gives the same numbers, on a resumed run too. */
export interface Random {
  /** U[0, 1) of the given shape. */
  uniform(shape: number[]): tf.Tensor;
}

export interface Paper {
  readonly title: string;
  readonly arxiv: string;
}

export interface CriticLoss {
  readonly loss: tf.Scalar;
  /** The part of `loss` that constrains the critic, after its weight; logged beside the loss. */
  readonly penalty?: tf.Scalar;
}

/** What plays the critic: a network that scores images, or an auto-encoder whose score is its error. */
export type CriticKind = "score" | "autoencoder";

/**
 * What normalises the critic's layers. "batch-after-first" leaves out the first one, as DCGAN does (arXiv:1511.06434,
 * section 3): real and generated images are normalised apart, so that a critic normalised from its first layer on does not
 * see their colours, but how these differ inside a batch. "batch-together" goes further: after the first layer, both are
 * normalised by the moments of both together. Whatever is judged alone, by the penalty or in the generator's step, is
 * normalised by the moments of the critic's last step as given numbers, so that an image's score is its own; before there is
 * one, in a pre-training, by none.
 */
export const NORMALISATIONS = [
  "none",
  "batch",
  "batch-after-first",
  "batch-together",
  "layer",
] as const;
export type Normalisation = typeof NORMALISATIONS[number];
export type Initialisation = "gaussian" | "glorot";

/** What a critic is to say of generated and of real images, where it has something to say in numbers. */
export type Labels = readonly [generated: number, real: number];

/** Numbers inside an objective's equations, where they differ between recipes. */
export interface Constants {
  /** Bound of the critic's weights, where the objective clips them. */
  readonly clip?: number;
  /** Weight of the penalty on the critic's gradient, where the objective has one. */
  readonly lambda?: number;
  /** Energy from which on a generated image is left alone, where the critic's score is an energy. */
  readonly margin?: number;
  /** Weight of the pulling-away term, where the objective has one. */
  readonly pullingAway?: number;
  /** Weight γ of the penalty on the critic's gradient at real images, where a recipe has one: `realGradientPenalty()`. */
  readonly r1?: number;
  /** What the critic's score is to be, where the objective has it near a number. */
  readonly labels?: Labels;
}

/** Everything a run takes from its objective beside the losses. */
export interface Recipe extends Constants {
  /** Generator steps of a run that names none. */
  readonly steps: number;
  /** Critic steps before each generator step. */
  readonly criticSteps: number;
  readonly criticOptimizer: OptimizerSettings;
  readonly generatorOptimizer: OptimizerSettings;
  readonly criticNormalisation: Normalisation;
  /** Units, at width 1, of a layer between a scorer's convolutions and its score; none in the article's critic. */
  readonly criticHidden?: number;
  readonly initialisation: Initialisation;
  /** Critic steps on real images alone, before the game starts. */
  readonly pretrainSteps?: number;
}

export const RECIPES = ["default", "article"] as const;
export type RecipeName = typeof RECIPES[number];

/** The networks that a recipe asks for where the user does not: the article's are those of 64x64 images, at full width. */
export const RECIPE_NETWORKS: Readonly<Record<RecipeName, { size?: number; width?: number }>> = {
  default: {},
  article: { size: 64, width: 1 },
};

/** An objective is a value: its losses as pure functions of the critic, and its recipes. */
export interface Objective {
  readonly name: string;
  readonly title: string;
  readonly paper: Paper;
  readonly critic: CriticKind;
  readonly recipes: Readonly<Record<RecipeName, Recipe>>;
  /** What trains points of the plane (`--data ring` and the like), with small dense networks. */
  readonly points: Recipe;
  /** The critic's loss on real images alone, for the recipe's pre-training. */
  pretrainLoss?(D: Critic, x: Images): tf.Scalar;
  criticLoss(
    D: Critic,
    x: Images,
    Gz: Images,
    random: Random,
    constants?: Constants,
  ): CriticLoss;
  generatorLoss(D: Critic, Gz: Images, constants?: Constants): tf.Scalar;
  /** What is done to the critic's weights after each of its steps. */
  afterCriticStep?(weights: readonly tf.Variable[], recipe: Recipe): void;
}
