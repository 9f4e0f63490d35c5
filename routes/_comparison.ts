/** Which models can be compared: those of one data set that take the same latents and give pictures of one size. */
import type { Contender } from "../islands/compare/Contenders.tsx";
import type { Row } from "../islands/compare/Results.tsx";
import { objectiveName } from "../components/facts.ts";
import { COLUMNS } from "../components/results.ts";
import type { ModelCard } from "../sampler/card.ts";
import { posterUrl } from "./models/[id].ts";

export interface Group {
  /** Its name in the address: the data set's id, with more where one data set has several groups. */
  key: string;
  title: string;
  /** In the order of their papers, then of their ids. */
  cards: readonly ModelCard[];
}

/** Groups of models that take the same latent vectors, the largest first. */
export function comparable(cards: readonly ModelCard[]): Group[] {
  const kind = ({ dataset, latentSize, imageShape }: ModelCard) =>
    JSON.stringify([dataset.id, latentSize, imageShape]);
  const groups = Map.groupBy(cards, kind);
  const ofDataset = Map.groupBy(groups.values(), ([{ dataset }]) => dataset.id);
  return [...groups.values()].map((cards) => {
    const [{ dataset, latentSize, imageShape: [height, width] }] = cards;
    const isOnly = ofDataset.get(dataset.id)!.length === 1;
    return {
      key: isOnly ? dataset.id : `${dataset.id}-${width}x${height}-${latentSize}`,
      title: isOnly
        ? dataset.title
        : `${dataset.title}, ${width} × ${height}, ${latentSize} latent numbers`,
      cards: cards.toSorted(byPaper),
    };
  }).sort((a, b) => b.cards.length - a.cards.length || compareText(a.key, b.key));
}

/** The page that compares `group`. */
export function compareUrl(groups: readonly Group[], group: Group): string {
  return group === groups[0] ? "/compare" : `/compare?data=${group.key}`;
}

/** arXiv's numbers begin with year and month. */
export function byPaper(a: ModelCard, b: ModelCard): number {
  return compareText(a.paper.arxiv, b.paper.arxiv) || compareText(a.id, b.id);
}

/** The cards as the page compares them; `samples` is what it shows of their posters. */
export function contenders(
  cards: readonly ModelCard[],
  samples: "first" | "all",
): (Contender & Row)[] {
  return cards.map((card) => {
    const { id, objective } = card;
    const isOnly = cards.filter((other) => other.objective === objective).length === 1;
    return {
      id,
      name: isOnly ? objectiveName(objective) : id,
      poster: posterUrl(card, samples),
      figures: COLUMNS.map((column) => column.of(card)),
    };
  });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
