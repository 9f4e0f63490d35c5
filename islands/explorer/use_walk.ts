import { useEffect, useRef, useState } from "preact/hooks";
import type { Playing } from "./use_main_picture.ts";
import type { Change } from "./use_view.ts";
import { hundredths, LONGEST_WALK, type View } from "./view.ts";

export interface UsedWalk {
  isPlaying: boolean;
  toggle: () => void;
  /** Where the walk is now, playing or not. */
  position: () => number;
}

/** A frame that took longer than this counts as one of this length: the walk waits, it does not jump. */
const LONGEST_FRAME_MS = 100;

/**
 * The walk through latent space, frame by frame while it plays. It only ever starts when a visitor
 * says so, and ends with the page out of sight or another sample chosen.
 */
export function useWalk(view: View, change: Change, playing: Playing): UsedWalk {
  const [isPlaying, setPlaying] = useState(false);
  const now = useRef({ position: view.walk ?? 0, last: 0, view });
  now.current.view = view;
  if (!isPlaying) now.current.position = view.walk ?? 0;

  const stop = () => {
    playing.current = null;
    setPlaying(false);
  };
  const pause = () => {
    if (playing.current === null) return;
    stop();
    change({ walk: hundredths(now.current.position) }, "glance");
  };
  const play = () => {
    now.current.last = performance.now();
    now.current.position = view.walk ?? 0;
    playing.current = () => {
      const { last, view } = now.current;
      const time = performance.now();
      const seconds = Math.min(LONGEST_FRAME_MS, time - last) / 1000;
      now.current.last = time;
      now.current.position = Math.min(LONGEST_WALK, now.current.position + view.speed * seconds);
      return { ...view, walk: now.current.position };
    };
    setPlaying(true);
    // A new view, and be it the same: it is what sets the drawing going.
    change({ walk: view.walk ?? 0, t: null, v: 0 }, view.walk === null ? "step" : "glance");
  };

  // Another sample was chosen meanwhile.
  useEffect(() => {
    if (isPlaying && view.walk === null) stop();
  }, [view.walk]);
  useEffect(() => {
    const hide = () => document.hidden && pause();
    document.addEventListener("visibilitychange", hide);
    return () => document.removeEventListener("visibilitychange", hide);
  }, []);

  return {
    isPlaying,
    toggle: isPlaying ? pause : play,
    position: () => now.current.position,
  };
}
