/**
 * A worker that runs one thread of tfjs's threaded WASM build. It answers the messages of
 * Emscripten's own worker script, which needs `importScripts` and so does not run in Deno, whose
 * workers are modules.
 */
import type { CreateFactory } from "./wasm_module.ts";

/** What a thread needs of the module in its worker; the names are Emscripten's. */
interface ThreadModule {
  __emscripten_thread_init(thread: number, browser: number, main: number, mayBlock: number): void;
  __emscripten_thread_exit(status: number): void;
  establishStackSpace(): void;
  executeNotifiedProxyingQueue(queue: number): void;
  invokeEntryPoint(routine: number, argument: number): void;
  keepRuntimeAlive(): boolean;
  _pthread_self(): number;
  ExitStatus: new () => { status: number };
  PThread: { receiveObjectTransfer(data: unknown): void; threadInitTLS(): void };
}

/** Ours, the first message: where the glue is. */
interface GlueMessage {
  cmd: "glue";
  url: string;
}

interface LoadMessage {
  cmd: "load";
  wasmModule: WebAssembly.Module;
  wasmMemory: WebAssembly.Memory;
}

interface RunMessage {
  cmd: "run";
  pthread_ptr: number;
  start_routine: number;
  arg: number;
}

type Message =
  | GlueMessage
  | LoadMessage
  | RunMessage
  | { cmd: "cancel" }
  | { cmd: "processProxyingQueue"; queue: number };

let glueUrl = "";
let module: ThreadModule;
let started = false;
const earlyQueues: number[] = [];

async function load({ wasmModule, wasmMemory }: LoadMessage): Promise<void> {
  const createFactory: CreateFactory = (await import(glueUrl)).default;
  createFactory({
    navigator,
    startWorker(instance: ThreadModule) {
      module = instance;
      self.postMessage({ cmd: "loaded" });
    },
  })({
    ENVIRONMENT_IS_PTHREAD: true,
    wasmMemory,
    buffer: wasmMemory.buffer,
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ) {
      const instance = new WebAssembly.Instance(wasmModule, imports);
      receive(instance);
      return instance.exports;
    },
  });
}

function run(message: RunMessage): void {
  module.__emscripten_thread_init(message.pthread_ptr, 0, 0, 1);
  module.establishStackSpace();
  module.PThread.receiveObjectTransfer(message);
  module.PThread.threadInitTLS();
  if (!started) earlyQueues.forEach((queue) => module.executeNotifiedProxyingQueue(queue));
  started = true;
  try {
    module.invokeEntryPoint(message.start_routine, message.arg);
  } catch (error) {
    if (error === "unwind") return; // the thread lives on in the event loop
    if (!(error instanceof module.ExitStatus)) throw error;
    if (!module.keepRuntimeAlive()) module.__emscripten_thread_exit(error.status);
  }
}

async function answer(message: Message): Promise<void> {
  if (message.cmd === "glue") glueUrl = message.url;
  else if (message.cmd === "load") await load(message);
  else if (message.cmd === "run") run(message);
  else if (message.cmd === "cancel" && module._pthread_self()) module.__emscripten_thread_exit(-1);
  else if (message.cmd === "processProxyingQueue") {
    if (started) module.executeNotifiedProxyingQueue(message.queue);
    else earlyQueues.push(message.queue);
  }
}

self.onmessage = async ({ data }: MessageEvent<Message>) => {
  try {
    await answer(data);
  } catch (error) {
    // The main thread waits for a thread at work, and hears no message meanwhile.
    if (started) console.error("A WASM thread failed, the program cannot go on:", error);
    self.postMessage({ failed: String(error) });
  }
};
