import { FavouriteGrid } from "./FavouriteGrid.tsx";
import { type NeighbourPicture, Neighbours } from "./Neighbours.tsx";
import { SampleGrid } from "./SampleGrid.tsx";
import { Tabs } from "./Tabs.tsx";
import { favouriteOf, type UsedFavourites } from "./use_favourites.ts";
import type { Painter } from "./use_main_picture.ts";
import type { Change } from "./use_view.ts";
import { changesOf, CORNERS, type Gallery, type Point, seedPoint, type View } from "./view.ts";
import type { Vectors } from "./view_latent.ts";

interface Props {
  view: View;
  painter: Painter | null;
  vectors: Vectors | null;
  latentSize: number;
  pictureSize: readonly [number, number];
  favourites: UsedFavourites;
  neighbours: NeighbourPicture | null;
  change: Change;
}

/** Samples to choose from: any becomes the current one, or a corner of the sheet. */
export function Samples(props: Props) {
  const { view, painter, vectors, latentSize, pictureSize, favourites, neighbours, change } = props;
  const { goal } = view;
  const titles: [Gallery, string][] = [
    ["seeds", "By seed"],
    [
      "favourites",
      favourites.kept.length > 0 ? `Favourites (${favourites.kept.length})` : "Favourites",
    ],
    ...(neighbours ? [["nearest", "Nearest real"] as [Gallery, string]] : []),
  ];
  const chosen = titles.some(([name]) => name === view.gallery) ? view.gallery : "seeds";
  const pick = (point: Point) =>
    goal === null
      ? change({ ...point, t: null, v: 0, walk: null }, "step")
      : change({ [goal]: point }, "step");
  return (
    <section class="grid-section" aria-labelledby="grid-title">
      <h2 id="grid-title">Samples</h2>
      <Tabs
        id="samples"
        label="Where samples come from"
        tabs={titles}
        chosen={chosen}
        onChoose={(gallery) => change({ gallery }, "glance")}
      >
        {chosen !== "nearest" && (
          <div class="segments goal" role="group" aria-label="A chosen sample becomes">
            <span>A click sets</span>
            {[null, ...CORNERS].map((corner) => (
              <button
                key={corner}
                type="button"
                aria-pressed={goal === corner}
                onClick={() => change({ goal: corner }, "glance")}
              >
                {corner === null ? "current" : corner.toUpperCase()}
              </button>
            ))}
          </div>
        )}
        {chosen === "seeds" && (
          <SampleGrid
            painter={painter}
            latentSize={latentSize}
            truncation={view.truncation}
            firstSeed={view.grid}
            current={view.t === null && view.walk === null && changesOf(view) === 0
              ? view.seed
              : null}
            pictureSize={pictureSize}
            onPick={(seed) => pick(seedPoint(seed))}
            onMove={(grid) => change({ grid }, "glance")}
          />
        )}
        {chosen === "favourites" && (
          <FavouriteGrid
            painter={painter}
            vectors={vectors}
            latentSize={latentSize}
            pictureSize={pictureSize}
            favourites={favourites}
            current={favouriteOf(view)}
            onPick={({ seed, pins, moves, ...kept }) => {
              const { t, v, walk, path, truncation, a, b, c, d } = kept;
              if (goal !== null) return pick({ seed, pins, moves });
              const corners = t === null ? {} : { a, b, c, d };
              change({ seed, pins, moves, t, v, walk, path, truncation, ...corners }, "step");
            }}
          />
        )}
        {chosen === "nearest" && neighbours && <Neighbours {...neighbours} />}
      </Tabs>
    </section>
  );
}
