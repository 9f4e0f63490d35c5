import { useEffect, useRef, useState } from "preact/hooks";
import type { ChangeKind } from "../explorer/use_view.ts";

/** Browsers limit how often a page may change its address, and dragging changes it all the time. */
const SETTLE_MS = 200;

/** A view kept in step with the address bar: `parse` reads a query string, `format` writes one. */
export function useAddress<View>(
  search: string,
  parse: (search: string) => View,
  format: (view: View) => string,
): [View, (change: Partial<View>, kind: ChangeKind) => void] {
  const [view, setView] = useState(() => parse(search));
  const latest = useRef(view);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);

  const write = (kind: ChangeKind) => {
    clearTimeout(settling.current);
    const address = location.pathname + format(latest.current);
    if (kind === "step") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  };
  const change = (part: Partial<View>, kind: ChangeKind) => {
    latest.current = { ...latest.current, ...part };
    setView(latest.current);
    if (kind === "step") return write(kind);
    clearTimeout(settling.current);
    settling.current = setTimeout(() => write(kind), SETTLE_MS);
  };

  useEffect(() => {
    const goBack = () => {
      clearTimeout(settling.current);
      latest.current = parse(location.search);
      setView(latest.current);
    };
    addEventListener("popstate", goBack);
    return () => removeEventListener("popstate", goBack);
  }, []);
  return [view, change];
}
