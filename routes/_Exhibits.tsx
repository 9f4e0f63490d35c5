/** The zoo as the first page shows it: by data set, or what one objective made of each. */
import type { ComponentChildren } from "preact";
import { Bar } from "../components/Bar.tsx";
import { objectiveName, trainingTime } from "../components/facts.ts";
import type { ModelCard } from "../sampler/card.ts";
import { byPaper, comparable, compareUrl } from "./_comparison.ts";
import { POSTER } from "./_zoo.ts";
import { modelFileUrl } from "./models/[id].ts";

/** A section a data set, those with most models first, each in the order of its papers. */
export function ByDataSet({ cards }: { cards: readonly ModelCard[] }) {
  const groups = comparable(cards);
  const ofDataSet = Map.groupBy(groups.flatMap(({ cards }) => cards), ({ dataset }) => dataset.id);
  return [...ofDataSet.values()].map((cards) => {
    const { id, title, images, licence } = cards[0].dataset;
    const compared = groups.find((group) =>
      group.cards.length > 1 && group.cards[0].dataset.id === id
    );
    return (
      <Section
        key={id}
        title={title}
        cards={cards.toSorted(byPaper)}
        nameOf={(card) => nameAmong(cards, card)}
      >
        {images.toLocaleString("en")} pictures, {sizes(cards)}. Licence: {licence}
        {compared && (
          <a href={compareUrl(groups, compared)}>
            Compare<span class="visually-hidden">{title}</span>
          </a>
        )}
      </Section>
    );
  });
}

/** What one objective made of every data set. */
export function OfObjective({ cards }: { cards: readonly ModelCard[] }) {
  const [{ objective, paper }] = cards;
  const isOnly = ({ dataset }: ModelCard) =>
    cards.filter((other) => other.dataset.id === dataset.id).length === 1;
  return (
    <Section
      title={objectiveName(objective)}
      cards={comparable(cards).flatMap(({ cards }) => cards)}
      nameOf={(card) => isOnly(card) ? card.dataset.title : card.title}
    >
      <a href={`https://arxiv.org/abs/${encodeURIComponent(paper.arxiv)}`}>
        <cite>{paper.title}</cite>
      </a>
    </Section>
  );
}

interface SectionProps {
  title: string;
  cards: readonly ModelCard[];
  /** A model's name where the section's title goes without saying. */
  nameOf(card: ModelCard): string;
  /** What is to be said of all. */
  children: ComponentChildren;
}

function Section({ title, cards, nameOf, children }: SectionProps) {
  return (
    <section class="data-set">
      <h3>{title}</h3>
      <p>{children}</p>
      <ol class="gallery">
        {cards.map((card) => (
          <li key={card.id}>
            <Exhibited card={card} name={nameOf(card)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Exhibited({ card, name }: { card: ModelCard; name: string }) {
  const { id, title, training, metrics } = card;
  const poster = card.files[POSTER];
  const coverage = metrics?.coverage;
  return (
    <article class="exhibit">
      <div class="exhibit-picture">
        {poster && (
          <img
            src={modelFileUrl(id, POSTER, poster.sha256)}
            alt={`Sixteen samples of ${title}`}
            width="512"
            height="512"
            loading="lazy"
          />
        )}
      </div>
      <div class="label">
        <h4>
          <a href={`/m/${id}`} aria-label={name === title ? undefined : title}>{name}</a>
        </h4>
        <p>
          {training.generatorSteps.toLocaleString("en")} steps in {trainingTime(training)}
        </p>
        {coverage && (
          <p title="Of the test images, those with a sample near; the mark is what real images cover">
            Covers {percent(coverage.value)}; real {percent(coverage.floor)}
            <Bar figure={coverage} scale={1} />
          </p>
        )}
      </div>
    </article>
  );
}

/** A title that only repeats objective and data set says nothing under the data set's. */
function nameAmong(cards: readonly ModelCard[], { id, title, objective, dataset }: ModelCard) {
  const name = objectiveName(objective);
  if (title !== `${name} on ${dataset.title}`) return title;
  return cards.filter((other) => other.objective === objective).length === 1 ? name : id;
}

function sizes(cards: readonly ModelCard[]): string {
  return [...new Set(cards.map(({ imageShape: [height, width] }) => `${width} × ${height}`))]
    .join(" and ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)}\u00a0%`;
}
