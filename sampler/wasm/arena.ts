/** Addresses of the engine's memory: first fit, in blocks of whole cache lines. */

const LINE = 64;
const PAGE = 65_536;

export interface Arena {
  /** The address of at least `bytes` zeros. Throws a RangeError when the memory cannot grow. */
  allocate(bytes: number): number;
  /** Gives back what allocate() gave. */
  free(address: number): void;
  /** How many bytes are in use. */
  used(): number;
}

/** An arena of `memory` from the address `start` on. The memory grows when there is no room. */
export function createArena(memory: WebAssembly.Memory, start: number): Arena {
  const taken = new Map<number, number>();
  let free: { address: number; bytes: number }[] = [];
  let end = round(start);
  let dirty = end; // behind it the memory is as it came: zeros, which take no room before they are written

  return {
    allocate(wanted) {
      const bytes = Math.max(LINE, round(wanted));
      const hole = free.find((block) => block.bytes >= bytes);
      const address = hole?.address ?? end;
      if (hole) {
        hole.address += bytes;
        hole.bytes -= bytes;
        free = free.filter((block) => block.bytes > 0);
      } else {
        const missing = Math.ceil((end + bytes - memory.buffer.byteLength) / PAGE);
        if (missing > 0) memory.grow(missing);
        end += bytes;
      }
      taken.set(address, bytes);
      const used = Math.min(address + bytes, dirty) - address;
      if (used > 0) new Uint8Array(memory.buffer, address, used).fill(0);
      dirty = Math.max(dirty, address + bytes);
      return address;
    },
    free(address) {
      const bytes = taken.get(address);
      if (bytes === undefined) throw new RangeError(`nothing was allocated at ${address}`);
      taken.delete(address);
      const blocks = [...free, { address, bytes }].sort((a, b) => a.address - b.address);
      free = [];
      for (const block of blocks) {
        const last = free.at(-1);
        if (last && last.address + last.bytes === block.address) last.bytes += block.bytes;
        else free.push(block);
      }
      const last = free.at(-1);
      if (last && last.address + last.bytes === end) {
        end = last.address;
        free.pop();
      }
    },
    used: () => [...taken.values()].reduce((a, b) => a + b, 0),
  };
}

function round(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
