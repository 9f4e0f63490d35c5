/** Signals that end a run after the step in hand: Ctrl-C, and SIGTERM from a host that takes its machine back. */
export interface StopSignals {
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  release(): void;
}

/** Listens from now on, and says so when a signal comes. */
export function listenForStop(): StopSignals {
  const stop = new AbortController();
  const onInterrupt = () => {
    console.error("Stopping after this step, with a checkpoint …");
    stop.abort();
  };
  // Windows knows Ctrl-C alone.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  signals.forEach((signal) => Deno.addSignalListener(signal, onInterrupt));
  return {
    signal: stop.signal,
    release: () => signals.forEach((signal) => Deno.removeSignalListener(signal, onInterrupt)),
  };
}
