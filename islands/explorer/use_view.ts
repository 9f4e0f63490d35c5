import { useEffect, useRef, useState } from "preact/hooks";
import { formatView, parseView, type View } from "./view.ts";

/** Browsers limit how often a page may change its address, and dragging changes it all the time. */
const SETTLE_MS = 200;

/** How a change enters the history: `step` can be gone back from, `drag` replaces what was there. */
export type ChangeKind = "step" | "drag";

/** The view, kept in step with the address bar. `search` is the query string the page came with. */
export function useView(
  search: string,
  latentSize: number,
): [View, (change: Partial<View>, kind: ChangeKind) => void] {
  const [view, setView] = useState(() => parseView(search, latentSize));
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(view);

  const writeAddress = (kind: ChangeKind) => {
    clearTimeout(settling.current);
    const address = location.pathname + formatView(latest.current) + location.hash;
    if (kind === "step") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  };
  const change = (part: Partial<View>, kind: ChangeKind) => {
    latest.current = { ...latest.current, ...part };
    setView(latest.current);
    if (kind === "step") return writeAddress(kind);
    clearTimeout(settling.current);
    settling.current = setTimeout(() => writeAddress(kind), SETTLE_MS);
  };

  useEffect(() => {
    const goBack = () => {
      clearTimeout(settling.current);
      latest.current = parseView(location.search, latentSize);
      setView(latest.current);
    };
    addEventListener("popstate", goBack);
    return () => removeEventListener("popstate", goBack);
  }, []);
  return [view, change];
}
