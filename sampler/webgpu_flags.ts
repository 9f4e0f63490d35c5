/** Constants of WebGPU's specification (sections 5.1, 5.2 and 6.1): TypeScript knows its types, not its namespaces. */

export const BufferUsage = {
  MAP_READ: 0x1,
  COPY_SRC: 0x4,
  COPY_DST: 0x8,
  UNIFORM: 0x40,
  STORAGE: 0x80,
} as const;

export const TextureUsage = { COPY_DST: 0x2 } as const;

export const MapMode = { READ: 0x1 } as const;
