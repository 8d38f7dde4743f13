/** Unsigned integers in the byte order of the machine that wrote `bytes`; 0 beyond their end. */
export interface Integers {
  u16(bytes: Uint8Array, at: number): number;
  u32(bytes: Uint8Array, at: number): number;
  /** Exact up to 2^53, which no counter of bytes reaches. */
  u64(bytes: Uint8Array, at: number): number;
}

const LITTLE: Integers = {
  u16: (bytes, at) => u8(bytes, at) + u8(bytes, at + 1) * 0x100,
  u32: (bytes, at) => LITTLE.u16(bytes, at) + LITTLE.u16(bytes, at + 2) * 0x1_0000,
  u64: (bytes, at) => LITTLE.u32(bytes, at) + LITTLE.u32(bytes, at + 4) * 0x1_0000_0000,
};

const BIG: Integers = {
  u16: (bytes, at) => u8(bytes, at) * 0x100 + u8(bytes, at + 1),
  u32: (bytes, at) => BIG.u16(bytes, at) * 0x1_0000 + BIG.u16(bytes, at + 2),
  u64: (bytes, at) => BIG.u32(bytes, at) * 0x1_0000_0000 + BIG.u32(bytes, at + 4),
};

/** A byte; 0 beyond the end. */
export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** Ports stand in network order on every machine. */
export const networkU16 = BIG.u16;

export function integersOf(littleEndian: boolean): Integers {
  return littleEndian ? LITTLE : BIG;
}

/** Messages and attributes begin at multiples of four bytes. */
export function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
