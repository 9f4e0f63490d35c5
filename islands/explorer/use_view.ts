import { useEffect, useRef, useState } from "preact/hooks";
import { formatView, readView } from "./address.ts";
import { GLANCES, type View } from "./view.ts";

/** Browsers limit how often a page may change its address, and dragging changes it all the time. */
const SETTLE_MS = 200;
/** Keys pressed within this time of each other are one change. */
const PAUSE_MS = 1000;
/** A second press this soon belongs to a double click. */
const DOUBLE_CLICK_MS = 500;

/**
 * How a change enters the history: `step` is a change of its own; of a `drag`, which is all that one
 * press of the pointer or a row of keys does, only the last is kept; a `glance` is none.
 */
export type ChangeKind = "step" | "drag" | "glance";

export type Change = (change: Partial<View>, kind: ChangeKind) => void;

export interface UsedView {
  view: View;
  change: Change;
  /** Parameters of the address that could not be read. */
  unread: readonly string[];
  /**
   * The browser's own Back and Forward, as far as they stay on this page; null where there is nothing.
   * Control and Z, with Shift the other way, do the same.
   */
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/** The view, kept in step with the address bar. `search` is the query string the page came with. */
export function useView(search: string, latentSize: number): UsedView {
  const [{ view, unread }, setRead] = useState(() => readView(search, latentSize));
  /** Where in the page's history we are, and where it ends. */
  const [place, setPlace] = useState({ at: 0, end: 0 });
  const latest = useRef(view);
  const at = useRef(0);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ways = useRef<Pick<UsedView, "undo" | "redo">>({ undo: null, redo: null });
  const gesture = useRef({ isOpen: false, isPressed: false, last: 0 });

  // On /explore the fragment names the model.
  const address = () => location.pathname + formatView(latest.current) + location.hash;
  const replace = () => {
    clearTimeout(settling.current);
    settling.current = undefined;
    history.replaceState({ at: at.current }, "", address());
  };
  const push = () => {
    at.current += 1;
    setPlace({ at: at.current, end: at.current });
    history.pushState({ at: at.current }, "", address());
  };
  const isSameGesture = () => {
    const { isOpen, isPressed, last } = gesture.current;
    return isOpen && (isPressed || performance.now() - last < PAUSE_MS);
  };

  const change: Change = (part, kind) => {
    const isNew = kind === "step" || (kind === "drag" && !isSameGesture());
    if (isNew && settling.current !== undefined) replace(); // what was there is gone back to as it was left
    latest.current = { ...latest.current, ...part };
    setRead(({ unread }) => ({ view: latest.current, unread: kind === "glance" ? unread : [] }));
    if (kind !== "glance") {
      gesture.current.isOpen = kind === "drag";
      gesture.current.last = performance.now();
    }
    if (isNew) return push();
    clearTimeout(settling.current);
    settling.current = setTimeout(replace, SETTLE_MS);
  };

  useEffect(() => {
    at.current = history.state?.at ?? 0;
    setPlace({ at: at.current, end: at.current });
    const goTo = ({ state }: PopStateEvent) => {
      clearTimeout(settling.current);
      const { view, unread } = readView(location.search, latentSize);
      const kept = Object.fromEntries(GLANCES.map((name) => [name, latest.current[name]]));
      latest.current = { ...view, ...kept };
      at.current = state?.at ?? 0;
      gesture.current.isOpen = false;
      replace();
      setRead({ view: latest.current, unread });
      setPlace(({ end }) => ({ at: at.current, end: Math.max(end, at.current) }));
    };
    const press = () => {
      const { isOpen, last } = gesture.current;
      gesture.current.isOpen = isOpen && performance.now() - last < DOUBLE_CLICK_MS;
      gesture.current.isPressed = true;
    };
    const pressKey = (event: KeyboardEvent) => {
      const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
      // What is being typed has an undo of its own.
      if (!isUndo || (event.target as HTMLElement).matches("input[type=text]")) return;
      event.preventDefault();
      const { undo, redo } = ways.current;
      (event.shiftKey ? redo : undo)?.();
    };
    const release = () => gesture.current.isPressed = false;
    addEventListener("popstate", goTo);
    addEventListener("keydown", pressKey);
    addEventListener("pointerdown", press, true);
    addEventListener("pointerup", release, true);
    addEventListener("pointercancel", release, true);
    return () => {
      removeEventListener("popstate", goTo);
      removeEventListener("keydown", pressKey);
      removeEventListener("pointerdown", press, true);
      removeEventListener("pointerup", release, true);
      removeEventListener("pointercancel", release, true);
    };
  }, []);

  const undo = place.at > 0 ? () => history.back() : null;
  const redo = place.at < place.end ? () => history.forward() : null;
  ways.current = { undo, redo };
  return { view, change, unread, undo, redo };
}
