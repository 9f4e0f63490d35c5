/**
 * Brings memory near: one load a cache line, none of which waits for another. A product over few rows
 * reads its filters once and slowly, as the processor foresees too little of it; fetched like this
 * beforehand they come twice as fast.
 */
export function touch(address: usize, bytes: usize, sink: usize): void {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const end = address + bytes; address < end; address += 256) {
    a = v128.or(a, v128.load(address)), b = v128.or(b, v128.load(address, 64));
    c = v128.or(c, v128.load(address, 128)), d = v128.or(d, v128.load(address, 192));
  }
  v128.store(sink, v128.or(v128.or(a, b), v128.or(c, d)));
}
