import { createRef } from "preact";
import { useMemo } from "preact/hooks";
import { parseView } from "./address.ts";
import type { UsedFavourites } from "./use_favourites.ts";
import type { Painter } from "./use_main_picture.ts";
import { useSmallPictures } from "./use_small_pictures.ts";
import type { View } from "./view.ts";
import { type Vectors, viewLatent } from "./view_latent.ts";

interface Props {
  painter: Painter | null;
  vectors: Vectors | null;
  latentSize: number;
  pictureSize: readonly [number, number];
  favourites: UsedFavourites;
  /** The current sample's. */
  current: string;
  onPick: (view: View) => void;
}

/** What the visitor kept. */
export function FavouriteGrid(props: Props) {
  const { painter, vectors, latentSize, pictureSize, favourites, current, onPick } = props;
  const { kept, problem, toggle } = favourites;
  const [height, width] = pictureSize;
  const canvases = useMemo(
    () => kept.map(() => createRef<HTMLCanvasElement>()),
    [kept.length],
  );
  useSmallPictures(
    painter,
    vectors && kept.join(" "),
    () =>
      kept.map((query, i) => ({
        canvas: canvases[i],
        z: viewLatent(parseView(query, latentSize), latentSize, vectors!),
      })),
  );
  return (
    <>
      {problem && <p class="direction-note" role="status">{problem}</p>}
      {kept.length === 0
        ? (
          <p class="direction-note">
            None yet. The star beside the seed keeps the current sample in this browser.
          </p>
        )
        : (
          <ul class="grid" aria-label="Favourites">
            {kept.map((query, i) => {
              const view = parseView(query, latentSize);
              return (
                <li key={query} class="favourite">
                  <button
                    type="button"
                    aria-label={`Favourite ${i + 1}, seed ${view.seed}`}
                    aria-pressed={query === current}
                    onClick={() => onPick(view)}
                  >
                    <canvas ref={canvases[i]} width={width} height={height} />
                  </button>
                  <button
                    type="button"
                    class="favourite-remove"
                    aria-label={`Remove favourite ${i + 1}`}
                    title="Remove"
                    onClick={() => toggle(query)}
                  >
                    ×
                  </button>
                </li>
              );
            })}
          </ul>
        )}
    </>
  );
}
