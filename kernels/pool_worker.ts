/** A thread of ganlet's own pool. */
import { type PoolMessage, runThread } from "./thread_pool.ts";

self.onmessage = ({ data }: MessageEvent<PoolMessage>) => {
  self.postMessage("ready");
  runThread(data);
  self.close();
};
