/** A limit on how long the threaded build may wait for its threads to start. */

/**
 * Emscripten's main thread waits in a WASM instruction that nothing interrupts: were a worker never
 * to start its thread, the program would hang for ever. A thread that may not block (a page's main
 * thread) polls the clock instead, and the clock is ours: while `during` runs, the wait polls, and
 * ends by an error.
 */
export class BoundedWait {
  #deadline = Infinity;
  #setMayBlock: (mayBlock: boolean) => void = () => {};

  /** Puts our clock into the module's imports. Throws if they are not as known. */
  watch(imports: WebAssembly.ModuleImports): (exports: WebAssembly.Exports) => void {
    const clock = imports.emscripten_get_now;
    const initMainThread = imports.__emscripten_init_main_thread_js;
    if (typeof clock !== "function" || typeof initMainThread !== "function") {
      throw new Error("tfjs's threaded build is not the one known here: its imports differ");
    }
    let mainThread = 0;
    imports.__emscripten_init_main_thread_js = (thread: number) => {
      mainThread = thread;
      return initMainThread(thread);
    };
    imports.emscripten_get_now = () => {
      if (performance.now() > this.#deadline) throw new Error("its threads did not start in time");
      return clock();
    };
    return (exports) => {
      const initThread = exports._emscripten_thread_init as CallableFunction;
      // (thread, is a page's main thread, is Emscripten's main thread, may block)
      this.#setMayBlock = (mayBlock) => initThread(mainThread, 0, 1, mayBlock ? 1 : 0);
    };
  }

  /** Runs `start`; throws if it still waits for threads after `timeoutMs`. */
  during(start: () => void, timeoutMs: number): void {
    this.#deadline = performance.now() + timeoutMs;
    this.#setMayBlock(false);
    try {
      start();
    } finally {
      this.#deadline = Infinity;
      this.#setMayBlock(true);
    }
  }
}
