import { useEffect, useMemo, useState } from "preact/hooks";
import { formatView } from "./address.ts";
import { Favourites } from "./favourites.ts";
import { DEFAULT_VIEW, GLANCES, type View } from "./view.ts";

export interface UsedFavourites {
  /** Queries, as `favouriteOf` writes them. */
  kept: readonly string[];
  /** Why they will be lost; null where they are kept. */
  problem: string | null;
  /** Keeps the query, or lets it go where it was kept. */
  toggle: (query: string) => void;
}

/** The favourites of one model. They are read once the page is alive: the server knows none. */
export function useFavourites(model: string): UsedFavourites {
  const favourites = useMemo(() => new Favourites(() => localStorage, model), [model]);
  const [kept, setKept] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (work: () => readonly string[], otherwise: readonly string[]) => {
    try {
      setKept(work());
    } catch (error) {
      setKept(otherwise);
      setProblem((error as Error).message);
    }
  };
  useEffect(() => {
    attempt(() => favourites.read(), []);
    // Another tab on the same model may keep one, too.
    const listen = () => attempt(() => favourites.read(), []);
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }, [favourites]);
  const toggle = (query: string) => {
    const next = kept.includes(query) ? kept.filter((q) => q !== query) : [...kept, query];
    attempt(() => favourites.write(next), next);
  };
  return { kept, problem, toggle };
}

/** What of a view a favourite keeps: the sample, not what else is on the page. */
export function favouriteOf(view: View): string {
  const still = Object.fromEntries(GLANCES.map((name) => [name, DEFAULT_VIEW[name]]));
  // Corners matter to a sample between them alone.
  const { a, b, c, d } = view.t === null ? DEFAULT_VIEW : view;
  return formatView({ ...view, ...still, a, b, c, d });
}
